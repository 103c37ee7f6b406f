//! The embedded server of one test.

use std::sync::{Arc, atomic::AtomicBool};

use s3_test_embedded as embedded;

use super::handle::{Keeper, Server};
use crate::{
    error::Error,
    options::{Backend, ServerSettings},
    process::background,
    s3::Admin,
};

/// The server's destructor stops it.
impl Keeper for embedded::Server {
    fn shared_identity(&self) -> Option<&str> {
        None
    }

    fn create_bucket(&self, owner: &str, name: &str) -> bool {
        // A request gets S3's error for a bucket that is taken.
        embedded::Server::create_bucket(self, owner, name).is_ok()
    }
}

/// Starts an empty server for one test.
pub(super) fn start(settings: &ServerSettings) -> Result<Arc<Server>, Error> {
    let server = embedded::Server::builder()
        .region(&settings.region)
        .user(&settings.access_key, &settings.secret_key)
        .start(background::handle())
        .map_err(|error| Error::EmbeddedNotStarted {
            message: error.to_string(),
        })?;
    let endpoint = server.endpoint().to_owned();
    Ok(Arc::new(Server {
        backend: Backend::Embedded,
        description: "the embedded server in this process".to_owned(),
        admin: Admin::new(
            &endpoint,
            &settings.region,
            &settings.access_key,
            &settings.secret_key,
        ),
        endpoint,
        pinned: None,
        console_url: None,
        access_key: settings.access_key.clone(),
        secret_key: settings.secret_key.clone(),
        region: settings.region.clone(),
        force_delete: &[],
        keeper: Box::new(server),
        swept: AtomicBool::new(true),
    }))
}
