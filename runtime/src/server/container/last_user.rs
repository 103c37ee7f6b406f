//! Containers without a watchdog, because their image has no shell: the last test process that uses one removes it.
//!
//! Every process that uses such a container holds a shared lock. Who can take the lock for itself alone is the last.

use super::engine::Engine;
use crate::{
    Error,
    process::{exit, stderr},
    state::{FileLock, StateDirectory},
};

fn lock_name(hash: &str) -> String {
    format!("users-{hash}.lock")
}

/// Has this process remove the container at its end, unless another one still uses it.
pub(super) fn register(
    name: &str,
    hash: &str,
    engine: &Engine,
    state: &'static StateDirectory,
) -> Result<(), Error> {
    let user = state.share(&lock_name(hash))?;
    let (name, engine) = (name.to_owned(), engine.clone());
    exit::at_exit(async move {
        let Some(_alone) = user.alone() else { return };
        if let Err(error) = engine.remove(&name).await {
            stderr::warn(&format!("the container {name} stays behind: {error}"));
        }
    });
    Ok(())
}

/// The lock of a container that nobody uses any more, its last user having been killed.
pub(super) fn abandoned(hash: &str, state: &StateDirectory) -> Option<FileLock> {
    state.try_lock(&lock_name(hash), "sweeping").ok()?
}
