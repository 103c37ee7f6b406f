//! A server as the rest of the crate sees it, whichever backend it has.

use std::{
    fmt,
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use crate::{
    error::Error,
    options::Backend,
    s3::{self, Admin, Failure, Pinned},
};

/// The limit for a server to show that it still runs.
const ALIVE_LIMIT: Duration = Duration::from_secs(2);

/// A server that is ready to take requests. It runs at least as long as this value lives.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) backend: Backend,
    /// A description for people.
    pub(crate) description: String,
    /// `http://host:port` or `https://host:port`, without a slash at the end.
    pub(crate) endpoint: String,
    /// What was found out about the host of an external service, and holds for all clients of it.
    pub(crate) pinned: Option<Pinned>,
    /// The address of the web console, if the server has one.
    pub(crate) console_url: Option<String>,
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
    pub(crate) region: String,
    pub(crate) admin: Admin,
    /// The headers by which this kind of server deletes a bucket with its contents.
    pub(super) force_delete: &'static [(&'static str, &'static str)],
    pub(super) keeper: Box<dyn Keeper>,
    /// Set once a test has taken care of the buckets that killed tests left on this server.
    pub(super) swept: AtomicBool,
}

/// The end of a server that a report tells of.
#[derive(Debug)]
pub(crate) struct End {
    /// The exit code, if it is known.
    pub(crate) exit_code: Option<i64>,
    /// The last lines that the server printed.
    pub(crate) log: Vec<String>,
}

/// The part of a server that differs between backends: what keeps it alive, and how its end is noticed.
pub(super) trait Keeper: fmt::Debug + Send + Sync {
    /// Returns what tells the server from every other one that tests share, as part of the names of locks, or `None` if
    /// one test has the server to itself.
    fn shared_identity(&self) -> Option<&str>;

    /// Creates a bucket without a request and returns true, if the backend can do so.
    fn create_bucket(&self, _owner: &str, _name: &str) -> bool {
        false
    }

    /// Notes that a request has found the server gone.
    fn set_lost(&self) {}

    /// Returns true if the server is known to be gone.
    fn is_lost(&self) -> bool {
        false
    }

    /// Returns when the server is gone.
    fn lost(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::pending())
    }

    /// Returns what is known of the end of a server that is gone, within seconds.
    fn end(&self) -> Pin<Box<dyn Future<Output = Option<End>> + Send + '_>> {
        Box::pin(std::future::ready(None))
    }
}

impl Server {
    /// Returns what tells the server from every other one that tests share, or `None` if one test has it to itself.
    pub(crate) fn shared_identity(&self) -> Option<&str> {
        self.keeper.shared_identity()
    }

    /// Returns true if the server also holds buckets of others.
    pub(crate) fn is_external(&self) -> bool {
        self.backend == Backend::External
    }

    /// Returns true for the first caller only, who then deletes the buckets of killed tests.
    pub(crate) fn is_to_be_swept(&self) -> bool {
        !self.swept.swap(true, Ordering::Relaxed)
    }

    /// Creates a new bucket.
    pub(crate) async fn create_bucket(&self, name: &str) -> Result<(), Failure> {
        if self.keeper.create_bucket(&self.access_key, name) {
            return Ok(());
        }
        self.admin.create_bucket(name).await
    }

    /// Deletes a bucket with its contents. A missing bucket counts as deleted.
    pub(crate) async fn delete_bucket(&self, name: &str) -> Result<(), Failure> {
        s3::delete_bucket(&self.admin, name, self.force_delete).await
    }

    /// Returns the error for a bucket that was not created.
    pub(crate) fn bucket_error(&self, bucket: String, failure: Failure) -> Error {
        let endpoint = self.endpoint.clone();
        match failure {
            Failure::Exists => Error::BucketExists { endpoint, bucket },
            Failure::TooSlow(took) => Error::BucketContested {
                endpoint,
                bucket,
                took,
            },
            failure => Error::BucketRefused {
                endpoint,
                bucket,
                message: failure.to_string(),
            },
        }
    }

    /// Finds out whether the server still runs, after a request has failed.
    pub(crate) async fn check_alive(&self) {
        let check = tokio::time::timeout(ALIVE_LIMIT, self.admin.check());
        // A slow server still runs; only a refused connection counts.
        if let Ok(Err(Failure::Unreachable(_))) = check.await {
            self.keeper.set_lost();
        }
    }

    /// Returns true if the server is known to be gone.
    pub(crate) fn is_lost(&self) -> bool {
        self.keeper.is_lost()
    }

    /// Returns when the server is gone.
    pub(crate) async fn lost(&self) {
        self.keeper.lost().await;
    }

    /// Returns what is known of the end of a server that is gone, within seconds.
    pub(crate) async fn end(&self) -> Option<End> {
        self.keeper.end().await
    }
}
