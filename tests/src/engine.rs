//! A look at Docker from outside, through its API.

use std::{collections::HashMap, time::Duration};

use testcontainers::{
    bollard::{
        Docker,
        exec::{CreateExecOptions, StartExecResults},
        models::{ContainerInspectResponse, ContainerSummary},
        query_parameters::{
            EventsOptionsBuilder, InspectContainerOptions, KillContainerOptions,
            ListContainersOptionsBuilder, RemoveContainerOptionsBuilder,
        },
    },
    core::client::docker_client_instance,
};
use tokio::runtime::Runtime;
use tokio_stream::StreamExt;

/// The image of every container that a test does not choose itself.
pub(crate) const IMAGE: &str = "rustfs/rustfs:1.0.1";

/// The local Docker engine.
pub struct Engine {
    docker: Docker,
    runtime: Runtime,
}

/// For how long an engine may be silent.
const ANSWER_LIMIT: Duration = Duration::from_secs(3);

impl Engine {
    /// Connects to the engine, and sees that containers can be had from it.
    ///
    /// # Errors
    ///
    /// Why they cannot.
    ///
    /// # Panics
    ///
    /// If there is no runtime to ask from.
    pub fn connect() -> Result<Self, String> {
        let runtime = Runtime::new().expect("a runtime");
        let connected = runtime.block_on(async {
            let docker = docker_client_instance()
                .await
                .map_err(|error| format!("there is no Docker engine: {error}"))?;
            let ping = tokio::time::timeout(ANSWER_LIMIT, docker.ping());
            ping.await
                .map_err(|_| format!("Docker did not answer within {ANSWER_LIMIT:?}"))?
                .map_err(|error| format!("Docker does not answer: {error}"))?;
            docker.inspect_image(IMAGE).await.map_err(|error| {
                format!("Docker has no image {IMAGE} (`docker pull {IMAGE}` fetches it): {error}")
            })?;
            Ok(docker)
        });
        connected.map(|docker| Self { docker, runtime })
    }

    /// The containers, running or not, with this label (`name=value`).
    ///
    /// # Panics
    ///
    /// When Docker does not answer.
    #[must_use]
    pub fn containers(&self, label: &str) -> Vec<ContainerSummary> {
        let options = ListContainersOptionsBuilder::new()
            .all(true)
            .filters(&HashMap::from([("label", vec![label])]))
            .build();
        let start = std::time::Instant::now();
        loop {
            let listed = self.docker.list_containers(Some(options.clone()));
            match self.runtime.block_on(listed) {
                Ok(listed) => return listed,
                // Podman fails to list while a container is removed.
                Err(_) if start.elapsed() < ANSWER_LIMIT => {}
                Err(error) => panic!("the engine does not list containers: {error}"),
            }
        }
    }

    /// Everything that Docker knows of a container.
    ///
    /// # Panics
    ///
    /// When the container is not there.
    #[must_use]
    pub fn inspect(&self, id: &str) -> ContainerInspectResponse {
        let inspected = self
            .docker
            .inspect_container(id, None::<InspectContainerOptions>);
        self.runtime
            .block_on(inspected)
            .expect("the container is there")
    }

    /// Counts the containers with this label that were created since a point in time (seconds since 1970).
    ///
    /// # Panics
    ///
    /// When Docker does not answer.
    #[must_use]
    pub fn created_since(&self, label: &str, since: u64) -> usize {
        let now = seconds_since_1970() + 1;
        let options = EventsOptionsBuilder::new()
            .since(&since.to_string())
            .until(&now.to_string())
            .filters(&HashMap::from([
                ("label", vec![label]),
                ("event", vec!["create"]),
            ]))
            .build();
        let events = self.docker.events(Some(options));
        self.runtime.block_on(async {
            let mut events = Box::pin(events);
            let mut count = 0;
            while let Some(event) = events.next().await {
                event.expect("Docker tells its events");
                count += 1;
            }
            count
        })
    }

    /// Kills the containers with this label, as a crash would.
    pub fn kill(&self, label: &str) {
        for container in self.containers(label) {
            let id = container.id.unwrap_or_default();
            let killed = self
                .docker
                .kill_container(&id, None::<KillContainerOptions>);
            let _ = self.runtime.block_on(killed);
        }
    }

    /// Freezes the containers with this label: they listen and answer nothing.
    pub fn pause(&self, label: &str) {
        for container in self.containers(label) {
            let id = container.id.unwrap_or_default();
            let _ = self.runtime.block_on(self.docker.pause_container(&id));
        }
    }

    /// Runs a shell script in the container with this label, as the user of its server.
    ///
    /// # Panics
    ///
    /// If there is no such container, or the script fails.
    pub fn run_in(&self, label: &str, script: &str) {
        let container = self.containers(label).into_iter().next();
        let id = container.and_then(|it| it.id).expect("a container");
        let options = CreateExecOptions {
            cmd: Some(vec!["sh", "-ec", script]),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            ..CreateExecOptions::default()
        };
        self.runtime.block_on(async {
            let exec = self.docker.create_exec(&id, options).await;
            let exec = exec.expect("a command").id;
            let started = self.docker.start_exec(&exec, None).await;
            let mut text = String::new();
            if let Ok(StartExecResults::Attached { mut output, .. }) = started {
                while let Some(part) = output.next().await {
                    text += &part.expect("output").to_string();
                }
            }
            let ended = self.docker.inspect_exec(&exec).await.expect("its end");
            assert_eq!(ended.exit_code, Some(0), "{text}");
        });
    }

    /// Removes the containers with this label.
    pub fn remove(&self, label: &str) {
        for container in self.containers(label) {
            let options = RemoveContainerOptionsBuilder::new()
                .force(true)
                .v(true)
                .build();
            let id = container.id.unwrap_or_default();
            let removed = self.docker.remove_container(&id, Some(options));
            let _ = self.runtime.block_on(removed);
        }
    }

    /// Waits until no container with this label is there any more, and tells how long that took.
    ///
    /// # Errors
    ///
    /// Returns the containers that still exist after `limit`.
    pub fn gone_within(&self, label: &str, limit: Duration) -> Result<Duration, String> {
        let start = std::time::Instant::now();
        loop {
            let left = self.containers(label);
            if left.is_empty() {
                return Ok(start.elapsed());
            }
            if start.elapsed() > limit {
                let left = left
                    .iter()
                    .map(|container| (&container.names, &container.status));
                return Err(format!("still there: {:?}", left.collect::<Vec<_>>()));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// The time as Docker's event filter takes it.
///
/// # Panics
///
/// Before 1970.
#[must_use]
pub(crate) fn seconds_since_1970() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.expect("after 1970").as_secs()
}
