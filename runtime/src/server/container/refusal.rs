//! Why an engine did not start a container, from its own words.

use testcontainers::{TestcontainersError, core::client::ClientError};

use super::engine;
use crate::error::Error;

/// Why the engine did not start the container, from its own words: the API has no codes for these.
pub(super) fn refusal(image: &str, engine: &str, address: &str, message: String) -> Error {
    let (image, engine) = (image.to_owned(), engine.to_owned());
    let about_ports = [
        "port is already allocated",
        "address already in use",
        "external connectivity",
        "iptables",
        "cannot assign requested address",
    ];
    if about_ports.iter().any(|words| message.contains(words)) {
        let address = address.to_owned();
        return Error::PortNotPublished {
            engine,
            image,
            address,
            message,
        };
    }
    // It was started, and had exited and was removed before anybody could look at it.
    if message.to_lowercase().contains("no such container") {
        return Error::ServerExited {
            image,
            exit_code: None,
            log: Vec::new(),
        };
    }
    Error::ContainerRefused {
        engine,
        image,
        message,
    }
}

/// Returns true if the watchdog could not run. Docker says so when it starts the container itself; the init process exits
/// with 127 and says so in a log that may be gone with the container already.
pub(super) fn is_for_want_of_a_shell(error: &Error) -> bool {
    let about_shell = |text: &String| text.contains("/bin/sh");
    match error {
        Error::ContainerRefused { message, .. } => about_shell(message),
        // Under the watchdog a container stays long enough for its exit code to be read.
        Error::ServerExited {
            exit_code: None | Some(127),
            log,
            ..
        } => log.iter().all(about_shell),
        _ => false,
    }
}

/// The engine's own words inside an error of testcontainers.
pub(super) fn message(error: &TestcontainersError) -> String {
    match error {
        TestcontainersError::Client(
            ClientError::CreateContainer(error)
            | ClientError::StartContainer(error)
            | ClientError::PullImage { err: error, .. },
        ) => engine::message(error),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_docker_cannot_publish_has_a_remedy_of_its_own() {
        for words in [
            "driver failed programming external connectivity on endpoint s3-test-0a1b: Bind for 127.0.0.1:32768 failed: \
             port is already allocated",
            "driver failed programming external connectivity on endpoint s3-test-0a1b: (iptables failed: iptables \
             --wait -t nat -A DOCKER -p tcp -d 127.0.0.1 --dport 32768: No chain/target/match by that name)",
            "Error starting userland proxy: listen tcp4 127.0.0.1:32768: bind: address already in use",
        ] {
            let error =
                refusal("rustfs/rustfs", "Docker 1", "127.0.0.1", words.to_owned()).to_string();
            assert_eq!(
                error,
                format!(
                    "Docker 1 could not publish the ports of a container of `rustfs/rustfs` on 127.0.0.1: {words}. Free \
                     the port, or let the engine write its firewall rules (restarting it restores them), and run \
                     the tests again."
                )
            );
        }
        let error = refusal(
            "rustfs/rustfs",
            "Docker 1",
            "127.0.0.1",
            "no space left on device".to_owned(),
        )
        .to_string();
        assert!(
            error.starts_with(
                "Docker 1 does not start a container of `rustfs/rustfs`: no space left"
            ),
            "{error}"
        );
    }

    #[test]
    fn a_container_that_is_gone_at_once_is_one_without_a_shell() {
        let words = "failed to inspect a container: Docker responded with status code 404: No such container: 194e";
        let error = refusal("rustfs/rustfs", "Docker 1", "127.0.0.1", words.to_owned());
        assert!(is_for_want_of_a_shell(&error), "{error}");
    }
}
