//! The containers that this process uses: one for each distinct configuration.

mod acquire;
mod engine;
mod last_user;
mod lease;
mod ready;
mod refusal;
mod start;

pub(super) use self::lease::Lease;

use std::sync::{Arc, LazyLock};

use self::{acquire::Configuration, engine::Engine};
use super::{Server, registry::Slots};
use crate::{Error, options::ServerSettings, state::StateDirectory};

/// The server of these settings: the one that this process uses already, else the one that another process on this
/// machine has started, else a new one.
pub(super) async fn acquire(settings: &ServerSettings) -> Result<Arc<Server>, Arc<Error>> {
    static SERVERS: LazyLock<Slots> = LazyLock::new(Slots::default);
    let engine = Engine::connect().await?;
    let state = StateDirectory::open()?;
    let configuration = Configuration::new(settings, state.identity());
    let key = configuration.hash().to_owned();
    // Boxed, or its twenty kilobytes would pass through the stack of every test that never starts a container.
    let acquire = async move { acquire::acquire(&configuration, &engine, state).await };
    let acquire = Box::pin(acquire);
    SERVERS.get(&key, state, acquire).await
}
