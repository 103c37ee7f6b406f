//! The servers that this process shares with others: one for each distinct configuration.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::Server;
use crate::{
    Error,
    bucket::lock,
    process::{background, exit},
    state::StateDirectory,
};

/// What this process knows about one server.
type Slot = Arc<tokio::sync::Mutex<Option<Result<Arc<Server>, Arc<Error>>>>>;

/// The servers by what tells them apart.
#[derive(Default)]
pub(super) struct Slots(Mutex<HashMap<String, Slot>>);

impl Slots {
    /// The server that this process uses already, else the one that `acquire` gets hold of. A failure is remembered, so
    /// that a hundred tests do not wait a hundred times.
    pub(super) async fn get(
        &self,
        key: &str,
        state: &'static StateDirectory,
        acquire: impl Future<Output = Result<Server, Error>> + Send + 'static,
    ) -> Result<Arc<Server>, Arc<Error>> {
        let slot = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(key.to_owned())
            .or_default()
            .clone();
        let mut slot = slot.lock_owned().await;
        match &*slot {
            Some(Ok(server)) if !server.is_lost() => return Ok(server.clone()),
            Some(Err(error)) => return Err(error.clone()),
            _ => {}
        }
        // On the background runtime, where the connections to the engine and the server live; and going on when a
        // caller gives up, as a container that was half started would be nobody's.
        let acquired = background::handle()
            .spawn(async move {
                let acquired = acquire.await.map(Arc::new).map_err(Arc::new);
                *slot = Some(acquired.clone());
                if let Ok(server) = &acquired {
                    exit::spawn(lock::sweep(server.clone(), state));
                }
                acquired
            })
            .await;
        acquired.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
    }
}
