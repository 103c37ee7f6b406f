//! The backend `auto`: a container, or the embedded server if no container can be had.

use std::{
    sync::{Arc, Once},
    time::Duration,
};

use super::{container, embedded, handle::Server};
use crate::{error::Error, options::ServerSettings, process::stderr, state::StateDirectory};

/// The time for which other processes believe that no container can be had. Two hundred of them must not each wait for a
/// registry or a silent engine.
const REMEMBERED: Duration = Duration::from_secs(60);

pub(super) async fn acquire(settings: &ServerSettings) -> Result<Arc<Server>, Arc<Error>> {
    let state = StateDirectory::open().ok();
    let note = note_name(settings);
    let reason = match state.and_then(|state| state.recall(&note, REMEMBERED)) {
        Some(reason) => reason,
        None => match container::acquire(settings).await {
            Err(error) if no_container_can_be_had(&error) => {
                let reason = error.to_string();
                if let Some(state) = state {
                    state.remember(&note, &reason);
                }
                reason
            }
            acquired => return acquired,
        },
    };
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        stderr::note(&format!(
            "tests run on the embedded server, because {reason} Set S3_TEST_BACKEND=container (or `backend = \
             \"container\"`) to make this an error, or S3_TEST_BACKEND=embedded to be silent about it."
        ));
    });
    embedded::start(settings).map_err(Arc::new)
}

/// Returns true if there is no engine, no image, or an engine that starts no container. A container that starts and fails is an error that the user must see.
fn no_container_can_be_had(error: &Error) -> bool {
    matches!(
        error,
        Error::DockerNotFound { .. }
            | Error::DockerRefused { .. }
            | Error::DockerPermissionDenied { .. }
            | Error::DockerSilent { .. }
            | Error::ImageUnavailable { .. }
            | Error::ContainerRefused { .. }
    )
}

/// Returns the name of the note for this engine and image.
fn note_name(settings: &ServerSettings) -> String {
    let host = std::env::var("DOCKER_HOST").unwrap_or_default();
    let readable = |character: char| {
        if character.is_ascii_alphanumeric() {
            character
        } else {
            '-'
        }
    };
    format!(
        "no-container-{}",
        format!("{host}-{}", settings.image)
            .chars()
            .map(readable)
            .collect::<String>()
    )
}
