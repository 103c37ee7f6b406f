//! Starts a container, and pulls its image if the machine does not have it.

use std::time::Duration;

use testcontainers::{
    ContainerRequest, GenericImage, bollard::models::ImageConfig, runners::AsyncRunner,
};
use tokio::time::timeout;

use super::{
    candidate::Candidate,
    configuration::Configuration,
    engine::Engine,
    last_user,
    ready::ready,
    refusal::{is_for_want_of_a_shell, message, refusal},
    request::{Request, repository_and_tag},
};
use crate::{error::Error, process::stderr, state::StateDirectory};

/// The limit for pulling an image.
const PULL_LIMIT: Duration = Duration::from_secs(10 * 60);

/// Starts the configuration's container. A failed start leaves no container behind.
pub(super) async fn start(
    configuration: &Configuration,
    engine: &Engine,
    state: &'static StateDirectory,
) -> Result<Candidate, Error> {
    let image = image(&configuration.settings.image, engine).await?;
    let name = configuration.container_name();
    let request = Request {
        configuration,
        engine,
        state,
        image: &image,
    };
    let mut outcome = run(configuration, engine, request.with_watchdog()).await;
    if outcome.as_ref().is_err_and(is_for_want_of_a_shell) {
        engine.remove(&name).await?;
        stderr::warn(&format!(
            "the image {} has no /bin/sh, so its container cannot remove itself: it is removed when the last test \
             process ends, but stays if that process is killed, until the next container is started.",
            configuration.settings.image
        ));
        outcome = run(configuration, engine, request.alone()).await;
        last_user::register(&name, configuration.hash(), engine, state)?;
    }
    if outcome.is_err() {
        let _ = engine.remove(&name).await;
    }
    outcome
}

/// Returns the image's configuration, after pulling the image if the machine does not have it.
async fn image(name: &str, engine: &Engine) -> Result<ImageConfig, Error> {
    let unavailable = |message: String| Error::ImageUnavailable {
        image: name.to_owned(),
        message,
    };
    let mut image = engine.image(name).await?;
    if image.is_none() {
        stderr::note(&format!("pulling {name}, which is not on this machine yet"));
        let (repository, tag) = repository_and_tag(name);
        let pull = GenericImage::new(repository, tag).pull_image();
        match timeout(PULL_LIMIT, pull).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return Err(unavailable(message(&error))),
            Err(_elapsed) => {
                let limit = PULL_LIMIT.as_secs();
                return Err(unavailable(format!("the pull took longer than {limit} s")));
            }
        }
        image = engine.image(name).await?;
    }
    image
        .and_then(|image| image.config)
        .ok_or_else(|| unavailable("it is not there after it was pulled".to_owned()))
}

/// Starts the container and waits until its server answers.
async fn run(
    configuration: &Configuration,
    engine: &Engine,
    request: ContainerRequest<GenericImage>,
) -> Result<Candidate, Error> {
    match request.start().await {
        Ok(container) => {
            // Its destructor would remove the container, which other processes use.
            std::mem::forget(container);
            ready(configuration, engine).await
        }
        Err(error) => Err(refusal(
            &configuration.settings.image,
            &engine.address.bind,
            message(&error),
        )),
    }
}
