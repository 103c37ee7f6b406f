//! Parameters of tests.

#[cfg(feature = "aws_sdk_s3")]
mod aws_sdk;
mod erased;
mod gateway;
mod object_store;
#[cfg(feature = "opendal")]
mod opendal;

use crate::bucket::TestBucket;

#[doc(hidden)]
pub use self::erased::{Arguments, Parameter};
pub(crate) use self::erased::{Parameters, SetUpCall};
pub use crate::error::BoxError;

/// Types that can be created from a test's bucket, and so be parameters of an `#[s3_test]` function.
///
/// # Types
///
/// | type | cargo feature of s3-test |
/// | --- | --- |
/// | [`TestBucket`] | |
/// | `Arc<dyn ObjectStore>`, `Box<dyn ObjectStore>`, `AmazonS3`, `Arc<AmazonS3>`, `AmazonS3Builder` (configured, not yet built) of [`object_store`](crate::object_store) | |
/// | `Arc<dyn MultipartStore>`, `Arc<dyn PaginatedListStore>`, `Arc<dyn Signer>` of the same | |
/// | all types of these two lines, of object_store 0.13 or 0.12 | `object_store_0_13`, `object_store_0_12` |
/// | `aws_sdk_s3::Client`, and `aws_config::SdkConfig` for a client that the test makes itself | `aws_sdk_s3` |
/// | `opendal::Operator` of version 0.59 | `opendal` |
/// | [`Requests`](crate::Requests), the log of what the test sends; [`Faults`](crate::Faults), what goes wrong on the way | |
///
/// A reference to any of them is a parameter too, and so is `&dyn Trait` where `Arc<dyn Trait>` is one.
///
/// All of them send their requests through one HTTP client, whose connections outlive the test's runtime. None of them
/// reads the `AWS_*` or proxy variables of the shell, AWS' configuration files, or a metadata service. An `SdkConfig` has
/// no setting for the path style of addresses; the SDK uses it where the endpoint is a number like 127.0.0.1.
///
/// # Types of your own
///
/// Implement the trait for the type that your tests use, and take it as a parameter:
///
/// ```
/// use std::sync::Arc;
///
/// use object_store::ObjectStore;
/// use s3_test::{BoxError, FromBucket, TestBucket, s3_test};
///
/// struct Uploads {
///     store: Arc<dyn ObjectStore>,
/// }
///
/// impl FromBucket for Uploads {
///     async fn from_bucket(bucket: &TestBucket) -> Result<Self, BoxError> {
///         Ok(Self { store: Arc::new(bucket.store()?) })
///     }
/// }
///
/// #[s3_test]
/// async fn nothing_is_uploaded_yet(uploads: Uploads) -> object_store::Result<()> {
///     assert!(uploads.store.list_with_delimiter(None).await?.objects.is_empty());
///     Ok(())
/// }
/// ```
///
/// A type that holds one of those above can be made from it: `<Arc<dyn ObjectStore>>::from_bucket(bucket).await?`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a parameter of an `#[s3_test]` function",
    label = "this cannot be made from the test's bucket",
    note = "a parameter may be `Arc<dyn ObjectStore>`, `Box<dyn ObjectStore>`, `AmazonS3`, `Arc<AmazonS3>`, `AmazonS3Builder`, `Arc<dyn MultipartStore>`, `Arc<dyn PaginatedListStore>`, `Arc<dyn Signer>`, `TestBucket`, any type for which you implement `s3_test::FromBucket`, or a reference to one of these, such as `&dyn ObjectStore`",
    note = "a type of object_store must be that of the version which `s3_test::object_store` re-exports, or of 0.13 or 0.12 with the feature `object_store_0_13` or `object_store_0_12` of s3-test",
    note = "`aws_sdk_s3::Client` and `aws_config::SdkConfig` need the feature `aws_sdk_s3` of s3-test, `opendal::Operator` the feature `opendal`"
)]
pub trait FromBucket: Sized {
    /// Asks for the gateway, which notes the requests of the whole test; `false` by default.
    ///
    /// Set it for a type that takes [`Requests`](crate::Requests) from the bucket. When one parameter of a test asks, all
    /// parameters go through the gateway.
    ///
    /// ```
    /// use s3_test::{BoxError, FromBucket, Requests, TestBucket};
    ///
    /// struct Counted(Requests);
    ///
    /// impl FromBucket for Counted {
    ///     const NEEDS_GATEWAY: bool = true;
    ///
    ///     async fn from_bucket(bucket: &TestBucket) -> Result<Self, BoxError> {
    ///         Ok(Self(Requests::from_bucket(bucket).await?))
    ///     }
    /// }
    /// ```
    const NEEDS_GATEWAY: bool = false;

    /// Creates the parameter before the test's body: on the test's own runtime, or for a synchronous test on s3-test's.
    ///
    /// # Errors
    ///
    /// Any error; it makes the test fail.
    fn from_bucket(bucket: &TestBucket) -> impl Future<Output = Result<Self, BoxError>>;

    /// Describes a parameter of this type for the attribute. It is a method, since the compiler then reports a type that
    /// is none at the type alone.
    #[doc(hidden)]
    #[must_use]
    fn __parameter() -> Parameter
    where
        Self: 'static,
    {
        Parameter::new::<Self>()
    }
}

impl FromBucket for TestBucket {
    async fn from_bucket(bucket: &TestBucket) -> Result<Self, BoxError> {
        Ok(bucket.clone())
    }
}
