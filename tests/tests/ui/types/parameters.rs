//! Parameters that no bucket gives.
use s3_test::{TestBucket, s3_test};
use std::sync::Arc;

struct Mine;

#[s3_test]
async fn string(name: String) {
    drop(name);
}

#[s3_test]
async fn second_of_two(bucket: TestBucket, (mine, _): (Mine, TestBucket)) {
    drop((bucket, mine));
}

#[s3_test]
async fn other_store(store: Arc<s3_test::object_store::memory::InMemory>) -> Result<(), std::fmt::Error> {
    drop(store);
    Ok(())
}
