//! The embedded server of one test.

use std::sync::Arc;

use super::{Keeper, Server};
use crate::{Backend, Error, options::ServerSettings, process::background, s3::Admin};

/// Starts a server that holds nothing yet and that nobody else knows.
pub(super) fn start(settings: &ServerSettings) -> Result<Arc<Server>, Error> {
    let server = s3_test_embedded::Server::builder()
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
        console_url: None,
        access_key: settings.access_key.clone(),
        secret_key: settings.secret_key.clone(),
        region: settings.region.clone(),
        keeper: Keeper::Owner { server },
    }))
}
