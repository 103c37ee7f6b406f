//! Return types that are not a test's result.
#![allow(deprecated)]
use s3_test::{TestBucket, s3_test};

struct NoDebug;

#[s3_test]
async fn number(bucket: TestBucket) -> usize {
    format!("{bucket:?}").len()
}

#[s3_test]
async fn error_without_debug() -> Result<(), NoDebug> {
    Ok(())
}

#[s3_test]
async fn value_in_a_result() -> Result<String, std::fmt::Error> {
    Ok(String::new())
}

#[s3_test]
fn synchronous() -> usize {
    5
}
