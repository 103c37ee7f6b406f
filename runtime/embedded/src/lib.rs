//! An S3 server in memory, inside your process, over loopback HTTP.
//!
//! [`Server`] checks signatures, rights and conditions as S3 does, and answers with S3's error codes. It is made for tests:
//! it starts in a fraction of a millisecond, keeps nothing on disk, and frees everything when it is dropped. The crate
//! `s3-test` uses it to give each test a bucket of its own.
//!
//! ```
//! use object_store::{ObjectStoreExt, aws::AmazonS3Builder, path::Path};
//! use s3_test_embedded::Server;
//!
//! # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::builder()
//!     .user("KEY", "SECRET")
//!     .start(&tokio::runtime::Handle::current())?;
//! server.create_bucket("KEY", "uploads")?;
//! let store = AmazonS3Builder::new()
//!     .with_endpoint(server.endpoint())
//!     .with_allow_http(true)
//!     .with_access_key_id("KEY")
//!     .with_secret_access_key("SECRET")
//!     .with_bucket_name("uploads")
//!     .build()?;
//! store.put(&Path::from("greeting"), "hello".into()).await?;
//! assert_eq!(store.get(&Path::from("greeting")).await?.bytes().await?, "hello");
//! # Ok(()) }
//! ```

mod access;
mod auth;
mod errors;
mod forms;
mod http;
mod operations;
mod policy;
mod storage;
mod target;

use std::{collections::HashMap, fmt, io, net::Ipv4Addr, sync::Arc};

use s3s::service::S3ServiceBuilder;
use tokio::{net::TcpListener, runtime::Handle};

use crate::{
    access::Gate,
    auth::{signature::Signatures, users::Users},
    forms::Forms,
    http::{
        connections::{Front, Services},
        listening::Listening,
    },
    operations::{Service, is_implemented},
    storage::{Acl, Bucket, Storage},
};

/// An S3 server on this machine's loopback interface, with everything it holds in memory.
///
/// Servers are isolated: buckets are visible through their own server's endpoint only. Dropping a server stops it, closes its
/// connections and frees everything. Starting one takes a fraction of a millisecond.
///
/// It supports buckets, objects and their versions, multipart uploads, tags, object locks, canned ACLs, bucket policies, CORS,
/// presigned URLs and browser forms, and refuses what S3 refuses, with S3's error codes. Lifecycle, notification and
/// encryption settings are validated and returned, but have no effect: nothing expires, nobody is notified, nothing is
/// encrypted. Every other operation or feature returns `501 NotImplemented` with its name, among them customer-provided
/// encryption keys, ACLs as documents or for single accounts, replication, logging, websites, restoring, appending and
/// queries.
///
/// ```
/// use s3_test_embedded::Server;
/// use object_store::{ObjectStoreExt, aws::AmazonS3Builder, path::Path};
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::builder()
///     .user("KEY", "SECRET")
///     .start(&tokio::runtime::Handle::current())?;
/// let store = AmazonS3Builder::new()
///     .with_endpoint(server.endpoint())
///     .with_allow_http(true)
///     .with_access_key_id("KEY")
///     .with_secret_access_key("SECRET")
///     .with_bucket_name("no-such-bucket")
///     .build()?;
/// assert!(store.get(&Path::from("hello.txt")).await.is_err());
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Server {
    endpoint: String,
    region: String,
    storage: Arc<Storage>,
    listening: Listening,
}

impl Server {
    /// Returns the settings of a new server.
    pub fn builder() -> ServerBuilder {
        ServerBuilder::default()
    }

    /// Returns the endpoint: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Creates a private bucket without a request. `owner` is the access key of a user, see [`ServerBuilder::user`].
    ///
    /// If the owner already has a bucket of this name, it stays as it is, with its objects and its settings. The name is not
    /// checked against S3's rules.
    ///
    /// # Errors
    ///
    /// If the bucket belongs to another user, who keeps it as it is.
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = s3_test_embedded::Server::builder()
    ///     .user("KEY", "SECRET")
    ///     .user("OTHER", "SECRET")
    ///     .start(&tokio::runtime::Handle::current())?;
    /// server.create_bucket("KEY", "uploads")?;
    /// assert!(server.create_bucket("OTHER", "uploads").is_err());
    /// # Ok(()) }
    /// ```
    pub fn create_bucket(&self, owner: &str, name: &str) -> Result<(), BucketTaken> {
        let bucket = Bucket::new(owner, &self.region, Acl::Private, false);
        let added = self.storage.add_bucket(name, bucket);
        added.map_err(|_| BucketTaken {
            bucket: name.to_owned(),
        })
    }
}

/// The error of [`Server::create_bucket`] for a bucket that belongs to another user.
///
/// ```
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let builder = s3_test_embedded::Server::builder();
/// # let server = builder.start(&tokio::runtime::Handle::current())?;
/// server.create_bucket("KEY", "uploads")?;
/// let error = server.create_bucket("OTHER", "uploads").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the bucket `uploads` belongs to another user; choose another name, or create it as that user"
/// );
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketTaken {
    bucket: String,
}

impl fmt::Display for BucketTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the bucket `{}` belongs to another user; choose another name, or create it as that user",
            self.bucket
        )
    }
}

impl std::error::Error for BucketTaken {}

impl Drop for Server {
    fn drop(&mut self) {
        self.listening.end();
        // The runtime ends the connections later; the memory is freed now.
        self.storage.clear();
    }
}

/// Settings of a [`Server`]. By default it takes any free port and has no users, so nobody can create a bucket.
#[derive(Debug, Clone)]
pub struct ServerBuilder {
    port: u16,
    region: String,
    users: HashMap<String, String>,
}

impl Default for ServerBuilder {
    fn default() -> Self {
        Self {
            port: 0,
            region: "us-east-1".to_owned(),
            users: HashMap::new(),
        }
    }
}

impl ServerBuilder {
    /// Sets the port. 0, the default, takes any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the region of buckets that are created without one; `us-east-1` by default. Requests may be signed for any region.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = region.into();
        self
    }

    /// Adds a user, who owns the buckets that it creates. Canned ACLs, bucket policies and public access blocks decide what
    /// others may do with them.
    pub fn user(mut self, access_key: impl Into<String>, secret_key: impl Into<String>) -> Self {
        self.users.insert(access_key.into(), secret_key.into());
        self
    }

    /// Starts the server on a runtime, which must have I/O and time enabled and serves it for as long as it runs.
    ///
    /// # Errors
    ///
    /// If the server cannot listen on the port.
    pub fn start(self, runtime: &Handle) -> io::Result<Server> {
        // Loopback only: its keys are no secret, they stand in the source of tests.
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, self.port))?;
        listener.set_nonblocking(true)?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let storage = Arc::new(Storage::default());
        let users = Users(Arc::new(self.users));
        let service = || Service {
            storage: storage.clone(),
            region: self.region.clone(),
        };
        let gate = |is_implemented| Gate {
            storage: storage.clone(),
            is_implemented,
        };
        let mut guarded = S3ServiceBuilder::new(service());
        guarded.set_auth(users.clone());
        guarded.set_access(gate(is_implemented));
        let front = Front::new(
            Services {
                guarded: guarded.build(),
                open: S3ServiceBuilder::new(service()).build(),
                forms: Forms::new(
                    service(),
                    gate(|operation| operation == "PostObject"),
                    users.clone(),
                ),
            },
            Signatures::new(users.clone()),
            storage.clone(),
        );
        let listener = {
            let _entered = runtime.enter();
            TcpListener::from_std(listener)?
        };
        Ok(Server {
            endpoint,
            region: self.region,
            storage,
            listening: Listening::new(runtime, listener, front),
        })
    }
}
