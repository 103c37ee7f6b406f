//! The login for a registry, from where `docker login` keeps it.

use docker_credential::{CredentialRetrievalError, DockerCredential};
use testcontainers::bollard::auth::DockerCredentials;
use tokio::task::spawn_blocking;

use crate::process::stderr;

/// The variable with the contents of Docker's `config.json`, which counts before the file.
const CONFIG: &str = "DOCKER_AUTH_CONFIG";

/// Returns the login for a registry, as Docker's `config.json` calls it, or `None` if there is none.
///
/// The file is in the folder that `DOCKER_CONFIG` names, else in `~/.docker`. Credential helpers are asked where it names
/// them.
pub(super) async fn login(registry: &str) -> Option<DockerCredentials> {
    let server = registry.to_owned();
    // The helpers are programs.
    let found = spawn_blocking(move || match std::env::var(CONFIG) {
        Ok(config) if !config.is_empty() => {
            docker_credential::get_credential_from_reader(config.as_bytes(), &server)
        }
        _ => docker_credential::get_credential(&server),
    });
    let server = Some(registry.to_owned());
    match found.await.ok()? {
        Ok(DockerCredential::IdentityToken(token)) => Some(DockerCredentials {
            identitytoken: Some(token),
            serveraddress: server,
            ..DockerCredentials::default()
        }),
        Ok(DockerCredential::UsernamePassword(username, password)) => Some(DockerCredentials {
            username: Some(username),
            password: Some(password),
            serveraddress: server,
            ..DockerCredentials::default()
        }),
        Err(
            CredentialRetrievalError::NoCredentialConfigured
            | CredentialRetrievalError::ConfigNotFound
            | CredentialRetrievalError::ConfigReadError,
        ) => None,
        Err(error) => {
            stderr::warn(&format!(
                "the login for the registry {registry} cannot be read, so the image is pulled without one: {error}"
            ));
            None
        }
    }
}
