//! The attribute of tracing_test beside `#[s3_test]`. It sets the log of its process, as test_log does, so it has one of its own.
#![allow(missing_docs)]

use s3_test::{TestBucket, s3_test};
use tracing_test::traced_test;

#[s3_test]
#[traced_test]
async fn tracing_test_sees_what_is_logged(_bucket: TestBucket) {
    tracing::info!("for the log");
    assert!(logs_contain("for the log"));
}
