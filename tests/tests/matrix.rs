//! Tests that one function makes for several servers, and expectations and faults that an attribute writes as text.

use std::{process::Command, sync::Arc};

use object_store::{ObjectStore, ObjectStoreExt, aws::AmazonS3, path::Path};
use s3_test::{BoxError, Operation, Requests, TestBucket, s3_test};

mod servers {
    /// A name that the tests see as their function does.
    pub(crate) const EMBEDDED: &str = "embedded";

    pub(crate) mod inside {
        use s3_test::{TestBucket, s3_test};

        #[s3_test(
            bucket_prefix = "outer",
            matrix(one(backend = super::EMBEDDED, bucket_prefix = "inner"), two(backend = "embedded"))
        )]
        async fn names_mean_the_same_as_outside(bucket: super::super::Bucket) {
            let test = std::thread::current().name().map(str::to_owned);
            let entry = test
                .as_deref()
                .and_then(|it| it.rsplit("::").next().map(str::to_owned));
            let prefix = match entry.as_deref() {
                Some("one") => "inner",
                Some("two") => "outer",
                other => panic!("no entry: {other:?}"),
            };
            let _: &TestBucket = &bucket;
            assert!(bucket.name().starts_with(prefix), "{}", bucket.name());
            assert_eq!(bucket.backend().name(), super::EMBEDDED);
        }
    }
}

type Bucket = TestBucket;

#[s3_test(matrix(
    here,
    embedded(backend = "embedded"),
    versioned(backend = "embedded", versioning = true)
))]
async fn a_store_works_on_each_server(store: &dyn ObjectStore) -> object_store::Result<()> {
    let path = Path::from("key");
    store.put(&path, "x".into()).await?;
    assert_eq!(store.get(&path).await?.bytes().await?, "x");
    Ok(())
}

#[s3_test(matrix(here, embedded(backend = "embedded")))]
fn a_synchronous_test(bucket: &TestBucket) {
    assert!(bucket.endpoint().starts_with("http://127.0.0.1:"));
}

#[s3_test(matrix(embedded(backend = "embedded")))]
#[should_panic(expected = "as it should")]
async fn a_test_that_panics(store: Arc<dyn ObjectStore>) {
    let missing = store.head(&Path::from("missing")).await;
    assert!(missing.is_ok(), "as it should");
}

#[allow(deprecated)]
#[s3_test(matrix(embedded(backend = "embedded")))]
#[ignore = "it would fail"]
async fn an_ignored_test() {
    panic!("it is ignored");
}

#[allow(deprecated)]
#[s3_test(
    backend = "embedded",
    matrix(fails(timeout = "1m"), passes(timeout = "2m"))
)]
#[ignore = "it fails, and is run in a child process"]
async fn one_of_two() -> Result<(), BoxError> {
    match std::thread::current().name() {
        Some(name) if name.ends_with("::fails") => Err("as it should".into()),
        _ => Ok(()),
    }
}

fn run(arguments: &[&str]) -> String {
    let this = std::env::current_exe().expect("the test binary");
    let output = Command::new(this)
        .args(arguments)
        .output()
        .expect("the child runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn each_entry_is_a_test_of_its_own() {
    let listed = run(&["--list"]);
    for name in [
        "a_store_works_on_each_server::here: test",
        "a_store_works_on_each_server::embedded: test",
        "servers::inside::names_mean_the_same_as_outside::one: test",
        "a_test_that_panics::embedded: test",
    ] {
        assert!(
            listed.lines().any(|line| line == name),
            "{name} is not in {listed}"
        );
    }
    let failed = run(&["--ignored", "one_of_two"]);
    assert!(failed.contains("1 passed; 1 failed"), "{failed}");
    assert!(
        failed.contains("matrix::one_of_two::fails failed"),
        "{failed}"
    );
}

#[s3_test(
    backend = "embedded",
    expect("PutObject == 3", "GetObject >= 1", "HeadObject <= 0"),
    faults(
        "PutObject key: SlowDown x1",
        "PutObject k*: 502 x1",
        "GetObject: cut 300 x1"
    )
)]
async fn requests_go_wrong_without_a_parameter(store: AmazonS3) -> Result<(), BoxError> {
    let content = vec![7; 1000];
    store
        .put(&Path::from("key"), content.clone().into())
        .await?;
    assert!(store.get(&Path::from("key")).await?.bytes().await? == content);
    Ok(())
}

#[s3_test(backend = "embedded", faults("Any: lost x1"))]
async fn both_ways_go_together(store: AmazonS3, requests: Requests) -> Result<(), BoxError> {
    store.put(&Path::from("key"), "x".into()).await?;
    assert_eq!(requests.operation(Operation::PutObject).count(), 2);
    Ok(())
}

#[s3_test(
    backend = "embedded",
    expect("PutObject == 1"),
    faults("GetObject: reset")
)]
#[ignore = "it fails, and is run in a child process"]
async fn nothing_comes_true(store: AmazonS3) -> Result<(), BoxError> {
    let _ = store.head(&Path::from("key")).await;
    Ok(())
}

#[test]
fn what_does_not_come_true_fails_the_test() {
    let text = run(&["--ignored", "--exact", "nothing_comes_true"]);
    for words in [
        "1 failed",
        "s3-test: the test expected exactly 1 PutObject, and there were 0.",
        "a fault never fired",
        "  GetObject: reset\n    no request came near it",
    ] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
}
