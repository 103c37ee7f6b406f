//! Removes containers that killed processes left behind and in which no watchdog runs.

use testcontainers::bollard::models::ContainerSummaryStateEnum;

use super::{
    configuration::{
        CONFIGURATION_LABEL, Configuration, HASH_DIGITS, IDENTITY_LABEL, IDLE_TIMEOUT_LABEL,
    },
    engine::Engine,
    last_user,
};
use crate::state::{StateDirectory, bucket_lock};

/// Removes containers that were created but never started, and abandoned ones of an image without a shell.
pub(super) async fn sweep(engine: &Engine, state: &StateDirectory) {
    let label = format!("{IDENTITY_LABEL}={}", state.identity());
    let Ok(containers) = engine.containers(vec![label]).await else {
        return;
    };
    let is_present = |hash: &str| {
        containers.iter().any(|container| {
            let labels = container.labels.iter().flatten();
            labels
                .into_iter()
                .any(|(name, value)| name == CONFIGURATION_LABEL && value == hash)
        })
    };
    bucket_lock::forget(state, HASH_DIGITS, is_present);
    for container in containers {
        let labels = container.labels.unwrap_or_default();
        let (Some(id), Some(hash)) = (container.id, labels.get(CONFIGURATION_LABEL)) else {
            continue;
        };
        let stale = match container.state {
            // A process that is about to start it holds its lock.
            Some(ContainerSummaryStateEnum::CREATED) => state
                .try_lock(&Configuration::start_lock(hash), "sweeping")
                .ok()
                .flatten(),
            _ if !labels.contains_key(IDLE_TIMEOUT_LABEL) => last_user::take_abandoned(hash, state),
            _ => None,
        };
        if stale.is_some() {
            let _ = engine.remove(&id).await;
        }
    }
}
