//! Requests to a Docker engine, and the meaning of its refusals.

use std::{collections::HashMap, future::pending, io, sync::Arc, time::Duration};

use futures_util::StreamExt;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use testcontainers::{
    bollard::{
        Docker,
        errors::Error as DockerError,
        exec::{CreateExecOptions, StartExecOptions},
        models::{ContainerInspectResponse, ContainerSummary, ImageInspect},
        query_parameters::{
            InspectContainerOptions, ListContainersOptionsBuilder, RemoveContainerOptionsBuilder,
            WaitContainerOptions,
        },
    },
    core::client::{ClientError, docker_client_instance},
};
use tokio::sync::OnceCell;

use super::address::Address;
use crate::{error::Error, process::background};

/// The limit for the engine's first answer.
const FIRST_ANSWER_LIMIT: Duration = Duration::from_secs(3);
/// The limit for the removal of a container.
const REMOVAL_LIMIT: Duration = Duration::from_secs(20);

/// Chooses rustls' cryptography for an engine behind TLS, where nobody has. If a build has two kinds (`ring` comes with
/// object_store 0.13), rustls does not choose, and the Docker client panics.
fn choose_cryptography(host: Option<&str>) {
    let is_tls = std::env::var_os("DOCKER_TLS_VERIFY").is_some_and(|value| value == "1")
        || host.is_some_and(|host| host.starts_with("https://"));
    if is_tls && CryptoProvider::get_default().is_none() {
        // An error means that another thread has chosen meanwhile.
        let _ = aws_lc_rs::default_provider().install_default();
    }
}

/// An engine that has answered.
#[derive(Debug, Clone)]
pub(super) struct Engine {
    docker: Docker,
    pub(super) address: Address,
}

impl Engine {
    /// Connects to the engine that `DOCKER_HOST` names, or to the usual sockets, as testcontainers does.
    ///
    /// A failure is remembered for this process, so that a hundred tests do not wait for the same silence.
    pub(super) async fn connect() -> Result<Self, Arc<Error>> {
        static ENGINE: OnceCell<Result<Engine, Arc<Error>>> = OnceCell::const_new();
        // On the background runtime, where the connections of the Docker client live.
        let connect = || async {
            let connected = background::handle().spawn(Self::connect_anew()).await;
            connected
                .unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
                .map_err(Arc::new)
        };
        ENGINE.get_or_init(connect).await.clone()
    }

    async fn connect_anew() -> Result<Self, Error> {
        let host = std::env::var("DOCKER_HOST")
            .ok()
            .filter(|host| !host.is_empty());
        choose_cryptography(host.as_deref());
        let shown = host.as_deref().unwrap_or("/var/run/docker.sock");
        let shown = shown.strip_prefix("unix://").unwrap_or(shown);
        let first_answer = async {
            let docker = docker_client_instance()
                .await
                .map_err(|error| match &error {
                    ClientError::Init(error) => unreachable_engine(error, shown),
                    error => unreachable_engine(error, shown),
                })?;
            docker
                .ping()
                .await
                .map_err(|error| unreachable_engine(&error, shown))?;
            Ok(docker)
        };
        let docker = tokio::time::timeout(FIRST_ANSWER_LIMIT, first_answer)
            .await
            .unwrap_or_else(|_elapsed| {
                Err(Error::DockerSilent {
                    host: shown.to_owned(),
                    limit: FIRST_ANSWER_LIMIT,
                })
            })?;
        let address = Address::of(&docker, host.as_deref()).await;
        Ok(Self { docker, address })
    }

    /// The container called `name`, or nothing. Of one in a state that only Podman knows (`stopped`, on its way out) nothing
    /// is told but that it exists.
    pub(super) async fn container(
        &self,
        name: &str,
    ) -> Result<Option<ContainerInspectResponse>, Error> {
        let options = None::<InspectContainerOptions>;
        match self.docker.inspect_container(name, options).await {
            Ok(container) => Ok(Some(container)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(DockerError::JsonDataError { .. }) => Ok(Some(ContainerInspectResponse::default())),
            Err(error) => Err(refused(format!("inspect the container {name}"), &error)),
        }
    }

    /// The image called `name`, or nothing.
    pub(super) async fn image(&self, name: &str) -> Result<Option<ImageInspect>, Error> {
        match self.docker.inspect_image(name).await {
            Ok(image) => Ok(Some(image)),
            Err(error) if status(&error) == Some(404) => Ok(None),
            Err(error) => Err(
                match message(&error).split_once("invalid reference format") {
                    Some((_, rule)) => Error::ImageName {
                        image: name.to_owned(),
                        message: format!("invalid reference format{rule}"),
                    },
                    None => refused(format!("inspect the image {name}"), &error),
                },
            ),
        }
    }

    /// The containers, running or not, that have all these labels (`name=value`).
    pub(super) async fn containers(
        &self,
        labels: Vec<String>,
    ) -> Result<Vec<ContainerSummary>, Error> {
        let options = ListContainersOptionsBuilder::new()
            .all(true)
            .filters(&HashMap::from([("label".to_owned(), labels)]))
            .build();
        self.docker
            .list_containers(Some(options))
            .await
            .map_err(|error| refused("list containers".to_owned(), &error))
    }

    /// Removes the container with its anonymous volumes, and returns when its name is free.
    pub(super) async fn remove(&self, name: &str) -> Result<(), Error> {
        let options = RemoveContainerOptionsBuilder::new()
            .force(true)
            .v(true)
            .build();
        let removed = async {
            // 409 says that its removal is under way already.
            match self.docker.remove_container(name, Some(options)).await {
                Err(error) if status(&error) != Some(409) && !is_missing(&error) => {
                    return Err(refused(format!("remove the container {name}"), &error));
                }
                _ => {}
            }
            while self.container(name).await?.is_some() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Ok(())
        };
        tokio::time::timeout(REMOVAL_LIMIT, removed)
            .await
            .unwrap_or_else(|_elapsed| {
                Err(Error::Docker {
                    action: format!("remove the container {name}"),
                    message: format!("it is still there after {} s", REMOVAL_LIMIT.as_secs()),
                })
            })
    }

    /// Runs a command in the container as root and does not wait for it.
    pub(super) async fn execute(&self, name: &str, command: Vec<String>) -> Result<(), Error> {
        let action = || format!("run a command in the container {name}");
        let options = CreateExecOptions {
            cmd: Some(command),
            user: Some("0".to_owned()),
            ..CreateExecOptions::default()
        };
        let exec = self
            .docker
            .create_exec(name, options)
            .await
            .map_err(|error| refused(action(), &error))?;
        let options = StartExecOptions {
            detach: true,
            ..StartExecOptions::default()
        };
        self.docker
            .start_exec(&exec.id, Some(options))
            .await
            .map_err(|error| refused(action(), &error))?;
        Ok(())
    }

    /// The engine's own client.
    pub(super) fn docker(&self) -> &Docker {
        &self.docker
    }
}

/// The status with which the engine refused a request.
pub(super) fn status(error: &DockerError) -> Option<u16> {
    match error {
        DockerError::DockerResponseServerError { status_code, .. } => Some(*status_code),
        _ => None,
    }
}

/// Returns true if there is no such container. Podman answers with 500 about one that goes while it is asked.
fn is_missing(error: &DockerError) -> bool {
    let words = [
        "no such container",
        "layer not known",
        "container not known",
    ];
    status(error) == Some(404)
        || status(error) == Some(500) && words.iter().any(|words| message(error).contains(words))
}

/// The engine's own words.
pub(super) fn message(error: &DockerError) -> String {
    match error {
        DockerError::DockerResponseServerError { message, .. } => message.trim().to_owned(),
        DockerError::DockerStreamError { error } => error.trim().to_owned(),
        other => other.to_string(),
    }
}

fn refused(action: String, error: &DockerError) -> Error {
    let message = message(error);
    Error::Docker { action, message }
}

/// Why the engine cannot be reached: each reason has a remedy of its own.
fn unreachable_engine(error: &(dyn std::error::Error + 'static), host: &str) -> Error {
    let host = host.to_owned();
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(DockerError::SocketNotFoundError(_)) = error.downcast_ref() {
            return Error::DockerNotFound { host };
        }
        if let Some(error) = error.downcast_ref::<io::Error>() {
            match error.kind() {
                io::ErrorKind::NotFound => return Error::DockerNotFound { host },
                io::ErrorKind::ConnectionRefused => return Error::DockerRefused { host },
                io::ErrorKind::PermissionDenied => return Error::DockerPermissionDenied { host },
                _ => {}
            }
        }
        cause = error.source();
    }
    Error::Docker {
        action: format!("answer at {host} (variable DOCKER_HOST)"),
        message: error.to_string(),
    }
}

/// Returns when the container has ended, with its exit code where the engine still knows it.
pub(super) async fn exit_code(docker: &Docker, name: &str) -> Option<i64> {
    let mut waited = Box::pin(docker.wait_container(name, None::<WaitContainerOptions>));
    match waited.next().await {
        Some(Ok(ended)) => Some(ended.status_code),
        // How bollard tells of a code other than 0.
        Some(Err(DockerError::DockerContainerWaitError { code, .. })) => Some(code),
        Some(Err(error)) if is_missing(&error) => None,
        _ => pending().await,
    }
}
