//! Starts a container, and pulls its image if the machine does not have it.

use std::{sync::Once, time::Duration};

use testcontainers::{bollard::models::ImageConfig, runners::AsyncRunner};

use super::{
    candidate::Candidate,
    configuration::Configuration,
    engine::Engine,
    extras::Extras,
    last_user,
    product::Product,
    pull::pull,
    ready::ready,
    refusal::{is_for_want_of_a_shell, message, refusal},
    request::Request,
};
use crate::{
    error::Error,
    process::stderr,
    state::{FileLock, StateDirectory},
};

/// The words by which a process says that it starts a container.
pub(super) const STARTING: &str = "starting it";
/// The limit for another process to pull an image.
const PULL_LOCK_LIMIT: Duration = Duration::from_secs(11 * 60);

/// Starts the configuration's container. A failed start leaves no container behind. `lock` is that of the start.
pub(super) async fn start(
    configuration: &Configuration,
    engine: &Engine,
    state: &'static StateDirectory,
    lock: &mut FileLock,
) -> Result<Candidate, Error> {
    let image = image(&configuration.settings.image, engine, state, lock).await?;
    let name = configuration.container_name();
    let product = Product::ask(engine.docker()).await;
    let mut request = Request {
        configuration,
        engine,
        product: &product,
        state,
        image: &image,
        extras: Extras::default(),
        watched: true,
    };
    let mut refusal = None;
    loop {
        let error = match run(&request).await {
            Ok(candidate) => {
                say_what_it_lacks(&request, refusal);
                return Ok(candidate);
            }
            Err(error) => error,
        };
        engine.remove(&name).await?;
        if request.watched && is_for_want_of_a_shell(&error) {
            stderr::warn(&format!(
                "the image {} has no /bin/sh, so its container cannot remove itself: it is removed when the last test \
                 process ends, but stays if that process is killed, until the next container is started.",
                configuration.settings.image
            ));
            request.watched = false;
            last_user::register(&name, configuration.hash(), engine, state)?;
            continue;
        }
        let Error::ContainerRefused { message, .. } = &error else {
            return Err(error);
        };
        match request.extras.after(message) {
            Some(extras) => request.extras = extras,
            None => return Err(refusal.unwrap_or(error)),
        }
        refusal = Some(error);
    }
}

/// Says once what a container lacks because the engine refused it.
fn say_what_it_lacks(request: &Request<'_>, refusal: Option<Error>) {
    static SAID: Once = Once::new();
    if let (
        Some(lacking),
        Some(Error::ContainerRefused {
            engine, message, ..
        }),
    ) = (request.extras.lacking(), refusal)
    {
        SAID.call_once(|| {
            stderr::note(&format!(
                "the container runs without {lacking}, which {engine} refuses: {message}"
            ));
        });
    }
}

/// Returns the image's configuration, after pulling the image if the machine does not have it.
async fn image(
    name: &str,
    engine: &Engine,
    state: &StateDirectory,
    start: &mut FileLock,
) -> Result<ImageConfig, Error> {
    let unavailable = |message: String| Error::ImageUnavailable {
        image: name.to_owned(),
        message,
    };
    let mut image = engine.image(name).await?;
    if image.is_none() {
        let doing = format!("pulling {name}");
        // Processes that wait for the start read it. They can do without.
        let _ = start.set_holder(&doing);
        // Servers of other configurations have other locks, and may need the same image.
        let purpose = format!("the pull of {name}");
        let _pull = state
            .lock(&lock_name(name), &purpose, &doing, PULL_LOCK_LIMIT)
            .await?;
        image = engine.image(name).await?;
        if image.is_none() {
            stderr::note(&format!("pulling {name}, which is not on this machine yet"));
            pull(name, engine).await.map_err(unavailable)?;
            image = engine.image(name).await?;
        }
        let _ = start.set_holder(STARTING);
    }
    image
        .and_then(|image| image.config)
        .ok_or_else(|| unavailable("it is not there after it was pulled".to_owned()))
}

/// Returns the name of the lock that a process holds while it pulls an image.
fn lock_name(image: &str) -> String {
    let readable = |character: char| {
        if character.is_ascii_alphanumeric() {
            character
        } else {
            '-'
        }
    };
    format!(
        "pull-{}.lock",
        image.chars().map(readable).collect::<String>()
    )
}

/// Starts the container and waits until its server answers.
async fn run(request: &Request<'_>) -> Result<Candidate, Error> {
    let Request {
        configuration,
        engine,
        product,
        ..
    } = request;
    match request.build().start().await {
        Ok(container) => {
            // Its destructor would remove the container, which other processes use.
            std::mem::forget(container);
            ready(configuration, engine).await
        }
        Err(error) => Err(refusal(
            &configuration.settings.image,
            &product.name,
            &engine.address.bind,
            message(&error),
        )),
    }
}
