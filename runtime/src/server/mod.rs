//! Where buckets live: a container that everybody shares, a server inside the process for each test, or a service that
//! somebody else runs.

#[cfg(all(feature = "container", feature = "embedded"))]
mod auto;
#[cfg(feature = "container")]
mod container;
#[cfg(feature = "embedded")]
mod embedded;
mod external;
mod registry;

pub(crate) use external::{CA_BUNDLE, OWN_VARIABLES};

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::{
    Backend, Error,
    options::{Choice, ServerSettings},
    s3::{Admin, Failure},
};

/// How long a server may take to show that it is still there.
const LOOK_LIMIT: Duration = Duration::from_secs(2);

/// A server that is ready to take requests, kept alive as long as this lives.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) backend: Backend,
    /// What it is, for people.
    pub(crate) description: String,
    /// `http://host:port` or `https://host:port`, without a slash at the end.
    pub(crate) endpoint: String,
    /// The web console, where the server has one.
    pub(crate) console_url: Option<String>,
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
    pub(crate) region: String,
    pub(crate) admin: Admin,
    keeper: Keeper,
}

/// What keeps a server alive.
#[derive(Debug)]
enum Keeper {
    /// A lease on a container that other tests use too.
    #[cfg(feature = "container")]
    Lease {
        lease: container::Lease,
        /// Tells the server from every other one, as part of the names of locks.
        identity: String,
    },
    /// A server that one test has to itself.
    #[cfg(feature = "embedded")]
    Owner {
        /// Its destructor ends it.
        server: s3_test_embedded::Server,
    },
    /// Somebody else.
    External {
        /// Tells the service from every other one, as part of the names of locks.
        identity: String,
        /// Whether a request has shown that it is not there any more.
        lost: AtomicBool,
    },
}

impl Server {
    /// Tells the server from every other one that tests share; nothing where one test has it to itself.
    pub(crate) fn shared_identity(&self) -> Option<&str> {
        match self.keeper {
            #[cfg(feature = "container")]
            Keeper::Lease { ref identity, .. } => Some(identity),
            #[cfg(feature = "embedded")]
            Keeper::Owner { .. } => None,
            Keeper::External { ref identity, .. } => Some(identity),
        }
    }

    /// Whether the server holds buckets that are not s3-test's.
    pub(crate) fn is_external(&self) -> bool {
        matches!(self.keeper, Keeper::External { .. })
    }

    /// Creates a bucket that is not there yet.
    pub(crate) async fn create_bucket(&self, name: &str) -> Result<(), Failure> {
        match self.keeper {
            #[cfg(feature = "container")]
            Keeper::Lease { .. } => self.admin.create_bucket(name).await,
            #[cfg(feature = "embedded")]
            Keeper::Owner { ref server } => {
                server.create_bucket(&self.access_key, name);
                Ok(())
            }
            Keeper::External { .. } => self.admin.create_bucket(name).await,
        }
    }

    /// What a person can do about a bucket that was not created.
    pub(crate) fn bucket_error(&self, bucket: String, failure: Failure) -> Error {
        let endpoint = self.endpoint.clone();
        match failure {
            Failure::Exists => Error::BucketExists { endpoint, bucket },
            failure => Error::BucketRefused {
                endpoint,
                bucket,
                message: failure.to_string(),
            },
        }
    }

    /// Finds out whether the server is still there, for somebody whose request has failed.
    pub(crate) async fn look(&self) {
        let check = tokio::time::timeout(LOOK_LIMIT, self.admin.check());
        // Slow is not gone: the lease tells where a connection was made.
        if let Ok(Err(Failure::Unreachable(_))) = check.await {
            match self.keeper {
                #[cfg(feature = "container")]
                Keeper::Lease { ref lease, .. } => lease.server_is_gone(),
                #[cfg(feature = "embedded")]
                Keeper::Owner { .. } => {}
                Keeper::External { ref lost, .. } => lost.store(true, Ordering::Relaxed),
            }
        }
    }

    /// Whether the server is known to be gone.
    pub(crate) fn is_lost(&self) -> bool {
        match self.keeper {
            #[cfg(feature = "container")]
            Keeper::Lease { ref lease, .. } => lease.is_lost(),
            #[cfg(feature = "embedded")]
            Keeper::Owner { .. } => false,
            Keeper::External { ref lost, .. } => lost.load(Ordering::Relaxed),
        }
    }

    /// Returns when the server is gone.
    pub(crate) async fn lost(&self) {
        match self.keeper {
            #[cfg(feature = "container")]
            Keeper::Lease { ref lease, .. } => lease.lost().await,
            #[cfg(feature = "embedded")]
            Keeper::Owner { .. } => pending().await,
            // Nothing watches it: a body that cannot reach it any more fails by itself, or by its timeout.
            Keeper::External { .. } => pending().await,
        }
    }
}

/// A server as the test asks for it.
pub(crate) async fn acquire(
    choice: Choice,
    settings: &ServerSettings,
) -> Result<Arc<Server>, Arc<Error>> {
    match choice {
        #[cfg(feature = "container")]
        Choice::Container => container::acquire(settings).await,
        #[cfg(feature = "embedded")]
        Choice::Embedded => embedded::start(settings).map_err(Arc::new),
        #[cfg(all(feature = "container", feature = "embedded"))]
        Choice::Auto => auto::acquire(settings).await,
        #[cfg(all(feature = "container", not(feature = "embedded")))]
        Choice::Auto => container::acquire(settings).await,
        #[cfg(all(feature = "embedded", not(feature = "container")))]
        Choice::Auto => embedded::start(settings).map_err(Arc::new),
        Choice::External => external::acquire(settings).await,
        #[cfg(not(feature = "container"))]
        Choice::Container => Err(Arc::new(Error::NotCompiledIn {
            backend: "container",
        })),
        #[cfg(not(feature = "embedded"))]
        Choice::Embedded => Err(Arc::new(Error::NotCompiledIn {
            backend: "embedded",
        })),
        #[cfg(not(any(feature = "container", feature = "embedded")))]
        Choice::Auto => Err(Arc::new(Error::NotCompiledIn {
            backend: "container",
        })),
    }
}
