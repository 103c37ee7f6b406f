//! Tests of the application's storage on a real S3 server, without mocks.

use std::sync::Arc;

use object_store::{ObjectStore, Result};
use s3_test::{BoxError, FromBucket, TestBucket, s3_test};
use s3_test_examples::uploads::UploadStorage;

#[s3_test(bucket = "test-uploads")]
async fn a_file_is_saved_found_opened_and_deleted(store: Arc<dyn ObjectStore>) -> Result<()> {
    let uploads = UploadStorage::new(store);

    let key = uploads.save("test.txt", "Test file content").await?;
    assert_eq!(key, "uploads/test.txt");
    assert!(uploads.exists("test.txt").await?);
    assert_eq!(uploads.open("test.txt").await?, b"Test file content");

    uploads.delete("test.txt").await?;
    assert!(!uploads.exists("test.txt").await?);
    Ok(())
}

/// The parameter that these tests take: the application's own type, made from the test's bucket.
struct Uploads(UploadStorage);

impl FromBucket for Uploads {
    async fn from_bucket(bucket: &TestBucket) -> Result<Self, BoxError> {
        Ok(Self(UploadStorage::new(Arc::new(bucket.store()?))))
    }
}

#[s3_test]
async fn a_file_that_was_never_saved_does_not_exist(Uploads(uploads): Uploads) -> Result<()> {
    assert!(!uploads.exists("test.txt").await?);
    assert!(uploads.open("test.txt").await.is_err());
    Ok(())
}

#[s3_test]
async fn saving_again_replaces_the_content(Uploads(uploads): Uploads) -> Result<()> {
    uploads.save("test.txt", "first").await?;
    uploads.save("test.txt", "second").await?;
    assert_eq!(uploads.open("test.txt").await?, b"second");
    Ok(())
}
