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

#[s3_test]
async fn reference(mine: &Mine, _: &mut Vec<Mine>) {
    let _ = mine;
}

#[s3_test]
async fn object(object: &dyn std::fmt::Display) {
    let _ = object;
}

#[s3_test]
fn synchronous(_: TestBucket, mine: &Mine) {
    let _ = mine;
}
