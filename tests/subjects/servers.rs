//! Tests that ask for servers which do not come, or for unusual ones.

use std::sync::Arc;

use object_store::ObjectStore;
use s3_test::{TestBucket, s3_test};
use s3_test_suite::{record, round_trip};

#[s3_test]
async fn plain(bucket: TestBucket, store: Arc<dyn ObjectStore>) -> object_store::Result<()> {
    record(&bucket);
    round_trip(&*store, "plain").await
}

#[s3_test]
#[should_panic]
async fn plain_that_should_panic(store: Arc<dyn ObjectStore>) {
    round_trip(&*store, "plain").await.unwrap();
    panic!("as it should");
}

#[s3_test(environment(RUSTFS_ADDRESS = "nonsense"))]
async fn server_exits(_store: Arc<dyn ObjectStore>) {}

#[s3_test(environment(RUSTFS_ADDRESS = ":9005"), startup_timeout = "4s")]
async fn server_listens_elsewhere(_store: Arc<dyn ObjectStore>) {}

#[s3_test(startup_timeout = "4s")]
async fn server_is_unreachable(_store: Arc<dyn ObjectStore>) {}

#[s3_test(image = "s3-test/there-is-no-such-image:1")]
async fn image_is_missing(_store: Arc<dyn ObjectStore>) {}

#[s3_test(
    access_key = "a-key-of-its-own",
    secret_key = "a-secret-of-its-own",
    region = "eu-west-1"
)]
async fn has_keys_and_a_region(
    bucket: TestBucket,
    store: Arc<dyn ObjectStore>,
) -> object_store::Result<()> {
    record(&bucket);
    assert_eq!(bucket.access_key(), "a-key-of-its-own");
    assert_eq!(bucket.secret_key(), "a-secret-of-its-own");
    assert_eq!(bucket.region(), "eu-west-1");
    round_trip(&*store, "own-keys").await
}

#[s3_test(environment(SUITE_COLOUR = "blue"))]
async fn has_another_environment(
    bucket: TestBucket,
    store: Arc<dyn ObjectStore>,
) -> object_store::Result<()> {
    record(&bucket);
    round_trip(&*store, "blue").await
}

#[s3_test(bucket = "kept-busy")]
async fn holds_a_bucket(bucket: TestBucket) {
    record(&bucket);
    std::future::pending().await
}

#[s3_test(bucket = "kept-busy")]
async fn uses_the_bucket_that_was_held(
    bucket: TestBucket,
    store: Arc<dyn ObjectStore>,
) -> object_store::Result<()> {
    record(&bucket);
    round_trip(&*store, "after").await
}

#[s3_test]
async fn holds_a_unique_bucket(bucket: TestBucket, store: Arc<dyn ObjectStore>) {
    round_trip(&*store, "unique").await.unwrap();
    record(&bucket);
    std::future::pending().await
}

/// RustFS keeps this name for itself.
#[s3_test(bucket = "rustfs")]
async fn bucket_is_refused(_store: Arc<dyn ObjectStore>) {}
