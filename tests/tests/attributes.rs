//! Attributes of other crates beside `#[s3_test]`, each as a guide shows it.
#![allow(missing_docs)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use proptest::prelude::*;
use rstest::rstest;
use s3_test::{OwnedBucket, TestBucket, s3_test};
use serial_test::serial;

#[rstest]
#[case("a")]
#[case("b/c")]
#[test_attr(s3_test)]
async fn rstest_makes_cases(#[ignore] store: Arc<dyn ObjectStore>, #[case] key: String) {
    let path = Path::from(key);
    store.put(&path, "x".into()).await.expect("put");
    let listed = store.list_with_delimiter(None).await.expect("listed");
    assert_eq!(listed.objects.len() + listed.common_prefixes.len(), 1);
}

#[rstest::fixture]
async fn bucket() -> OwnedBucket {
    s3_test::bucket().create().await.expect("a bucket")
}

#[rstest]
#[tokio::test]
async fn rstest_has_the_bucket_as_a_fixture(
    #[future(awt)] bucket: OwnedBucket,
    #[values(1, 2)] size: usize,
) {
    let path = Path::from("key");
    let store = bucket.store().expect("a store");
    store
        .put(&path, "x".repeat(size).into())
        .await
        .expect("put");
    assert_eq!(store.head(&path).await.expect("there").size, size as u64);
}

static RUNNING: AtomicUsize = AtomicUsize::new(0);

async fn alone() {
    assert_eq!(RUNNING.fetch_add(1, Ordering::SeqCst), 0);
    // Long enough for another test to come.
    tokio::time::sleep(Duration::from_millis(50)).await;
    RUNNING.fetch_sub(1, Ordering::SeqCst);
}

#[s3_test]
#[serial]
async fn serial_test_one(_bucket: TestBucket) {
    alone().await;
}

#[s3_test]
#[serial_test::serial]
async fn serial_test_two(_bucket: TestBucket) {
    alone().await;
}

#[s3_test]
#[serial]
async fn serial_test_three(_bucket: TestBucket) {
    alone().await;
}

#[test_log::test(s3_test)]
async fn test_log_starts_the_log(bucket: TestBucket) {
    assert!(!bucket.name().is_empty());
}

#[s3_test]
fn proptest_runs_in_a_synchronous_test(bucket: TestBucket) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let store = bucket.store().expect("a store");
    proptest!(ProptestConfig::with_cases(8), |(content in ".{0,20}")| {
        let path = Path::from("key");
        let read = runtime.block_on(async {
            store.put(&path, content.clone().into()).await?;
            store.get(&path).await?.bytes().await
        });
        prop_assert_eq!(read.expect("it is there"), content.as_bytes());
    });
}
