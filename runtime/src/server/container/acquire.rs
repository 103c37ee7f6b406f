//! Finds the running container of a configuration, or starts it.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use super::{
    candidate::{Candidate, FOUND_LIMIT},
    configuration::Configuration,
    engine::Engine,
    start::{STARTING, start},
    sweep::sweep,
};
use crate::{
    error::Error,
    options::ServerSettings,
    process::stderr,
    s3::http_client,
    server::{handle::Server, registry::Registry},
    state::StateDirectory,
};

/// The limit for one process to pull an image and start a container while others wait.
const START_LOCK_LIMIT: Duration = Duration::from_secs(15 * 60);

/// Returns the server of these settings: the one that this process uses already, or one that another process on this
/// machine has started, or a new one.
pub(in crate::server) async fn acquire(
    settings: &ServerSettings,
) -> Result<Arc<Server>, Arc<Error>> {
    static SERVERS: LazyLock<Registry> = LazyLock::new(Registry::default);
    http_client::prepare();
    let engine = Engine::connect().await?;
    let state = StateDirectory::open()?;
    let configuration = Configuration::new(settings, state.identity());
    let key = configuration.hash().to_owned();
    // Boxed, because its twenty kilobytes would otherwise be on the stack of every test.
    let find_or_start =
        Box::pin(async move { find_or_start(&configuration, &engine, state).await });
    SERVERS.get(&key, find_or_start).await
}

/// Returns the server of a configuration, found running or started.
async fn find_or_start(
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
    let purpose = format!("the start of the server {name}");
    let mut lock = state
        .lock(
            &Configuration::start_lock(configuration.hash()),
            &purpose,
            STARTING,
            START_LOCK_LIMIT,
        )
        .await?;
    if let Some(candidate) = wait_for_running(configuration, engine).await? {
        return candidate.into_used_server(engine, state).await;
    }
    engine.remove(&name).await?;
    sweep(engine, state).await;
    let candidate = start(configuration, engine, state, &mut lock).await?;
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
    Ok(candidate.into_server(engine))
}

/// Returns the running container of this configuration once it answers, or `None` if it ends or takes too long.
///
/// The caller holds the start lock, so the process that started the container is done or was killed meanwhile.
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
