//! The servers that this process shares with others, one for each distinct configuration.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::handle::Server;
use crate::{error::Error, process::background};

/// The outcome of acquiring one server.
type Entry = Arc<tokio::sync::Mutex<Option<Result<Arc<Server>, Arc<Error>>>>>;

/// The shared servers of one backend, by configuration.
#[derive(Default)]
pub(super) struct Registry(Mutex<HashMap<String, Entry>>);

impl Registry {
    /// Returns the server that this process uses already, or acquires one. It remembers a failure, so that a hundred tests
    /// do not wait a hundred times.
    pub(super) async fn get(
        &self,
        key: &str,
        acquire: impl Future<Output = Result<Server, Error>> + Send + 'static,
    ) -> Result<Arc<Server>, Arc<Error>> {
        let entry = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(key.to_owned())
            .or_default()
            .clone();
        let mut entry = entry.lock_owned().await;
        match &*entry {
            Some(Ok(server)) if !server.is_lost() => return Ok(server.clone()),
            Some(Err(error)) => return Err(error.clone()),
            _ => {}
        }
        // It runs on the background runtime, where the connections live, and goes on if the caller gives up: nobody would
        // own a half-started container.
        let acquired = background::handle()
            .spawn(async move {
                let acquired = acquire.await.map(Arc::new).map_err(Arc::new);
                *entry = Some(acquired.clone());
                acquired
            })
            .await;
        acquired.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
    }
}
