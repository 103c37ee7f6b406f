//! Tests with more around their body than a bucket: set-ups and siblings.

use std::sync::{Arc, Mutex};

use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use s3_test::{Requests, TestBucket, s3_test};
use s3_test_suite::{record, round_trip};

async fn fill(bucket: &TestBucket) {
    let store = bucket.store().expect("a store");
    let path = Path::from("filled");
    store.put(&path, "by the set-up".into()).await.expect("put");
}

async fn keys(store: &dyn ObjectStore) -> Vec<String> {
    let listed = store.list_with_delimiter(None).await.expect("listed");
    let keys = listed.objects.into_iter();
    keys.map(|object| object.location.to_string()).collect()
}

mod setups {
    use super::*;

    #[s3_test(setup = fill)]
    async fn runs_before_the_body(store: Arc<dyn ObjectStore>) {
        assert_eq!(keys(&*store).await, ["filled"]);
    }

    #[s3_test(setup = super::fill)]
    fn runs_before_a_synchronous_body(bucket: &TestBucket) {
        let store = bucket.store().expect("a store");
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        assert_eq!(runtime.block_on(keys(&store)), ["filled"]);
    }

    /// The log of the body begins with the body.
    #[s3_test(setup = fill)]
    async fn is_not_in_the_log(requests: Requests, store: Arc<dyn ObjectStore>) {
        assert_eq!(requests.count(), 0);
        assert_eq!(keys(&*store).await, ["filled"]);
    }

    /// Where every parameter has a bucket of its own, the set-up has one too.
    #[s3_test(setup = fill)]
    async fn has_a_bucket(#[bucket] other: &dyn ObjectStore) {
        assert_eq!(keys(other).await, Vec::<String>::new());
    }

    type Nothing = object_store::Result<()>;

    async fn owns(store: Arc<dyn ObjectStore>, bucket: TestBucket) -> Nothing {
        store.put(&Path::from("owns"), "".into()).await?;
        fill(&bucket).await;
        Ok(())
    }

    async fn mixes(bucket: TestBucket, store: &dyn ObjectStore, _: &TestBucket) -> Nothing {
        owns(Arc::new(bucket.store()?), bucket.clone()).await?;
        store.put(&Path::from("mixes"), "".into()).await.map(drop)
    }

    #[s3_test(setup = mixes)]
    async fn has_any_parameters(store: &dyn ObjectStore) {
        assert_eq!(keys(store).await, ["filled", "mixes", "owns"]);
    }

    #[s3_test(setup = owns)]
    async fn owns_its_parameters(store: &dyn ObjectStore) {
        assert_eq!(keys(store).await, ["filled", "owns"]);
    }

    async fn fails(_: &TestBucket) -> Result<(), &'static str> {
        Err("the reason of the set-up")
    }

    async fn panics(_: &TestBucket) {
        panic!("the panic of the set-up");
    }

    async fn asks_for_too_much(_: Requests) {}

    mod failing {
        use super::*;

        #[s3_test(setup = super::fails)]
        async fn returns_an_error() {
            unreachable!("the body ran");
        }

        #[s3_test(setup = panics)]
        async fn panics_too() {
            unreachable!("the body ran");
        }

        #[s3_test(setup = panics)]
        #[should_panic]
        async fn is_not_the_expected_panic() {
            unreachable!("the body ran");
        }

        #[s3_test(setup = asks_for_too_much)]
        fn has_an_impossible_parameter() {
            unreachable!("the body ran");
        }
    }
}

mod siblings {
    use super::*;

    #[s3_test(bucket_prefix = "tenants")]
    async fn are_buckets_of_their_own(bucket: TestBucket) -> Result<(), s3_test::Error> {
        let (red, blue) = (bucket.sibling("red").await?, bucket.sibling("blue").await?);
        let second = red.sibling("red").await?;
        for bucket in [&bucket, &red, &blue, &second] {
            record(bucket);
            let store = bucket.store().expect("a store");
            round_trip(&store, "mine").await.expect("alone in it");
            assert_eq!(bucket.endpoint(), red.endpoint());
        }
        assert!(red.name().starts_with("tenants-red-"), "{red:?}");
        assert_ne!(red.name(), second.name());
        Ok(())
    }

    #[s3_test(bucket = "named")]
    async fn of_a_named_bucket(bucket: TestBucket) {
        let sibling = bucket.sibling("other").await.expect("a sibling");
        record(&sibling);
        assert!(sibling.name().starts_with("test-bucket-other-"));
        panic!("for the report");
    }

    #[s3_test]
    async fn with_an_impossible_name(bucket: TestBucket) {
        let error = bucket.sibling("Red").await.expect_err("it is wrong");
        assert_eq!(
            error.to_string(),
            "the name of a sibling is `Red`: a bucket name has no uppercase letters: write \"red\"."
        );
    }

    /// Drops the future in the middle, right before the end of the process.
    #[s3_test]
    async fn is_cancelled(bucket: TestBucket) {
        record(&bucket);
        let mut sibling = std::pin::pin!(bucket.sibling("cancelled"));
        let context = &mut std::task::Context::from_waker(std::task::Waker::noop());
        let _ = sibling.as_mut().poll(context);
    }

    #[s3_test]
    async fn holds_one(bucket: TestBucket) {
        record(&bucket.sibling("held").await.expect("a sibling"));
        std::future::pending().await
    }

    #[s3_test(keep = "always", backend = "container")]
    async fn keeps_one(bucket: TestBucket) {
        record(&bucket.sibling("kept").await.expect("a sibling"));
    }

    static LEFT: Mutex<Option<TestBucket>> = Mutex::new(None);

    /// Run on one thread, in this order.
    #[s3_test]
    async fn order_1_leaves_its_bucket(bucket: TestBucket) {
        *LEFT.lock().unwrap() = Some(bucket);
    }

    #[tokio::test]
    async fn order_2_comes_too_late() {
        let bucket = LEFT.lock().unwrap().take().expect("the first has run");
        let error = bucket.sibling("late").await.expect_err("it is too late");
        assert_eq!(
            error.to_string(),
            format!(
                "the test of the bucket `{}` is over, so the bucket gets no sibling. Await what calls `sibling` before \
                 the test ends.",
                bucket.name()
            )
        );
    }
}

mod data_sets {
    use super::*;

    mod reading {
        use super::*;

        #[s3_test]
        async fn one(#[bucket(shared, fixtures("fixtures"))] data: TestBucket) {
            record(&data);
            let store = data.store().expect("a store");
            let read = store
                .get(&Path::from("users.json"))
                .await
                .expect("it is there");
            assert!(!read.bytes().await.expect("read").is_empty());
            assert_eq!(keys(&store).await, ["users.json"]);
        }

        #[s3_test(shared, fixtures("fixtures"))]
        async fn two(data: TestBucket, #[bucket] other: &dyn ObjectStore) {
            record(&data);
            assert_eq!(keys(&data.store().expect("a store")).await, ["users.json"]);
            round_trip(other, "mine").await.expect("it works");
        }
    }

    #[s3_test(shared, fixtures("fixtures", "fixtures" => "again/"))]
    async fn with_other_keys(data: TestBucket) {
        record(&data);
    }

    mod writing {
        use super::*;

        #[s3_test(shared, fixtures("fixtures"))]
        async fn adds(data: &dyn ObjectStore) {
            let path = Path::from("added");
            data.put(&path, "x".into()).await.expect("put");
        }

        #[s3_test(shared, fixtures("fixtures"))]
        async fn overwrites(data: &dyn ObjectStore) {
            let path = Path::from("users.json");
            data.put(&path, "1".into()).await.expect("put");
        }

        #[s3_test(shared, fixtures("fixtures"))]
        async fn deletes_two(data: &dyn ObjectStore) {
            for key in ["users.json", "year/table.csv"] {
                data.delete(&Path::from(key)).await.expect("deleted");
            }
        }
    }
}
