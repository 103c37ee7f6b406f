//! Removes a container without a watchdog, because its image has no shell, when its last user ends.
//!
//! Every process that uses such a container holds a shared lock. The one that can take the lock alone is the last.

use super::engine::Engine;
use crate::{
    error::Error,
    process::{
        exit::{self, Stage},
        stderr,
    },
    state::{FileLock, StateDirectory},
};

fn lock_name(hash: &str) -> String {
    format!("users-{hash}.lock")
}

/// Makes this process remove the container at its end, unless another one still uses it.
pub(super) fn register(
    name: &str,
    hash: &str,
    engine: &Engine,
    state: &'static StateDirectory,
) -> Result<(), Error> {
    let user = state.share(&lock_name(hash))?;
    let (name, engine) = (name.to_owned(), engine.clone());
    exit::at_exit(Stage::Servers, async move {
        let Some(_alone) = user.alone() else { return };
        if let Err(error) = engine.remove(&name).await {
            stderr::warn(&format!("the container {name} stays behind: {error}"));
        }
    });
    Ok(())
}

/// Takes the lock of a container whose last user was killed.
pub(super) fn take_abandoned(hash: &str, state: &StateDirectory) -> Option<FileLock> {
    state.try_lock(&lock_name(hash), "sweeping").ok()?
}
