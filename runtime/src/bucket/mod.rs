//! The bucket of a test: its handle, its name, and the rules by which s3-test creates and deletes it.

mod claim;
mod connection_settings;
mod deletion;
mod inspect;
mod name;
pub(crate) mod ownership;
mod proof;
mod siblings;
mod snapshot;
pub(crate) mod store;
mod sweep;
mod verification;

use std::{fmt, sync::Arc};

use object_store::client::HttpClient;

#[cfg(feature = "cli")]
pub(crate) use self::connection_settings::server_variables;
pub use self::{inspect::UnfinishedUpload, snapshot::Snapshot};
pub(crate) use self::{
    name::unique_name,
    siblings::{Sibling, Siblings},
    sweep::sweep,
};
use crate::{gateway::Gateway, options::Backend, server::Server};

/// The bucket of a test and the server that holds it.
///
/// Take it as a parameter if the test needs more than a store: the endpoint for another client, for instance, or several
/// stores. Clones refer to the same bucket.
///
/// ```
/// use s3_test::{TestBucket, s3_test};
///
/// #[s3_test]
/// async fn two_clients_see_the_same_objects(bucket: TestBucket) -> object_store::Result<()> {
///     use object_store::{ObjectStoreExt, path::Path};
///
///     let (writer, reader) = (bucket.store()?, bucket.store()?);
///     writer.put(&Path::from("greeting"), "hello".into()).await?;
///     assert_eq!(reader.get(&Path::from("greeting")).await?.bytes().await?, "hello");
///     assert!(bucket.endpoint().starts_with("http://"));
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct TestBucket {
    name: Arc<str>,
    server: Arc<Server>,
    gateway: Option<Arc<Gateway>>,
    siblings: Arc<Siblings>,
}

impl TestBucket {
    pub(crate) fn new(name: &str, server: Arc<Server>, siblings: Siblings) -> Self {
        let name = name.into();
        Self {
            name,
            server,
            gateway: None,
            siblings: Arc::new(siblings),
        }
    }

    /// Returns the same bucket, reached through the gateway.
    pub(crate) fn through(mut self, gateway: Option<Arc<Gateway>>) -> Self {
        self.gateway = gateway;
        self
    }

    pub(crate) fn gateway(&self) -> Option<&Gateway> {
        self.gateway.as_deref()
    }

    /// Returns the bucket's name: the option `bucket`, or a unique name that begins with the option `bucket_prefix`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the endpoint for path-style S3 requests, without a slash at the end: `http://127.0.0.1:32768`.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        match &self.gateway {
            Some(gateway) => gateway.endpoint(),
            None => &self.server.endpoint,
        }
    }

    /// Returns the server's access key: the option `access_key`.
    #[must_use]
    pub fn access_key(&self) -> &str {
        &self.server.access_key
    }

    /// Returns the server's secret key: the option `secret_key`.
    #[must_use]
    pub fn secret_key(&self) -> &str {
        &self.server.secret_key
    }

    /// Returns the region that requests are signed for: the option `region`.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.server.region
    }

    /// Returns the address of the server's web console, if it has one. Log in with [`Self::access_key`] and
    /// [`Self::secret_key`] while the server runs.
    #[must_use]
    pub fn console_url(&self) -> Option<&str> {
        self.server.console_url.as_deref()
    }

    /// Returns the kind of server that holds the bucket.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.server.backend
    }

    /// Returns the HTTP client of all stores of this bucket. It uses no proxy and outlives the test's runtime.
    pub(crate) fn http_client(&self) -> &HttpClient {
        self.server.admin.http()
    }

    pub(crate) fn server(&self) -> &Arc<Server> {
        &self.server
    }
}

/// Leaves the secret key out, since failing tests print their values.
impl fmt::Debug for TestBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestBucket")
            .field("name", &self.name)
            .field("endpoint", &self.endpoint())
            .field("backend", &self.backend())
            .finish_non_exhaustive()
    }
}
