//! Tests whose server is killed under them.

use std::sync::Arc;

use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use s3_test::{TestBucket, s3_test};
use s3_test_suite::{Engine, record, round_trip};

async fn kill_the_server() {
    let label = std::env::var("SUITE_LABEL").expect("the label of the sandbox");
    let killed = tokio::task::spawn_blocking(move || Engine::new().kill(&label));
    killed.await.unwrap();
}

mod between_two_tests {
    use super::*;

    #[s3_test]
    async fn a_first(bucket: TestBucket, store: Arc<dyn ObjectStore>) -> object_store::Result<()> {
        record(&bucket);
        round_trip(&*store, "first").await?;
        kill_the_server().await;
        Ok(())
    }

    #[s3_test]
    async fn b_second(bucket: TestBucket, store: Arc<dyn ObjectStore>) -> object_store::Result<()> {
        record(&bucket);
        round_trip(&*store, "second").await
    }
}

mod in_the_body {
    use super::*;

    #[s3_test(timeout = "20s")]
    async fn with_a_timeout(store: Arc<dyn ObjectStore>) -> object_store::Result<()> {
        round_trip(&*store, "before").await?;
        kill_the_server().await;
        store.get(&Path::from("after")).await?;
        Ok(())
    }

    /// object_store goes on trying for three minutes.
    #[s3_test]
    async fn without_a_timeout(store: Arc<dyn ObjectStore>) -> object_store::Result<()> {
        round_trip(&*store, "before").await?;
        kill_the_server().await;
        store.get(&Path::from("after")).await?;
        Ok(())
    }
}
