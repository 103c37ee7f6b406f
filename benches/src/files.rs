//! An s3s-fs on a temporary directory with one bucket, as somebody would start it by hand.

use std::path::Path;

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinSet};

/// The access key of its user.
pub const ACCESS_KEY: &str = "KEY";
/// The secret key of its user.
pub const SECRET_KEY: &str = "SECRET";

/// A server and a store for its bucket.
#[derive(Debug)]
pub struct FileServer {
    /// The store for its bucket.
    pub store: AmazonS3,
    _root: TempDir,
    _serving: JoinSet<()>,
}

impl FileServer {
    /// Starts a server.
    ///
    /// # Panics
    ///
    /// When there is no temporary directory or no port.
    pub async fn start() -> Self {
        let root = tempfile::tempdir().expect("a temporary directory");
        // To s3s-fs a directory is a bucket.
        std::fs::create_dir(root.path().join("bucket")).expect("a directory");
        let mut serving = JoinSet::new();
        let endpoint = serve(root.path(), &mut serving).await;
        let store = AmazonS3Builder::new()
            .with_endpoint(endpoint)
            .with_allow_http(true)
            .with_bucket_name("bucket")
            .with_access_key_id(ACCESS_KEY)
            .with_secret_access_key(SECRET_KEY)
            .build();
        Self {
            store: store.expect("a store"),
            _root: root,
            _serving: serving,
        }
    }
}

/// Serves a directory until the task is aborted, and returns the endpoint.
///
/// # Panics
///
/// When there is no port.
pub async fn serve(root: &Path, serving: &mut JoinSet<()>) -> String {
    let files = FileSystem::new(root).expect("a directory");
    let mut service = S3ServiceBuilder::new(files);
    service.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
    let service = service.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    serving.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            let connection = http1::Builder::new();
            tokio::spawn(connection.serve_connection(TokioIo::new(stream), service.clone()));
        }
    });
    format!("http://{address}")
}
