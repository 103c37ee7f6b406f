//! Tests that end in every way a test can end, each with a bucket that must be gone afterwards.

use std::{
    process::{ExitCode, Termination},
    sync::Arc,
    time::Duration,
};

use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use s3_test::{BoxError, FromBucket, TestBucket, s3_test};
use s3_test_suite::record;

/// Leaves an object and an unfinished upload in the bucket, which must go with it.
async fn leave_something(bucket: &TestBucket) -> object_store::Result<()> {
    record(bucket);
    let store = bucket.store()?;
    store.put(&Path::from("left/behind"), "x".into()).await?;
    let mut upload = store.put_multipart(&Path::from("unfinished")).await?;
    upload.put_part("part".into()).await
}

#[s3_test]
async fn returns_unit(bucket: TestBucket) {
    leave_something(&bucket).await.unwrap();
}

#[s3_test]
async fn returns_ok(bucket: TestBucket) -> object_store::Result<()> {
    leave_something(&bucket).await
}

#[s3_test(bucket = "returns-err")]
async fn returns_err(bucket: TestBucket) -> Result<(), Box<dyn std::error::Error>> {
    leave_something(&bucket).await?;
    Err("the reason of the failure")?
}

struct Custom(bool);

impl Termination for Custom {
    fn report(self) -> ExitCode {
        if self.0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

#[s3_test]
async fn returns_a_good_termination(bucket: TestBucket) -> Custom {
    leave_something(&bucket).await.unwrap();
    Custom(true)
}

#[s3_test]
async fn returns_a_bad_termination(bucket: TestBucket) -> Custom {
    leave_something(&bucket).await.unwrap();
    Custom(false)
}

#[s3_test]
async fn panics(bucket: TestBucket) {
    leave_something(&bucket).await.unwrap();
    panic!("the message of the panic");
}

#[s3_test]
#[should_panic]
async fn should_panic_and_does(bucket: TestBucket) {
    leave_something(&bucket).await.unwrap();
    panic!("as it should");
}

#[s3_test]
#[should_panic(expected = "as it")]
async fn should_panic_with_this_message_and_does(bucket: TestBucket) {
    leave_something(&bucket).await.unwrap();
    panic!("as it should");
}

#[s3_test]
#[should_panic(expected = "something else")]
async fn should_panic_with_another_message(bucket: TestBucket) {
    leave_something(&bucket).await.unwrap();
    panic!("as it should not");
}

#[s3_test]
#[should_panic]
async fn should_panic_and_does_not(bucket: TestBucket) {
    leave_something(&bucket).await.unwrap();
}

#[s3_test(timeout = "500ms")]
#[should_panic]
async fn should_panic_and_times_out(bucket: TestBucket) {
    leave_something(&bucket).await.unwrap();
    std::future::pending::<()>().await;
}

#[s3_test]
#[ignore = "to see that it is"]
async fn is_ignored(bucket: TestBucket) {
    record(&bucket);
}

#[s3_test]
#[cfg(any())]
async fn does_not_exist(bucket: NoSuchType) {}

#[s3_test(timeout = "500ms")]
async fn times_out(bucket: TestBucket) {
    leave_something(&bucket).await.unwrap();
    std::future::pending::<()>().await;
}

#[s3_test(timeout = "500ms")]
async fn blocks_its_thread(bucket: TestBucket) {
    leave_something(&bucket).await.unwrap();
    std::thread::park_timeout(Duration::from_secs(600));
}

#[s3_test(timeout = "10s")]
async fn ends_within_its_timeout(bucket: TestBucket) {
    leave_something(&bucket).await.unwrap();
}

#[s3_test]
async fn runs_on_one_thread(bucket: TestBucket) {
    record(&bucket);
    let flavor = tokio::runtime::Handle::current().runtime_flavor();
    assert_eq!(flavor, tokio::runtime::RuntimeFlavor::CurrentThread);
}

#[s3_test(flavor = "multi_thread", worker_threads = 3)]
async fn runs_on_three_threads(bucket: TestBucket, store: Arc<dyn ObjectStore>) {
    leave_something(&bucket).await.unwrap();
    let handle = tokio::runtime::Handle::current();
    assert_eq!(
        handle.runtime_flavor(),
        tokio::runtime::RuntimeFlavor::MultiThread
    );
    assert_eq!(handle.metrics().num_workers(), 3);
    // A task that blocks its thread on an answer of the store stops nobody else.
    let blocked = tokio::task::spawn_blocking(move || {
        handle
            .block_on(store.get(&Path::from("left/behind")))
            .is_ok()
    });
    assert!(blocked.await.unwrap());
}

/// The body blocks the only thread of its runtime while the store answers on another one.
#[s3_test]
async fn blocks_on_the_store(bucket: TestBucket, store: Arc<dyn ObjectStore>) {
    leave_something(&bucket).await.unwrap();
    let answered = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime
            .block_on(store.head(&Path::from("left/behind")))
            .is_ok()
    });
    assert!(answered.join().unwrap());
}

struct Impossible;

impl FromBucket for Impossible {
    async fn from_bucket(bucket: &TestBucket) -> Result<Self, BoxError> {
        leave_something(bucket).await?;
        Err("the reason why it is impossible".into())
    }
}

#[s3_test]
async fn has_an_impossible_parameter(_impossible: Impossible) {}

#[allow(clippy::print_stdout)]
#[s3_test(timeout = "10s")]
async fn prints_within_its_timeout(bucket: TestBucket) {
    record(&bucket);
    println!("printed by the body");
    panic!("so that the output is shown");
}

mod outer {
    mod inner {
        use s3_test::s3_test;

        #[s3_test]
        async fn is_in_a_module(bucket: s3_test::TestBucket) {
            super::super::leave_something(&bucket).await.unwrap();
            assert!(
                bucket
                    .name()
                    .starts_with("test-bucket-outer-inner-is-in-a-module-")
            );
        }
    }
}
