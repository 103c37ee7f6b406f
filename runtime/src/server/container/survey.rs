//! A look at the engine and at this user's containers, for a person who asks, without taking part in a container's use.

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::{Duration, SystemTime},
};

use futures_util::StreamExt;
use testcontainers::bollard::{
    exec::{CreateExecOptions, StartExecResults},
    models::{ContainerInspectResponse, ContainerSummary},
};
use tokio::time::timeout;

use super::{
    configuration::{CONFIGURATION_LABEL, IDENTITY_LABEL, IDLE_TIMEOUT_LABEL, PORTS_LABEL},
    engine::Engine,
    image,
    sweep::sweep,
};
use crate::{
    error::Error,
    options::Backend,
    s3::Admin,
    server::handle::{Keeper, Server},
    state::StateDirectory,
};

/// The limit for a command in a container to answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(3);

/// An engine that answers, and this user's state directory.
pub(crate) struct Survey {
    engine: Engine,
    state: &'static StateDirectory,
}

/// A container of this user.
pub(crate) struct Found {
    pub(crate) name: String,
    pub(crate) image: String,
    /// What tells it from every other server, as part of the names of locks.
    pub(crate) identity: String,
    pub(crate) created: SystemTime,
    /// The time that it stays without a connection, or `None` if it has no watchdog.
    pub(crate) idle_timeout: Option<Duration>,
    /// The connections to its S3 port, or `None` if they cannot be counted. A process that uses the server has at least one.
    pub(crate) connections: Option<usize>,
    /// The server, reached without a lease, or `None` if it does not run.
    pub(crate) server: Option<Arc<Server>>,
}

impl Survey {
    /// Connects to the engine.
    pub(crate) async fn begin() -> Result<Self, Arc<Error>> {
        let engine = Engine::connect().await?;
        let state = StateDirectory::open()?;
        Ok(Self { engine, state })
    }

    /// Returns the name and the version of the engine, in its own words.
    pub(crate) async fn engine(&self) -> String {
        let version = timeout(ANSWER_LIMIT, self.engine.docker().version()).await;
        let Ok(Ok(version)) = version else {
            return "an engine that does not tell its version".to_owned();
        };
        let components = version.components.into_iter().flatten();
        let podman = components
            .into_iter()
            .any(|component| component.name.contains("Podman"));
        let name = if podman { "Podman" } else { "Docker" };
        format!("{name} {}", version.version.unwrap_or_default())
    }

    /// Returns whether the engine has this image.
    pub(crate) async fn has_image(&self, name: &str) -> Result<bool, Error> {
        Ok(self.engine.image(name).await?.is_some())
    }

    /// Returns this user's containers, the youngest first.
    pub(crate) async fn containers(&self) -> Result<Vec<Found>, Error> {
        let label = format!("{IDENTITY_LABEL}={}", self.state.identity());
        let mut found = Vec::new();
        for summary in self.engine.containers(vec![label]).await? {
            let id = summary.id.clone().unwrap_or_default();
            // It may be gone since it was listed.
            if let Some(container) = self.engine.container(&id).await? {
                found.extend(self.found(&summary, &container).await);
            }
        }
        Ok(found)
    }

    /// Removes a container with everything in it.
    pub(crate) async fn remove(&self, container: &Found) -> Result<(), Error> {
        self.engine.remove(&container.name).await?;
        // Locks of kept buckets go with it.
        sweep(&self.engine, self.state).await;
        Ok(())
    }

    async fn found(
        &self,
        summary: &ContainerSummary,
        container: &ContainerInspectResponse,
    ) -> Option<Found> {
        let config = container.config.as_ref()?;
        let labels = config.labels.as_ref()?;
        let identity = labels.get(CONFIGURATION_LABEL)?.clone();
        let name = container.name.as_ref()?.trim_start_matches('/').to_owned();
        let image = config.image.clone().unwrap_or_default();
        let seconds = u64::try_from(summary.created?).unwrap_or_default();
        let running = container.state.as_ref()?.running == Some(true);
        let ports = labels.get(PORTS_LABEL).and_then(|ports| two_ports(ports));
        let connections = match ports {
            Some((port, _)) if running => self.connections(&name, port).await,
            _ => None,
        };
        let server = ports.filter(|_| running).and_then(|ports| {
            let server = self.server(container, ports, &identity, &image, &name)?;
            Some(Arc::new(server))
        });
        Some(Found {
            created: SystemTime::UNIX_EPOCH + Duration::from_secs(seconds),
            idle_timeout: labels
                .get(IDLE_TIMEOUT_LABEL)
                .and_then(|seconds| seconds.parse().ok())
                .map(Duration::from_secs),
            name,
            image,
            identity,
            connections,
            server,
        })
    }

    /// Returns the server in a container, with the keys that it was started with.
    fn server(
        &self,
        container: &ContainerInspectResponse,
        (port, console_port): (u16, u16),
        identity: &str,
        image: &str,
        name: &str,
    ) -> Option<Server> {
        let published = container.network_settings.as_ref()?.ports.as_ref()?;
        let address = |port: u16| {
            let bindings = published.get(&format!("{port}/tcp"))?.as_ref()?;
            let port = bindings
                .iter()
                .find_map(|binding| binding.host_port.as_ref());
            Some(format!("http://{}:{}", self.engine.address.connect, port?))
        };
        let variables = container.config.as_ref()?.env.as_ref()?;
        let variable = |name: &str| {
            let mut variables = variables.iter().filter_map(|pair| pair.split_once('='));
            let (_, value) = variables.find(|(known, _)| *known == name)?;
            Some(value.to_owned())
        };
        let (access_key, secret_key, region) = (
            variable("RUSTFS_ACCESS_KEY")?,
            variable("RUSTFS_SECRET_KEY")?,
            variable("RUSTFS_REGION")?,
        );
        let endpoint = address(port)?;
        Some(Server {
            backend: Backend::Container,
            description: format!("{image} in the container {name}"),
            console_url: address(console_port)
                .map(|address| format!("{address}/{}", image::console_path(variables))),
            admin: Admin::new(&endpoint, &region, &access_key, &secret_key),
            endpoint,
            pinned: None,
            access_key,
            secret_key,
            region,
            force_delete: image::FORCE_DELETE,
            keeper: Box::new(Visitor(identity.to_owned())),
            swept: AtomicBool::new(true),
        })
    }

    /// Counts the connections to a port of a container, as its watchdog does.
    async fn connections(&self, name: &str, port: u16) -> Option<usize> {
        let command = ["cat", "/proc/net/tcp", "/proc/net/tcp6"].map(str::to_owned);
        let table = timeout(ANSWER_LIMIT, self.output(name, command.to_vec())).await;
        Some(established(&table.ok()??, port))
    }

    /// Runs a command in the container and returns what it prints.
    async fn output(&self, name: &str, command: Vec<String>) -> Option<String> {
        let docker = self.engine.docker();
        let options = CreateExecOptions {
            cmd: Some(command),
            attach_stdout: Some(true),
            user: Some("0".to_owned()),
            ..CreateExecOptions::default()
        };
        let exec = docker.create_exec(name, options).await.ok()?;
        let StartExecResults::Attached { mut output, .. } =
            docker.start_exec(&exec.id, None).await.ok()?
        else {
            return None;
        };
        let mut text = String::new();
        while let Some(Ok(part)) = output.next().await {
            text.push_str(&part.to_string());
        }
        // A container without `cat` prints nothing; the kernel's table has a head.
        Some(text).filter(|text| text.contains("local_address"))
    }
}

/// A look at a server that somebody else keeps alive.
#[derive(Debug)]
struct Visitor(String);

impl Keeper for Visitor {
    fn shared_identity(&self) -> Option<&str> {
        Some(&self.0)
    }
}

fn two_ports(label: &str) -> Option<(u16, u16)> {
    let (port, console_port) = label.split_once(' ')?;
    Some((port.parse().ok()?, console_port.parse().ok()?))
}

/// Counts the established connections to a port in the kernel's tables.
fn established(tables: &str, port: u16) -> usize {
    let port = format!(":{port:04X}");
    let is_of_port = |line: &&str| {
        let mut fields = line.split_whitespace().skip(1);
        let (local, state) = (fields.next(), fields.nth(1));
        local.is_some_and(|local| local.ends_with(&port)) && state == Some("01")
    };
    tables.lines().filter(is_of_port).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn established_connections_to_the_port_are_counted() {
        let tables = "  sl  local_address rem_address   st tx_queue rx_queue\n   \
             0: 00000000:2328 00000000:0000 0A 00000000:00000000\n   \
             1: 020011AC:2328 010011AC:D51C 01 00000000:00000000\n   \
             2: 020011AC:2329 010011AC:D51E 01 00000000:00000000\n  \
             sl  local_address                         remote_address                        st\n   \
             0: 0000000000000000FFFF0000020011AC:2328 0000000000000000FFFF0000010011AC:D520 01 00000000:00000000\n   \
             1: 020011AC:D51C 010011AC:2328 01 00000000:00000000\n";
        assert_eq!(established(tables, 9000), 2);
        assert_eq!(established(tables, 9001), 1);
        assert_eq!(established("", 9000), 0);
    }

    #[test]
    fn the_label_of_the_ports_is_read() {
        assert_eq!(two_ports("9000 9001"), Some((9000, 9001)));
        assert_eq!(two_ports("9000"), None);
    }
}
