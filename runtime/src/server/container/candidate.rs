//! A running container with the right configuration, which becomes a server when it answers.

use std::{pin::Pin, sync::atomic::AtomicBool, time::Duration};

use testcontainers::bollard::models::ContainerInspectResponse;

use super::{
    configuration::{CONFIGURATION_LABEL, Configuration, IDLE_TIMEOUT_LABEL},
    end::Watch,
    engine::Engine,
    image::{self, IDLE_FILE},
    last_user,
    lease::Lease,
};
use crate::{
    error::Error,
    options::Backend,
    process::stderr,
    s3::Admin,
    server::handle::{End, Keeper, Server},
    state::StateDirectory,
};

/// The limit for a running container, which another process started, to answer.
pub(super) const FOUND_LIMIT: Duration = Duration::from_secs(10);

/// A running container with the right configuration. It is not known to answer yet.
#[derive(Debug)]
pub(super) struct Candidate {
    configuration: Configuration,
    pub(super) endpoint: String,
    pub(super) console_url: Option<String>,
    pub(super) admin: Admin,
    pub(super) lease: Lease,
    /// The seconds for which the container stays without a lease, or `None` if it has no watchdog.
    idle_timeout: Option<u64>,
}

impl Candidate {
    /// Returns `None` if the container does not run or is not ours.
    pub(super) fn of(
        configuration: &Configuration,
        engine: &Engine,
        container: &ContainerInspectResponse,
    ) -> Option<Self> {
        let running = container.state.as_ref()?.running?;
        let labels = container.config.as_ref()?.labels.as_ref()?;
        if !running
            || labels.get(CONFIGURATION_LABEL).map(String::as_str) != Some(configuration.hash())
        {
            return None;
        }
        let ports = container.network_settings.as_ref()?.ports.as_ref()?;
        let published = |port: u16| {
            let bindings = ports.get(&format!("{port}/tcp"))?.as_ref()?;
            let port = bindings
                .iter()
                .find_map(|binding| binding.host_port.as_ref())?;
            Some(format!("{}:{port}", engine.address.connect))
        };
        let variables = container.config.as_ref()?.env.iter().flatten();
        let address = published(configuration.settings.port)?;
        let endpoint = format!("http://{address}");
        let settings = &configuration.settings;
        Some(Self {
            admin: Admin::new(
                &endpoint,
                &settings.region,
                &settings.access_key,
                &settings.secret_key,
            ),
            console_url: published(settings.console_port)
                .map(|address| format!("http://{address}/{}", image::console_path(variables))),
            lease: Lease::open(address),
            idle_timeout: labels
                .get(IDLE_TIMEOUT_LABEL)
                .and_then(|idle| idle.parse().ok()),
            endpoint,
            configuration: configuration.clone(),
        })
    }

    /// Returns true if a signed request succeeds within the limit.
    pub(super) async fn answers(&self) -> bool {
        let check = tokio::time::timeout(FOUND_LIMIT, self.admin.check());
        matches!(check.await, Ok(Ok(())))
    }

    /// Turns a container that another process started into a server.
    pub(super) async fn into_used_server(
        self,
        engine: &Engine,
        state: &'static StateDirectory,
    ) -> Result<Server, Error> {
        let name = self.configuration.container_name();
        let asked = whole_seconds(self.configuration.settings.idle_timeout);
        match self.idle_timeout {
            None => last_user::register(&name, self.configuration.hash(), engine, state)?,
            // The longest idle timeout of all processes holds. The container keeps it in a file.
            Some(idle) if idle < asked => {
                let script = format!(
                    "read -r idle 2>/dev/null <{IDLE_FILE}; [ \"${{idle:-0}}\" -ge {asked} ] || echo {asked} >{IDLE_FILE}"
                );
                let command = vec!["/bin/sh".to_owned(), "-c".to_owned(), script];
                if let Err(error) = engine.execute(&name, command).await {
                    stderr::warn(&format!(
                        "the running container keeps its shorter idle timeout: {error}"
                    ));
                }
            }
            Some(_) => {}
        }
        Ok(self.into_server(engine))
    }

    /// Turns the container, which has answered, into a server.
    pub(super) fn into_server(self, engine: &Engine) -> Server {
        self.lease.server_is_ready();
        let name = self.configuration.container_name();
        let identity = self.configuration.hash().to_owned();
        let settings = self.configuration.settings;
        Server {
            backend: Backend::Container,
            description: format!("{} in the container {name}", settings.image),
            endpoint: self.endpoint,
            pinned: None,
            console_url: self.console_url,
            access_key: settings.access_key,
            secret_key: settings.secret_key,
            region: settings.region,
            admin: self.admin,
            force_delete: image::FORCE_DELETE,
            keeper: Box::new(SharedContainer {
                lease: self.lease,
                watch: Watch::of(engine, &name),
                identity,
            }),
            swept: AtomicBool::new(false),
        }
    }
}

/// A lease on a container that other tests use too.
#[derive(Debug)]
struct SharedContainer {
    lease: Lease,
    watch: Watch,
    /// The hash of the container's configuration.
    identity: String,
}

impl Keeper for SharedContainer {
    fn shared_identity(&self) -> Option<&str> {
        Some(&self.identity)
    }

    fn set_lost(&self) {
        self.lease.server_is_gone();
    }

    fn is_lost(&self) -> bool {
        self.lease.is_lost()
    }

    fn lost(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.lease.lost())
    }

    fn end(&self) -> Pin<Box<dyn Future<Output = Option<End>> + Send + '_>> {
        Box::pin(async { Some(self.watch.end().await) })
    }
}

/// Returns a duration in seconds, rounded up: the watchdog looks once a second.
pub(super) fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_second_counts_as_a_second() {
        assert_eq!(whole_seconds(Duration::from_millis(1)), 1);
        assert_eq!(whole_seconds(Duration::from_millis(1500)), 2);
        assert_eq!(whole_seconds(Duration::from_secs(10)), 10);
    }
}
