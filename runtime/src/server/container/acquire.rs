//! One RustFS container (or any other S3 image) per configuration, shared by every test process of the user.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use testcontainers::bollard::models::{ContainerInspectResponse, ContainerSummaryStateEnum};

use super::{
    super::{Keeper, Server},
    engine::Engine,
    last_user,
    lease::Lease,
    start::{self, IDLE_FILE},
};
use crate::{
    Backend, Error, bucket::lock, options::ServerSettings, process::stderr, s3::Admin,
    state::StateDirectory,
};

/// Changes whenever processes with another version of this crate could not use the same container.
const PROTOCOL: &str = "2";
/// The hexadecimal digits by which a configuration is told from every other one.
const HASH_DIGITS: usize = 12;
pub(super) const IDENTITY_LABEL: &str = "s3-test.identity";
pub(super) const CONFIGURATION_LABEL: &str = "s3-test.configuration";
pub(super) const IDLE_TIMEOUT_LABEL: &str = "s3-test.idle-timeout";

/// How long a running container that another process started may take to answer.
const FOUND_LIMIT: Duration = Duration::from_secs(10);
/// How long one process may pull an image and start a container while others wait.
const START_LOCK_LIMIT: Duration = Duration::from_secs(15 * 60);

/// What a container is started with, and the hash that it is found by.
#[derive(Debug, Clone)]
pub(super) struct Configuration {
    pub(super) settings: ServerSettings,
    hash: String,
}

impl Configuration {
    /// `identity` is the state directory's: processes that cannot take turns must not share a container.
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

    pub(super) fn hash(&self) -> &str {
        &self.hash
    }

    pub(super) fn container_name(&self) -> String {
        format!("s3-test-{}", self.hash)
    }

    pub(super) fn start_lock(hash: &str) -> String {
        format!("start-{hash}.lock")
    }
}

/// The server of this configuration: found running, or started.
pub(super) async fn acquire(
    configuration: &Configuration,
    engine: &Engine,
    state: &'static StateDirectory,
) -> Result<Server, Error> {
    let name = configuration.container_name();
    if let Some(container) = engine.container(&name).await?
        && let Some(candidate) = Candidate::of(configuration, engine, &container)
        && candidate.answers().await
    {
        return candidate.into_used_server(engine, state).await;
    }
    let what = format!("the start of the server {name}");
    let _start = state
        .lock(
            &Configuration::start_lock(&configuration.hash),
            &what,
            "starting it",
            START_LOCK_LIMIT,
        )
        .await?;
    if let Some(candidate) = wait_for_running(configuration, engine).await? {
        return candidate.into_used_server(engine, state).await;
    }
    engine.remove(&name).await?;
    sweep(engine, state).await;
    let candidate = start::start(configuration, engine, state).await?;
    stderr::note(&format!(
        "started {} at {}{}",
        configuration.settings.image,
        candidate.endpoint,
        candidate
            .console_url
            .as_ref()
            .map(|url| format!(" (console {url})"))
            .unwrap_or_default()
    ));
    Ok(candidate.into_server())
}

/// A container that runs with the right configuration, before it is known to answer.
#[derive(Debug)]
pub(super) struct Candidate {
    configuration: Configuration,
    pub(super) endpoint: String,
    pub(super) console_url: Option<String>,
    pub(super) admin: Admin,
    pub(super) lease: Lease,
    /// For how long the container stays without a lease, in seconds; unknown where it has no watchdog.
    idle_timeout: Option<u64>,
}

impl Candidate {
    /// Nothing where the container does not run or is not ours.
    pub(super) fn of(
        configuration: &Configuration,
        engine: &Engine,
        container: &ContainerInspectResponse,
    ) -> Option<Self> {
        let running = container.state.as_ref()?.running?;
        let labels = container.config.as_ref()?.labels.as_ref()?;
        if !running || labels.get(CONFIGURATION_LABEL) != Some(&configuration.hash) {
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
                .map(|address| format!("http://{address}/{}", console_path(container))),
            lease: Lease::open(address),
            idle_timeout: labels
                .get(IDLE_TIMEOUT_LABEL)
                .and_then(|idle| idle.parse().ok()),
            endpoint,
            configuration: configuration.clone(),
        })
    }

    /// Whether a signed request succeeds now.
    async fn answers(&self) -> bool {
        let check = tokio::time::timeout(FOUND_LIMIT, self.admin.check());
        matches!(check.await, Ok(Ok(())))
    }

    /// The server of a container that another process started.
    async fn into_used_server(
        self,
        engine: &Engine,
        state: &'static StateDirectory,
    ) -> Result<Server, Error> {
        let name = self.configuration.container_name();
        let asked = start::whole_seconds(self.configuration.settings.idle_timeout);
        match self.idle_timeout {
            None => last_user::register(&name, &self.configuration.hash, engine, state)?,
            // The longest time that anybody asked for holds; the container keeps it in a file.
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
        Ok(self.into_server())
    }

    /// The server, whose signed request has succeeded.
    fn into_server(self) -> Server {
        self.lease.server_is_ready();
        let name = self.configuration.container_name();
        let settings = self.configuration.settings;
        Server {
            backend: Backend::Container,
            description: format!("{} in the container {name}", settings.image),
            endpoint: self.endpoint,
            console_url: self.console_url,
            access_key: settings.access_key,
            secret_key: settings.secret_key,
            region: settings.region,
            admin: self.admin,
            keeper: Keeper::Lease {
                lease: self.lease,
                identity: self.configuration.hash,
            },
        }
    }
}

/// Where on its port the console is. RustFS answers there with an S3 error at any other place.
fn console_path(container: &ContainerInspectResponse) -> &'static str {
    let variables = container
        .config
        .iter()
        .flat_map(|config| &config.env)
        .flatten();
    // This one is the image's own.
    let is_rustfs = variables
        .into_iter()
        .any(|variable| variable.starts_with("RUSTFS_VOLUMES="));
    if is_rustfs { "rustfs/console/" } else { "" }
}

/// The container of this configuration, once it answers; nothing when it ends or does not answer in time.
///
/// The caller holds the start lock, so whoever started the container is done, or was killed while it still starts.
async fn wait_for_running(
    configuration: &Configuration,
    engine: &Engine,
) -> Result<Option<Candidate>, Error> {
    let deadline = tokio::time::Instant::now() + FOUND_LIMIT;
    while let Some(container) = engine.container(&configuration.container_name()).await? {
        let Some(candidate) = Candidate::of(configuration, engine, &container) else {
            break;
        };
        if candidate.answers().await {
            return Ok(Some(candidate));
        }
        if tokio::time::Instant::now() >= deadline {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(None)
}

/// Removes containers that a process was killed over and in which no watchdog runs: created, but never started, or
/// of an image without a shell.
async fn sweep(engine: &Engine, state: &StateDirectory) {
    let label = format!("{IDENTITY_LABEL}={}", state.identity());
    let Ok(containers) = engine.containers(vec![label]).await else {
        return;
    };
    let is_there = |hash: &str| {
        containers.iter().any(|container| {
            let labels = container.labels.iter().flatten();
            labels
                .into_iter()
                .any(|(name, value)| name == CONFIGURATION_LABEL && value == hash)
        })
    };
    lock::forget(state, HASH_DIGITS, is_there);
    for container in containers {
        let labels = container.labels.unwrap_or_default();
        let (Some(id), Some(hash)) = (container.id, labels.get(CONFIGURATION_LABEL)) else {
            continue;
        };
        let stale = match container.state {
            // Whoever is about to start it holds its lock.
            Some(ContainerSummaryStateEnum::CREATED) => state
                .try_lock(&Configuration::start_lock(hash), "sweeping")
                .ok()
                .flatten(),
            _ if !labels.contains_key(IDLE_TIMEOUT_LABEL) => last_user::abandoned(hash, state),
            _ => None,
        };
        if stale.is_some() {
            let _ = engine.remove(&id).await;
        }
    }
}
