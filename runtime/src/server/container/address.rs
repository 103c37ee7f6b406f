//! The address of published ports: where this process reaches them, and where the engine binds them.

use std::path::Path;

use testcontainers::bollard::{Docker, query_parameters::InspectNetworkOptions};

/// The files by which Docker and Podman mark their containers.
const MARKS: [&str; 2] = ["/.dockerenv", "/run/.containerenv"];
/// The engine's socket, if `DOCKER_HOST` names none.
const SOCKET: &str = "/var/run/docker.sock";

/// The address of published ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// The host name or address at which this process reaches a published port.
    pub(super) connect: String,
    /// The address that the engine binds a published port to.
    pub(super) bind: String,
}

impl Address {
    /// Returns the address for an engine at `host` (`DOCKER_HOST`, or a socket of this machine).
    pub(super) async fn of(docker: &Docker, host: Option<&str>) -> Self {
        let socket = match host {
            None => Some(SOCKET),
            Some(host) => host.strip_prefix("unix://"),
        };
        let gateway = match socket {
            Some(socket) if is_in_container(socket).await => bridge_gateway(docker).await,
            _ => None,
        };
        address(host, gateway)
    }
}

/// Returns true if this process is in a container of the engine that listens at `socket`.
///
/// A virtual machine that was made from an image has the mark of a container too, and is none.
async fn is_in_container(socket: &str) -> bool {
    MARKS.iter().any(|mark| Path::new(mark).exists()) && !shares_network(socket).await
}

/// Returns true if the process that listens at `socket` is in the same network as this one.
#[cfg(target_os = "linux")]
async fn shares_network(socket: &str) -> bool {
    let Ok(stream) = tokio::net::UnixStream::connect(socket).await else {
        return false;
    };
    // 0 for a process of another process namespace, which a container has of its own.
    let listener = stream.peer_cred().ok().and_then(|peer| peer.pid());
    let Some(listener) = listener.filter(|pid| *pid != 0) else {
        return false;
    };
    let network = |process: &str| std::fs::read_link(format!("/proc/{process}/ns/net")).ok();
    match network(&listener.to_string()) {
        Some(its_own) => Some(its_own) == network("self"),
        // The engine belongs to another user.
        None => true,
    }
}

#[cfg(not(target_os = "linux"))]
async fn shares_network(_socket: &str) -> bool {
    false
}

async fn bridge_gateway(docker: &Docker) -> Option<String> {
    docker
        .inspect_network("bridge", None::<InspectNetworkOptions>)
        .await
        .ok()?
        .ipam?
        .config?
        .into_iter()
        .find_map(|config| config.gateway)
}

/// Returns the address of published ports for an engine at `host` (`DOCKER_HOST`, or a socket of this machine).
///
/// A server with well-known keys must not be reachable from the network, so ports are bound to an address of this
/// machine alone wherever the engine is on this machine. `gateway` is this machine as seen from the container that
/// this process itself runs in.
fn address(host: Option<&str>, gateway: Option<String>) -> Address {
    let remote = host
        .filter(|host| !host.starts_with("unix:") && !host.starts_with("npipe:"))
        .and_then(|host| host.parse::<http::Uri>().ok())
        .and_then(|uri| uri.host().map(str::to_owned))
        .filter(|host| host != "localhost" && host != "[::1]" && !host.starts_with("127."));
    if let Some(connect) = remote {
        let bind = "0.0.0.0".to_owned();
        return Address { connect, bind };
    }
    let local = gateway.unwrap_or_else(|| "127.0.0.1".to_owned());
    Address {
        connect: local.clone(),
        bind: local,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_listener_of_this_network_is_no_containers_engine() {
        let directory = tempfile::tempdir().expect("a directory");
        let socket = directory.path().join("engine.sock");
        let _listener = tokio::net::UnixListener::bind(&socket).expect("a socket");
        let socket = socket.to_str().expect("a path");
        assert!(shares_network(socket).await);
        assert!(!is_in_container(socket).await);
        assert!(!shares_network("/nowhere/engine.sock").await);
    }

    fn both(address: &str) -> Address {
        Address {
            connect: address.to_owned(),
            bind: address.to_owned(),
        }
    }

    #[test]
    fn ports_are_bound_to_loopback_where_the_engine_is_on_this_machine() {
        for host in [
            None,
            Some("unix:///run/user/1000/docker.sock"),
            Some("tcp://localhost:2375"),
            Some("tcp://127.0.0.1:2375"),
            Some("npipe:////./pipe/docker_engine"),
        ] {
            assert_eq!(address(host, None), both("127.0.0.1"), "{host:?}");
        }
    }

    #[test]
    fn ports_are_bound_to_the_bridge_where_this_process_is_in_a_container() {
        assert_eq!(
            address(None, Some("172.17.0.1".to_owned())),
            both("172.17.0.1")
        );
    }

    #[test]
    fn ports_of_a_remote_engine_are_reached_at_its_host() {
        let address = address(Some("tcp://build-host:2376"), None);
        assert_eq!(address.connect, "build-host");
        assert_eq!(address.bind, "0.0.0.0");
    }
}
