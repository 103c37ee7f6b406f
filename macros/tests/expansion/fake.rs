//! A stand-in for the crate `s3-test`. It gives a test its own description.

use std::{fmt::Debug, sync::Arc};

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The description that a test was called with.
#[derive(Clone)]
pub(crate) struct TestBucket {
    pub(crate) path: &'static str,
    pub(crate) package: &'static str,
    pub(crate) should_panic: bool,
    pub(crate) panics_with: Option<&'static str>,
    pub(crate) names: &'static [&'static str],
    /// Those of this bucket.
    pub(crate) options: Vec<String>,
    /// The place of the parameter that it belongs to among those with a bucket of their own.
    pub(crate) index: Option<usize>,
    pub(crate) main_bucket: bool,
    pub(crate) buckets: usize,
    pub(crate) gateway: bool,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) blocking: bool,
}

pub(crate) trait FromBucket: Sized {
    const NEEDS_GATEWAY: bool = false;

    fn from_bucket(bucket: &TestBucket) -> impl Future<Output = Result<Self, BoxError>>;

    fn __parameter() -> __private::Parameter
    where
        Self: 'static,
    {
        __private::Parameter::new::<Self>()
    }
}

impl FromBucket for TestBucket {
    async fn from_bucket(bucket: &TestBucket) -> Result<Self, BoxError> {
        Ok(bucket.clone())
    }
}

impl FromBucket for Arc<dyn Debug> {
    const NEEDS_GATEWAY: bool = true;

    async fn from_bucket(bucket: &TestBucket) -> Result<Self, BoxError> {
        Ok(Arc::new(bucket.index))
    }
}

impl FromBucket for Arc<dyn Debug + Send + Sync> {
    async fn from_bucket(bucket: &TestBucket) -> Result<Self, BoxError> {
        Ok(Arc::new(bucket.path))
    }
}

impl FromBucket for u8 {
    async fn from_bucket(_: &TestBucket) -> Result<Self, BoxError> {
        Err("no number in this bucket".into())
    }
}

pub(crate) mod __private {
    use super::{BoxError, FromBucket, TestBucket};
    use std::{
        any::Any,
        panic::Location,
        pin::Pin,
        process::ExitCode,
        slice,
        task::{Context, Poll, Waker},
    };

    #[deprecated]
    pub(crate) fn a_test_without_parameters() {}

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
            bucket: &'static str, bucket_prefix: &'static str, backend: &'static str, image: &'static str,
            access_key: &'static str, secret_key: &'static str, region: &'static str, endpoint: &'static str,
            startup_timeout: &'static str, idle_timeout: &'static str, timeout: &'static str,
            keep: &'static str, unfinished_uploads: &'static str, requests: bool, dump: &'static str,
            dump_limit: &'static str, flavor: &'static str,
            port: u16, console_port: u16, worker_threads: usize, versioning: bool, start_paused: bool,
            command: &'static [&'static str], environment: &'static [(&'static str, &'static str)],
            fixtures: &'static [(&'static str, Option<&'static str>)]
        }
    }

    pub(crate) struct Test {
        pub(crate) path: &'static str,
        pub(crate) package: &'static str,
        pub(crate) should_panic: bool,
        pub(crate) panics_with: Option<&'static str>,
        pub(crate) options: Options,
        pub(crate) main_bucket: bool,
        pub(crate) parameters: Vec<Parameter>,
        pub(crate) names: &'static [&'static str],
        pub(crate) setup: Option<SetUp>,
    }

    type Value = Box<dyn Any>;
    type Making<'a> = Pin<Box<dyn Future<Output = Result<Value, BoxError>> + 'a>>;

    type SetUp = fn(&TestBucket) -> Pin<Box<dyn Future<Output = Result<(), BoxError>> + '_>>;

    pub(crate) struct Parameter {
        make: fn(&TestBucket) -> Making<'_>,
        needs_gateway: bool,
        bucket: Option<Options>,
    }

    impl Parameter {
        pub(super) fn new<T: FromBucket + 'static>() -> Self {
            Self {
                make: |bucket| {
                    Box::pin(async { Ok(Box::new(T::from_bucket(bucket).await?) as Value) })
                },
                needs_gateway: T::NEEDS_GATEWAY,
                bucket: None,
            }
        }

        pub(crate) fn bucket(mut self, options: Options) -> Self {
            self.bucket = Some(options);
            self
        }
    }

    pub(crate) struct Values(Vec<Option<Value>>);

    impl Values {
        fn new(test: Test, blocking: bool, caller: &Location<'_>) -> Self {
            assert!(test.setup.is_none(), "no test here has a set-up");
            let main_bucket = test.main_bucket;
            let own = |it: &Parameter| it.bucket.is_some();
            let bucket = TestBucket {
                path: test.path,
                package: test.package,
                should_panic: test.should_panic,
                panics_with: test.panics_with,
                names: test.names,
                options: test.options.0,
                index: None,
                main_bucket,
                buckets: test.parameters.iter().filter(|it| own(it)).count(),
                gateway: test.parameters.iter().any(|it| it.needs_gateway),
                line: caller.line(),
                column: caller.column(),
                blocking,
            };
            let mut index = 0;
            let values = test.parameters.into_iter().map(|parameter| {
                let mut bucket = bucket.clone();
                if let Some(Options(options)) = parameter.bucket {
                    bucket.options = options;
                    bucket.index = Some(index);
                    index += 1;
                } else {
                    assert!(main_bucket, "the test was to need no such bucket");
                }
                let made = at_once((parameter.make)(&bucket));
                Some(made.unwrap_or_else(|error| panic!("a parameter: {error}")))
            });
            Self(values.collect())
        }

        fn arguments(&mut self) -> Arguments<'_> {
            Arguments(self.0.iter_mut())
        }
    }

    pub(crate) struct Arguments<'a>(slice::IterMut<'a, Option<Value>>);

    impl<'a> Arguments<'a> {
        pub(crate) fn take<T: 'static>(&mut self) -> T {
            let value = self.0.next().expect("one more parameter").take();
            let value = value.expect("a value that is there");
            *value.downcast().expect("the parameter's own type")
        }

        pub(crate) fn lend<T: 'static>(&mut self) -> &'a mut T {
            let value = self.0.next().expect("one more parameter").as_mut();
            let value = value.expect("a value that is there");
            value.downcast_mut().expect("the parameter's own type")
        }
    }

    type Body<'a> = Pin<Box<dyn Future<Output = Conclusion> + 'a>>;
    type Conclusion = Box<dyn FnOnce() -> ExitCode>;

    pub(crate) fn body<'a, T: 'static>(
        body: impl Future<Output = T> + 'a,
        report: fn(T) -> ExitCode,
    ) -> Body<'a> {
        Box::pin(async move {
            let value = body.await;
            Box::new(move || report(value)) as Conclusion
        })
    }

    #[track_caller]
    pub(crate) fn run(test: Test, body: for<'a> fn(&mut Arguments<'a>) -> Body<'a>) -> ExitCode {
        let mut values = Values::new(test, false, Location::caller());
        at_once(body(&mut values.arguments()))()
    }

    #[track_caller]
    pub(crate) fn run_blocking(test: Test, body: fn(&mut Arguments<'_>) -> ExitCode) -> ExitCode {
        let mut values = Values::new(test, true, Location::caller());
        body(&mut values.arguments())
    }

    fn at_once<T>(mut future: Pin<Box<dyn Future<Output = T> + '_>>) -> T {
        match future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("nothing here ever waits"),
        }
    }
}
