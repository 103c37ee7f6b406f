//! The dependency has another name.
#![deny(warnings)]
use renamed::{TestBucket, s3_test};

#[s3_test(crate = renamed, bucket = "test-uploads", flavor = "multi_thread")]
async fn path(bucket: TestBucket) -> Result<(), std::fmt::Error> {
    drop(bucket);
    Ok(())
}

#[s3_test(crate = "renamed", backend = "auto", timeout = "1s", flavor = "current_thread")]
async fn in_quotes() {}
