//! The configuration of a container: what it is started with, and the name and labels by which it is found.

use aws_lc_rs::digest::{SHA256, digest};

use crate::options::ServerSettings;

/// The version of what processes share through a container. It changes when versions of this crate are incompatible.
const PROTOCOL: &str = "2";
/// The length of a configuration's hash in hexadecimal digits.
pub(super) const HASH_DIGITS: usize = 12;
pub(super) const IDENTITY_LABEL: &str = "s3-test.identity";
pub(super) const CONFIGURATION_LABEL: &str = "s3-test.configuration";
/// The label with the S3 port and the console's in the container.
pub(super) const PORTS_LABEL: &str = "s3-test.ports";
pub(super) const IDLE_TIMEOUT_LABEL: &str = "s3-test.idle-timeout";

/// The settings that a container is started with, and their hash, by which it is found.
#[derive(Debug, Clone)]
pub(super) struct Configuration {
    pub(super) settings: ServerSettings,
    hash: String,
}

impl Configuration {
    /// `identity` is that of the state directory: processes that do not share locks must not share a container.
    pub(super) fn new(settings: &ServerSettings, identity: &str) -> Self {
        let mut text = vec![
            PROTOCOL,
            identity,
            &settings.image,
            &settings.access_key,
            &settings.secret_key,
            &settings.region,
        ];
        let ports = format!("{} {}", settings.port, settings.console_port);
        text.push(&ports);
        for (name, value) in &settings.environment {
            text.extend([name.as_str(), value.as_str()]);
        }
        text.push("command");
        text.extend(settings.command.iter().map(String::as_str));
        let hash = digest(&SHA256, text.join("\0").as_bytes());
        let hash = hash.as_ref()[..HASH_DIGITS / 2]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self {
            settings: settings.clone(),
            hash,
        }
    }

    /// Returns the hash of the settings.
    pub(super) fn hash(&self) -> &str {
        &self.hash
    }

    /// Returns the name of the container.
    pub(super) fn container_name(&self) -> String {
        format!("s3-test-{}", self.hash)
    }

    /// Returns the name of the lock that a process holds while it starts the container.
    pub(super) fn start_lock(hash: &str) -> String {
        format!("start-{hash}.lock")
    }
}
