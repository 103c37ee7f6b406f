//! What reaches the runtime: the option `crate` leads the expansion to one that hands a test its own description.
use s3_test_macros::s3_test;
use std::{process::ExitCode, time::Duration};

/// Stands in for the crate `s3-test`.
mod fake {
    pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

    /// What a test was called with.
    #[derive(Clone)]
    pub(crate) struct TestBucket {
        pub(crate) path: &'static str,
        pub(crate) should_panic: bool,
        pub(crate) flavor: __private::Flavor,
        pub(crate) options: Vec<String>,
        pub(crate) line: u32,
        pub(crate) column: u32,
    }

    pub(crate) trait FromBucket: Sized {
        fn from_bucket(bucket: &TestBucket) -> impl Future<Output = Result<Self, BoxError>>;
    }

    impl FromBucket for TestBucket {
        async fn from_bucket(bucket: &TestBucket) -> Result<Self, BoxError> {
            Ok(bucket.clone())
        }
    }

    impl FromBucket for u8 {
        async fn from_bucket(_: &TestBucket) -> Result<Self, BoxError> {
            Err("no number in this bucket".into())
        }
    }

    pub(crate) mod __private {
        use super::{BoxError, TestBucket};
        use std::{
            panic::Location,
            pin::pin,
            process::{ExitCode, Termination},
            task::{Context, Poll, Waker},
            time::Duration,
        };

        #[derive(Debug, Clone, Copy, PartialEq)]
        pub(crate) enum Flavor {
            CurrentThread,
            MultiThread { worker_threads: Option<usize> },
        }

        #[derive(Debug)]
        pub(crate) enum Choice {
            Container,
        }

        pub(crate) struct Options(Vec<String>);

        macro_rules! setters {
            ($($name:ident: $argument:ty),*) => {
                $(pub(crate) fn $name(mut self, value: $argument) -> Self {
                    self.0.push(format!(concat!(stringify!($name), " {:?}"), value));
                    self
                })*
            };
        }

        impl Options {
            pub(crate) fn new() -> Self {
                Self(Vec::new())
            }

            setters! {
                bucket: &str, image: &str, access_key: &str, secret_key: &str, region: &str, backend: Choice,
                startup_timeout: Duration, idle_timeout: Duration, timeout: Duration
            }

            pub(crate) fn environment(mut self, name: &str, value: &str) -> Self {
                self.0.push(format!("{name} {value:?}"));
                self
            }
        }

        pub(crate) struct Test {
            pub(crate) path: &'static str,
            pub(crate) should_panic: bool,
            pub(crate) flavor: Flavor,
            pub(crate) options: Options,
        }

        #[track_caller]
        pub(crate) fn run<T, F, B>(test: Test, body: F) -> ExitCode
        where
            T: Termination,
            F: FnOnce(TestBucket) -> B,
            B: Future<Output = Result<T, BoxError>>,
        {
            let caller = Location::caller();
            let future = pin!(body(TestBucket {
                path: test.path,
                should_panic: test.should_panic,
                flavor: test.flavor,
                options: test.options.0,
                line: caller.line(),
                column: caller.column(),
            }));
            match future.poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(Ok(value)) => value.report(),
                Poll::Ready(Err(error)) => panic!("a parameter: {error}"),
                Poll::Pending => panic!("nothing here ever waits"),
            }
        }
    }
}

use fake::{__private::Flavor, TestBucket};

#[s3_test(crate = fake)]
async fn nothing_asked_for(given: TestBucket) {
    assert_eq!(given.path, "expansion::nothing_asked_for");
    assert_eq!(given.options, Vec::<String>::new());
    assert_eq!(given.flavor, Flavor::CurrentThread);
    assert!(!given.should_panic);
}

#[s3_test(
    crate = "fake",
    bucket = "test-uploads",
    image = "some/image",
    access_key = "access",
    secret_key = "secret",
    region = "eu-west-1",
    backend = "container",
    environment(A = "1", "b.c" = "2"),
    startup_timeout = "1m 30s",
    idle_timeout = "500ms",
    timeout = "5s",
)]
async fn every_option(given: TestBucket) {
    assert_eq!(
        given.options,
        [
            "bucket \"test-uploads\"",
            "image \"some/image\"",
            "access_key \"access\"",
            "secret_key \"secret\"",
            "region \"eu-west-1\"",
            "backend Container",
            "A \"1\"",
            "b.c \"2\"",
            &format!("startup_timeout {:?}", Duration::from_secs(90)),
            &format!("idle_timeout {:?}", Duration::from_millis(500)),
            &format!("timeout {:?}", Duration::from_secs(5)),
        ]
    );
}

#[s3_test(crate = fake, flavor = "multi_thread")]
async fn workers_by_default(given: TestBucket) {
    let worker_threads = None;
    assert_eq!(given.flavor, Flavor::MultiThread { worker_threads });
}

#[s3_test(crate = fake, flavor = "multi_thread", worker_threads = 3)]
async fn workers(given: TestBucket) {
    let worker_threads = Some(3);
    assert_eq!(given.flavor, Flavor::MultiThread { worker_threads });
}

// A test that fails is said to stand where its name stands.
#[s3_test(crate = fake)]
#[allow(unused_mut)]
async fn location(mut given: TestBucket) {
    assert_eq!((given.line, given.column), (line!() - 1, 10));
}

/// The path is that which the harness gives to the thread of a test.
mod r#type {
    use super::{TestBucket, fake};
    use s3_test_macros::s3_test;

    #[s3_test(crate = fake)]
    async fn r#match(given: TestBucket) {
        assert_eq!(given.path, "expansion::r#type::r#match");
        assert_eq!(std::thread::current().name(), Some("r#type::r#match"));
    }

    #[s3_test(crate = fake)]
    async fn r#plain(given: TestBucket) {
        assert_eq!(given.path, "expansion::r#type::plain");
        assert_eq!(std::thread::current().name(), Some("r#type::plain"));
    }
}

#[s3_test(crate = fake)]
#[should_panic(expected = "should_panic: true")]
async fn expected_panic(given: TestBucket) {
    panic!("should_panic: {}", given.should_panic);
}

#[s3_test(crate = fake)]
#[cfg_attr(all(), should_panic(expected = "should_panic: true"))]
async fn expected_panic_on_a_condition(given: TestBucket) {
    panic!("should_panic: {}", given.should_panic);
}

#[s3_test(crate = fake)]
#[cfg_attr(any(), should_panic)]
async fn no_panic_on_a_condition_that_does_not_hold(given: TestBucket) {
    assert!(!given.should_panic);
}

#[s3_test(crate = fake)]
#[cfg_attr(all(), ignore)]
async fn ignored_on_a_condition() {
    panic!("not ignored");
}

#[s3_test(crate = fake)]
#[should_panic(expected = "a parameter: no number in this bucket")]
async fn parameter_that_cannot_be_made(_: TestBucket, _: u8) {}

#[s3_test(crate = fake)]
async fn exit_code() -> ExitCode {
    ExitCode::SUCCESS
}

#[s3_test(crate = fake)]
async fn result(given: TestBucket) -> Result<(), Box<dyn std::error::Error>> {
    assert!(given.path.parse::<u8>().is_err());
    "1".parse::<u8>()?;
    Ok(())
}
