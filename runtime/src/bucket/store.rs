//! Stores for a test's bucket.

use object_store::aws::{AmazonS3, AmazonS3Builder};

use super::TestBucket;
use crate::s3::http_client::SharedConnector;

/// Configures a store of one version of object_store, whose connector is the last argument.
macro_rules! store_builder {
    ($object_store:ident, $bucket:expr, $connector:expr) => {
        ::$object_store::aws::AmazonS3Builder::new()
            .with_endpoint($bucket.endpoint())
            .with_allow_http(true)
            .with_virtual_hosted_style_request(false)
            .with_region($bucket.region())
            .with_bucket_name($bucket.name())
            .with_access_key_id($bucket.access_key())
            .with_secret_access_key($bucket.secret_key())
            // Without it object_store refuses `copy_if_not_exists`, which the server supports.
            .with_copy_if_not_exists(::$object_store::aws::S3CopyIfNotExists::Multipart)
            .with_http_connector($connector)
    };
}
pub(crate) use store_builder;

impl TestBucket {
    /// Returns a new store for this bucket.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`AmazonS3Builder::build`].
    pub fn store(&self) -> object_store::Result<AmazonS3> {
        self.builder().build()
    }

    /// Returns the configuration that [`Self::store`] builds, for a test that changes a part of it, such as the retries.
    /// It holds nothing of the developer's `AWS_*` variables.
    ///
    /// All stores built from it share one HTTP client, so their `ClientOptions` have no effect unless the test sets a
    /// connector of its own.
    ///
    /// ```
    /// use object_store::RetryConfig;
    /// use s3_test::{TestBucket, s3_test};
    ///
    /// #[s3_test]
    /// async fn fails_at_once(bucket: TestBucket) -> object_store::Result<()> {
    ///     let retry = RetryConfig { max_retries: 0, ..RetryConfig::default() };
    ///     let store = bucket.builder().with_retry(retry).build()?;
    ///     // …
    /// #   let _ = store;
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn builder(&self) -> AmazonS3Builder {
        store_builder!(
            object_store,
            self,
            SharedConnector(self.http_client().clone())
        )
    }
}
