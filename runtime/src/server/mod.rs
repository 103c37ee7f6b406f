//! Where buckets live. One server per process for each distinct configuration.

mod container;
mod docker;
mod lease;
mod start;
mod users;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use self::lease::Lease;
use crate::{
    Backend, Error,
    admin::{Admin, Failure},
    background, cleanup,
    options::ServerSettings,
    state::StateDirectory,
    turn,
};

/// How long a server may take to show that it is still there.
const LOOK_LIMIT: Duration = Duration::from_secs(2);

/// A server that is ready to take requests, kept alive as long as this lives.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) backend: Backend,
    /// What it is, for people: the image and the container.
    pub(crate) description: String,
    /// `http://host:port`, without a slash at the end.
    pub(crate) endpoint: String,
    /// The web console, where the server has one.
    pub(crate) console_url: Option<String>,
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
    pub(crate) region: String,
    /// Tells the server from every other one, as part of the names of locks.
    pub(crate) identity: String,
    pub(crate) admin: Admin,
    lease: Lease,
}

impl Server {
    /// Finds out whether the server is still there, for somebody whose request has failed.
    pub(crate) async fn look(&self) {
        let check = tokio::time::timeout(LOOK_LIMIT, self.admin.check());
        // Slow is not gone: the lease tells where a connection was made.
        if let Ok(Err(Failure::Unreachable(_))) = check.await {
            self.lease.server_is_gone();
        }
    }

    /// Whether the server is known to be gone.
    pub(crate) fn is_lost(&self) -> bool {
        self.lease.is_lost()
    }

    /// Returns when the server is gone.
    pub(crate) async fn lost(&self) {
        self.lease.lost().await;
    }
}

/// What this process knows about one server.
type Slot = Arc<tokio::sync::Mutex<Option<Result<Arc<Server>, Arc<Error>>>>>;

/// The server of these settings: the one that this process uses already, else the one that another process on this
/// machine has started, else a new one. A failure is remembered, so that a hundred tests do not wait a hundred times.
pub(crate) async fn acquire(
    settings: &ServerSettings,
    state: &'static StateDirectory,
) -> Result<Arc<Server>, Arc<Error>> {
    static SLOTS: OnceLock<Mutex<HashMap<String, Slot>>> = OnceLock::new();
    let configuration = container::Configuration::new(settings, state.identity());
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
            let acquired = container::acquire(&configuration, state)
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
