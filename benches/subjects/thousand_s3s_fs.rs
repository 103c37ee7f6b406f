//! A thousand tests that do nothing, each with an s3s-fs and a bucket of its own, as somebody would write them by hand.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use s3_test_benches::repeat;
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinSet};

struct ByHand {
    _root: TempDir,
    _serving: JoinSet<()>,
    _store: AmazonS3,
}

async fn by_hand() -> ByHand {
    let root = tempfile::tempdir().unwrap();
    // To s3s-fs a directory is a bucket.
    std::fs::create_dir(root.path().join("bucket")).unwrap();
    let files = s3s_fs::FileSystem::new(root.path()).unwrap();
    let mut service = s3s::service::S3ServiceBuilder::new(files);
    service.set_auth(s3s::auth::SimpleAuth::from_single("KEY", "SECRET"));
    let service = service.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let mut serving = JoinSet::new();
    serving.spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let connection = http1::Builder::new();
            let connection = connection.serve_connection(TokioIo::new(stream), service.clone());
            tokio::spawn(connection);
        }
    });
    let store = AmazonS3Builder::new()
        .with_endpoint(endpoint)
        .with_allow_http(true)
        .with_bucket_name("bucket")
        .with_access_key_id("KEY")
        .with_secret_access_key("SECRET")
        .build()
        .unwrap();
    ByHand {
        _root: root,
        _serving: serving,
        _store: store,
    }
}

repeat!([a b c d e f g h i j] {
    s3_test_benches::repeat!([a b c d e f g h i j] {
        s3_test_benches::repeat!([a b c d e f g h i j] {
            #[tokio::test]
            async fn empty() {
                drop(crate::by_hand().await);
            }
        });
    });
});
