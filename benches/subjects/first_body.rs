//! The moment at which a test's body begins.

use s3_test::{TestBucket, s3_test};
use s3_test_benches::{now, s3, subject::tell};
use std::time::Instant;

#[allow(deprecated)]
#[s3_test]
async fn cold() {
    tell("body", now());
}

/// With the S3 requests that were made before the body, made once more by hand, over a connection of their own.
#[s3_test]
async fn warm(bucket: TestBucket) {
    tell("body", now());
    let server = s3::Server::of(&bucket);
    let name = format!("{}-again", &bucket.name()[..50.min(bucket.name().len())]);
    let since = Instant::now();
    server.check().await.expect("the server answers");
    server.create_bucket(&name).await;
    tell("requests", since.elapsed().as_nanos());
    server.delete_bucket(&name).await;
}

/// Measures a process and its test harness alone.
#[test]
fn plain() {
    tell("body", now());
}
