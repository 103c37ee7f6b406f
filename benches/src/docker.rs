//! Containers: the floor of every cold start, what was started when, and leaving nothing behind.

use std::{
    collections::HashMap,
    env, fs,
    process::Command,
    thread,
    time::{Duration, SystemTime},
};

use tempfile::TempDir;
use testcontainers::{
    bollard::{
        Docker,
        models::{ContainerCreateBody, ContainerInspectResponse, HostConfig, PortBinding},
        query_parameters::{
            CreateContainerOptions, InspectContainerOptions, ListContainersOptionsBuilder,
            RemoveContainerOptionsBuilder, StartContainerOptions,
        },
    },
    core::client::docker_client_instance,
};
use tokio::runtime;

use crate::{nanoseconds, now, s3};

/// The image of all containers here.
pub const IMAGE: (&str, &str) = ("rustfs/rustfs", "1.0.1");
/// The label of containers that s3-test did not start. Its value tells whose they are.
pub const LABEL: &str = "s3-test-bench";
/// The variable that tells child processes the value of [`LABEL`].
pub const LABEL_VARIABLE: &str = "BENCH_LABEL";
/// Settings of s3-test with which its container stays between processes.
pub const WARM: &[(&str, &str)] = &[("S3_TEST_IDLE_TIMEOUT", "30s")];
/// The options of `/data` in memory: the server's own user.
pub const TMPFS: &str = "rw,uid=10001,gid=10001";

/// A temporary directory for child processes, so that they meet no container of another run: s3-test finds a container
/// through what lies in there. All containers of theirs are removed with it, also when a benchmark panics.
#[derive(Debug)]
pub struct Place {
    directory: TempDir,
}

impl Place {
    /// A new place, in which no container runs.
    ///
    /// # Panics
    ///
    /// When no temporary directory can be made.
    #[must_use]
    pub fn new() -> Self {
        let directory = tempfile::Builder::new()
            .prefix("s3-test-bench-")
            .tempdir()
            .expect("a temporary directory");
        Self { directory }
    }

    /// The directory, which is the `TMPDIR` of the child processes.
    #[must_use]
    pub fn path(&self) -> &std::path::Path {
        self.directory.path()
    }

    /// The value of [`LABEL`] for peers' containers.
    #[must_use]
    pub fn label(&self) -> String {
        self.path().display().to_string()
    }

    /// Has a command run here, without what the caller's shell says to s3-test.
    pub fn enter(&self, command: &mut Command) {
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("S3_TEST_") {
                command.env_remove(name);
            }
        }
        command
            .env("TMPDIR", self.path())
            .env(LABEL_VARIABLE, self.label());
    }

    /// The labels that tell the containers of this place.
    fn labels(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).into_iter().flatten().flatten();
        entries
            .filter_map(|entry| fs::read_to_string(entry.path().join("identity")).ok())
            .map(|identity| format!("s3-test.identity={identity}"))
            .chain([format!("{LABEL}={}", self.label())])
            .collect()
    }

    /// When the only container of this place was started.
    ///
    /// # Panics
    ///
    /// When there is not exactly one.
    pub async fn container_started_at(&self) -> u128 {
        let docker = docker().await;
        let mut containers = Vec::new();
        for label in self.labels() {
            containers.extend(ids(&docker, &label).await);
        }
        assert_eq!(containers.len(), 1, "one container: {containers:?}");
        started_at(&inspect(&docker, &containers[0]).await)
    }
}

impl Default for Place {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let labels = self.labels();
        // On a thread of its own, since this may run inside a runtime.
        let removal = thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let docker = Docker::connect_with_defaults().expect("a Docker client");
                for label in labels {
                    for id in ids(&docker, &label).await {
                        remove(&docker, &id).await;
                    }
                }
            });
        });
        let _ = removal.join();
    }
}

/// Measures a server in a container from its start to its first signed answer, with nothing around it.
#[derive(Debug)]
pub struct Alone {
    /// From the request that creates the container.
    pub since_creation: u128,
    /// From the moment at which Docker says that it started the container.
    pub since_start: u128,
}

/// Starts RustFS as s3-test would start it, but without watchdog and init process, waits for its first answer and
/// removes it.
///
/// # Panics
///
/// When Docker refuses.
pub async fn start_alone(place: &Place) -> Alone {
    let docker = docker().await;
    let free_port = PortBinding {
        host_ip: Some("127.0.0.1".to_owned()),
        host_port: None,
    };
    let container = ContainerCreateBody {
        image: Some(format!("{}:{}", IMAGE.0, IMAGE.1)),
        labels: Some(HashMap::from([(LABEL.to_owned(), place.label())])),
        env: Some(
            ["ACCESS_KEY", "SECRET_KEY"]
                .map(|name| format!("RUSTFS_{name}={}", s3::KEY))
                .into_iter()
                .chain([
                    format!("RUSTFS_REGION={}", s3::REGION),
                    "RUSTFS_CONSOLE_ENABLE=true".to_owned(),
                ])
                .collect(),
        ),
        host_config: Some(HostConfig {
            auto_remove: Some(true),
            port_bindings: Some(
                [9000, 9001]
                    .map(|port| (format!("{port}/tcp"), Some(vec![free_port.clone()])))
                    .into(),
            ),
            tmpfs: Some(HashMap::from([("/data".to_owned(), TMPFS.to_owned())])),
            ..HostConfig::default()
        }),
        ..ContainerCreateBody::default()
    };
    // The client exists beforehand, as it is not what is measured.
    drop(s3::Server::new("http://127.0.0.1"));

    let created_at = now();
    let container = docker
        .create_container(None::<CreateContainerOptions>, container)
        .await
        .expect("a container is created");
    docker
        .start_container(&container.id, None::<StartContainerOptions>)
        .await
        .expect("a container is started");
    let found = inspect(&docker, &container.id).await;
    s3::Server::new(&endpoint(&found)).ready().await;
    let answered_at = now();

    remove(&docker, &container.id).await;
    Alone {
        since_creation: answered_at - created_at,
        since_start: answered_at - started_at(&found),
    }
}

async fn docker() -> Docker {
    docker_client_instance().await.expect("a Docker client")
}

async fn inspect(docker: &Docker, id: &str) -> ContainerInspectResponse {
    docker
        .inspect_container(id, None::<InspectContainerOptions>)
        .await
        .expect("a container is inspected")
}

fn endpoint(container: &ContainerInspectResponse) -> String {
    let port = || {
        let ports = container.network_settings.as_ref()?.ports.as_ref()?;
        let binding = ports.get("9000/tcp")?.as_ref()?.first()?;
        binding.host_port.clone()
    };
    format!("http://127.0.0.1:{}", port().expect("a published port"))
}

fn started_at(container: &ContainerInspectResponse) -> u128 {
    let state = container.state.as_ref().expect("a state");
    let started_at = state.started_at.as_ref().expect("a time of start");
    let started_at: SystemTime = humantime::parse_rfc3339(started_at).expect("RFC 3339");
    nanoseconds(started_at)
}

async fn ids(docker: &Docker, label: &str) -> Vec<String> {
    let options = ListContainersOptionsBuilder::new()
        .all(true)
        .filters(&HashMap::from([("label", vec![label])]))
        .build();
    let containers = docker.list_containers(Some(options)).await;
    containers
        .expect("containers are listed")
        .into_iter()
        .filter_map(|container| container.id)
        .collect()
}

/// Removes a container and waits until it is gone.
async fn remove(docker: &Docker, id: &str) {
    let options = RemoveContainerOptionsBuilder::new()
        .force(true)
        .v(true)
        .build();
    // An error says that its removal is under way already.
    let _ = docker.remove_container(id, Some(options)).await;
    while docker
        .inspect_container(id, None::<InspectContainerOptions>)
        .await
        .is_ok()
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
