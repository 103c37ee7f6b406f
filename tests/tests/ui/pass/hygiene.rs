//! Nothing of the user's gets in the way of the expansion, and nothing of the expansion in the user's.
#![deny(warnings)]
#![allow(dead_code, non_camel_case_types, unused_macros)]

mod core {}
mod std {}
mod s3_test {}

struct Result;
struct Option;
struct String;
struct Vec;
struct Test;
struct Options;
struct TestBucket;
struct FromBucket;
struct ExitCode;
#[allow(non_snake_case)]
fn Ok() {}
#[allow(non_snake_case)]
fn Some() {}
#[allow(non_upper_case_globals)]
const None: u8 = 0;
fn run() {}

macro_rules! concat {
    ($($any:tt)*) => {
        compile_error!("not this one")
    };
}
macro_rules! module_path {
    ($($any:tt)*) => {
        compile_error!("not this one")
    };
}
macro_rules! cfg {
    ($($any:tt)*) => {
        compile_error!("not this one")
    };
}

#[::s3_test::s3_test]
async fn shadowed(bucket: ::s3_test::TestBucket) -> ::std::result::Result<(), ::std::fmt::Error> {
    drop(bucket);
    ::std::result::Result::Ok(())
}

// A constant with the name of a local of the expansion would be a pattern there.
mod constants {
    #[allow(non_upper_case_globals)]
    const bucket: u8 = 0;
    #[allow(non_upper_case_globals)]
    const options: u8 = 0;

    #[s3_test::s3_test(flavor = "multi_thread", worker_threads = 1, timeout = "1s")]
    #[cfg_attr(any(), should_panic)]
    async fn constant(one: s3_test::TestBucket, two: s3_test::TestBucket) {
        drop((one, two, bucket, options));
    }
}

#[::s3_test::s3_test]
async fn run_again(bucket: ::s3_test::TestBucket) {
    // Inside, the name is that of the function itself.
    if false {
        ::std::boxed::Box::pin(run_again(bucket)).await;
    }
}

mod without_a_prelude {
    #![no_implicit_prelude]

    #[::s3_test::s3_test(timeout = "1s", setup = fill)]
    async fn asynchronous(bucket: &::s3_test::TestBucket) {
        let _ = bucket;
    }

    async fn fill(_: &::s3_test::TestBucket) {}

    #[::s3_test::s3_test]
    fn synchronous(_: ::s3_test::TestBucket) -> ::core::result::Result<(), ::std::io::Error> {
        ::core::result::Result::Ok(())
    }
}
