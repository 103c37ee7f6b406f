//! Tests whose server is killed under them.

use std::sync::Arc;

use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use s3_test::{TestBucket, s3_test};
use s3_test_suite::{Engine, record, round_trip};

fn label() -> String {
    std::env::var("SUITE_LABEL").expect("the label of the sandbox")
}

fn engine() -> Engine {
    Engine::connect().expect("the engine in which the server runs")
}

async fn kill_the_server() {
    let killed = tokio::task::spawn_blocking(|| engine().kill(&label()));
    killed.await.unwrap();
}

/// Run on one thread, in this order.
mod between_two_tests {
    use super::*;

    #[s3_test]
    async fn a_first(bucket: TestBucket, store: Arc<dyn ObjectStore>) -> object_store::Result<()> {
        record(&bucket);
        round_trip(&*store, "first").await
    }

    #[test]
    fn b_not_a_test_of_ours_kills_the_server() {
        engine().kill(&label());
    }

    #[s3_test]
    async fn c_second(bucket: TestBucket, store: Arc<dyn ObjectStore>) -> object_store::Result<()> {
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
