//! The containers that this process uses: one for each distinct configuration.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use super::{
    Server,
    container::{self, Configuration},
    docker::Engine,
};
use crate::{Error, background, cleanup, options::ServerSettings, state::StateDirectory, turn};

/// What this process knows about one server.
type Slot = Arc<tokio::sync::Mutex<Option<Result<Arc<Server>, Arc<Error>>>>>;

/// The server of these settings: the one that this process uses already, else the one that another process on this
/// machine has started, else a new one. A failure is remembered, so that a hundred tests do not wait a hundred times.
pub(super) async fn acquire(settings: &ServerSettings) -> Result<Arc<Server>, Arc<Error>> {
    static SLOTS: OnceLock<Mutex<HashMap<String, Slot>>> = OnceLock::new();
    let engine = Engine::connect().await?;
    let state = StateDirectory::open()?;
    let configuration = Configuration::new(settings, state.identity());
    let slot = SLOTS
        .get_or_init(Mutex::default)
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .entry(configuration.hash().to_owned())
        .or_default()
        .clone();
    let mut slot = slot.lock_owned().await;
    match &*slot {
        Some(Ok(server)) if !server.is_lost() => return Ok(server.clone()),
        Some(Err(error)) => return Err(error.clone()),
        _ => {}
    }
    // On the background runtime, where the Docker client's connections and the lease live; and going on when a
    // caller gives up, as a container that was half started would be nobody's.
    let acquired = background::handle()
        .spawn(async move {
            let acquired = container::acquire(&configuration, &engine, state)
                .await
                .map(Arc::new)
                .map_err(Arc::new);
            *slot = Some(acquired.clone());
            if let Ok(server) = &acquired {
                cleanup::spawn(turn::sweep(server.clone(), state));
            }
            acquired
        })
        .await;
    acquired.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
}
