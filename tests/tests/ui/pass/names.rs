//! The names that the harness shows, in modules and with names that are keywords.
#![deny(warnings)]
use s3_test::s3_test;

#[s3_test]
async fn top() {}

#[s3_test]
async fn r#async() {}

#[test]
fn r#plain() {}

#[test]
fn r#match() {}

mod outer {
    use s3_test::TestBucket;

    mod inner {
        use super::*;

        #[s3_test::s3_test]
        async fn nested(bucket: TestBucket) {
            drop(bucket);
            helper().await;
        }

        async fn helper() {}
    }

    mod r#type {
        #[s3_test::s3_test]
        async fn raw_module() {}
    }
}

macro_rules! tests {
    ($($name:ident($($option:tt)*) -> $output:ty $body:block)*) => {
        $(
            #[s3_test($($option)*)]
            async fn $name() -> $output $body
        )*
    };
}

tests! {
    from_a_macro(bucket = "test-uploads") -> Result<(), String> { Ok(()) }
    from_a_macro_too(timeout = "5s") -> () {}
}

macro_rules! named {
    ($name:ident, $bucket:literal, $timeout:expr, $parameter:ty) => {
        #[s3_test(bucket = $bucket, timeout = $timeout)]
        async fn $name(parameter: $parameter) {
            drop(parameter);
        }
    };
}

named!(values_from_a_macro, "test-uploads", "5s", s3_test::TestBucket);
