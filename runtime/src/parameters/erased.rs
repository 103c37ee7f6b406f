//! The parameters of one test. They are made from its buckets, in their order, before its body runs.
//!
//! The function that makes a parameter and the value that it makes are erased to types that all tests share. So the
//! compiler works once for each type of parameter, and not for each parameter of each test.

use std::{any::Any, fmt, pin::Pin, slice};

use super::{BoxError, FromBucket};
use crate::{bucket::TestBucket, options::Options};

type Value = Box<dyn Any>;
type Making<'a> = Pin<Box<dyn Future<Output = Result<Value, BoxError>> + 'a>>;
type Maker = fn(&TestBucket) -> Making<'_>;

/// The set-up of a test, over its main bucket.
pub(crate) type SetUpCall =
    fn(&TestBucket) -> Pin<Box<dyn Future<Output = Result<(), BoxError>> + '_>>;

/// One parameter as the attribute describes it.
#[doc(hidden)]
pub struct Parameter {
    make: Maker,
    needs_gateway: bool,
    /// The options of its own bucket, if it has `#[bucket]`.
    bucket: Option<Options>,
}

impl Parameter {
    pub(super) fn new<T: FromBucket + 'static>() -> Self {
        Self {
            make: |bucket| Box::pin(async { Ok(Box::new(T::from_bucket(bucket).await?) as Value) }),
            needs_gateway: T::NEEDS_GATEWAY,
            bucket: None,
        }
    }

    /// Gives the parameter a bucket of its own.
    #[must_use]
    pub fn bucket(mut self, options: Options) -> Self {
        self.bucket = Some(options);
        self
    }

    pub(crate) fn own_bucket(&self) -> Option<&Options> {
        self.bucket.as_ref()
    }

    pub(crate) fn needs_gateway(&self) -> bool {
        self.needs_gateway
    }
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parameter = f.debug_struct("Parameter");
        parameter.field("bucket", &self.bucket);
        parameter.finish_non_exhaustive()
    }
}

/// The parameters of a test, each with the bucket that it is made from.
pub(crate) struct Parameters {
    makers: Vec<(Maker, TestBucket)>,
    setup: Option<(SetUpCall, TestBucket)>,
}

impl Parameters {
    /// Gives each parameter its bucket. The `buckets` are those of the test: the main one, if there is one, and then
    /// the parameters' own. The `setup` runs over the main one before the parameters are made.
    pub(crate) fn new(
        parameters: Vec<Parameter>,
        main_bucket: bool,
        mut buckets: Vec<TestBucket>,
        setup: Option<SetUpCall>,
    ) -> Self {
        let mut own = buckets.split_off(usize::from(main_bucket)).into_iter();
        let pair = |parameter: Parameter| {
            let bucket = match parameter.bucket {
                Some(_) => own.next(),
                None => buckets.first().cloned(),
            };
            (
                parameter.make,
                bucket.expect("each parameter has a bucket among those of the test"),
            )
        };
        Self {
            makers: parameters.into_iter().map(pair).collect(),
            setup: setup.zip(buckets.pop()),
        }
    }

    /// Makes them in their order, after the set-up.
    pub(crate) async fn make(self) -> Result<Values, BoxError> {
        if let Some((set_up, bucket)) = self.setup {
            set_up(&bucket).await?;
        }
        let mut values = Vec::with_capacity(self.makers.len());
        for (make, bucket) in self.makers {
            values.push(Some(make(&bucket).await?));
        }
        Ok(Values(values))
    }
}

/// The values of the parameters, in their order. They live until the body has ended, so that it may borrow them.
pub(crate) struct Values(Vec<Option<Value>>);

impl Values {
    pub(crate) fn arguments(&mut self) -> Arguments<'_> {
        Arguments(self.0.iter_mut())
    }
}

/// The values for the call of the user's function, each given away or lent.
#[doc(hidden)]
#[derive(Debug)]
pub struct Arguments<'a>(slice::IterMut<'a, Option<Value>>);

impl<'a> Arguments<'a> {
    /// Gives away the value of the next parameter.
    ///
    /// # Panics
    ///
    /// If it has another type or there is none.
    pub fn take<T: 'static>(&mut self) -> T {
        let value = self.0.next().and_then(Option::take);
        *value
            .and_then(|value| value.downcast().ok())
            .expect(IN_ORDER)
    }

    /// Lends the value of the next parameter.
    ///
    /// # Panics
    ///
    /// As [`take`](Self::take).
    pub fn lend<T: 'static>(&mut self) -> &'a mut T {
        let value = self.0.next().and_then(Option::as_mut);
        value
            .and_then(|value| value.downcast_mut())
            .expect(IN_ORDER)
    }
}

const IN_ORDER: &str = "the attribute takes the parameters in their order";
