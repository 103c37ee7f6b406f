//! Types that do not exist.
use s3_test::{object_store::ObjectStore, s3_test};
use std::sync::Arc;

#[s3_test]
async fn parameter(_: Arc<dyn ObjectStorage>, _: Arc<dyn ObjectStore>) {}

#[s3_test]
async fn returned() -> Outcome {}
