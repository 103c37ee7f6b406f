//! Attributes of parameters that do not exist.
use s3_test::{TestBucket, s3_test};

#[s3_test]
async fn mistyped(#[bukcet("archive")] _: TestBucket) {}
