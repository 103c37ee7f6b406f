//! Mistakes in the body are told as in any function.
use s3_test::{TestBucket, s3_test};

#[s3_test]
async fn question_mark_without_a_result(bucket: TestBucket) {
    std::fs::read(format!("{bucket:?}"))?;
}

#[s3_test]
async fn wrong_type(bucket: TestBucket) -> Result<(), std::fmt::Error> {
    bucket
}

#[s3_test]
async fn unused_things(bucket: TestBucket) {
    let mut number = 5;
}

#[s3_test]
fn await_without_async(_: TestBucket) {
    std::future::ready(()).await;
}
