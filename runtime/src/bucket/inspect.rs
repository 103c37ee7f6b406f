//! Looks into a test's bucket, by s3-test itself.
//!
//! These requests go past the gateway: they are not in the test's log, and no fault touches them.

use std::time::SystemTime;

use humantime::parse_rfc3339;

use super::TestBucket;
use crate::{
    error::{Error, opaque},
    process::background,
    s3::{Failure, List, Pages},
};

/// Returns the error of a bucket that did not show something.
pub(super) fn unread(bucket: &str, asked_for: &str, failure: &Failure) -> opaque::Error {
    let error = Error::BucketUnread {
        bucket: bucket.to_owned(),
        asked_for: asked_for.to_owned(),
        message: failure.to_string(),
    };
    error.into()
}

/// A multipart upload that was neither completed nor aborted: see [`TestBucket::unfinished_uploads`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfinishedUpload {
    key: String,
    upload_id: String,
    initiated: Option<SystemTime>,
}

impl UnfinishedUpload {
    /// Returns the key of the object that the upload was to become.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns the id by which a client completes or aborts the upload.
    #[must_use]
    pub fn upload_id(&self) -> &str {
        &self.upload_id
    }

    /// Returns the time at which the upload began, if the server tells it.
    #[must_use]
    pub fn initiated(&self) -> Option<SystemTime> {
        self.initiated
    }
}

impl TestBucket {
    /// Returns the multipart uploads that are neither completed nor aborted, in the order of their keys.
    ///
    /// S3 bills their parts for ever, and no listing of objects shows them. The option `unfinished_uploads = "fail"` checks
    /// at the end of a test that there are none.
    ///
    /// ```
    /// use s3_test::{TestBucket, s3_test};
    ///
    /// #[s3_test(backend = "embedded")]
    /// async fn an_upload_is_begun(bucket: TestBucket) -> Result<(), Box<dyn std::error::Error>> {
    ///     use object_store::{MultipartUpload, ObjectStore, path::Path};
    ///
    ///     let store = bucket.store()?;
    ///     let mut upload = store.put_multipart(&Path::from("large")).await?;
    ///     upload.put_part("a part".into()).await?;
    ///     assert_eq!(bucket.unfinished_uploads().await?[0].key(), "large");
    ///
    ///     upload.abort().await?;
    ///     assert!(bucket.unfinished_uploads().await?.is_empty());
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// If the server does not list them: [`Error`](opaque::Error) says why.
    pub async fn unfinished_uploads(&self) -> Result<Vec<UnfinishedUpload>, opaque::Error> {
        let bucket = self.clone();
        // On the background runtime, whose clock nobody pauses.
        let listed = background::handle().spawn(async move {
            let admin = &bucket.server().admin;
            let listed = Pages::new(admin, bucket.name(), List::Uploads).all().await;
            listed.map_err(|failure| unread(bucket.name(), "its uploads", &failure))
        });
        let entries = listed
            .await
            .unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))?;
        let uploads = entries.into_iter().map(|entry| UnfinishedUpload {
            key: entry.key,
            upload_id: entry.upload_id.unwrap_or_default(),
            initiated: entry.initiated.and_then(|date| parse_rfc3339(&date).ok()),
        });
        Ok(uploads.collect())
    }
}
