//! The end of a container as a report tells it: its exit code and the last lines of its log.
//!
//! The engine removes a container with its log when it ends, so both are collected while it runs.

use std::time::Duration;

use tokio::{sync::watch, task::AbortHandle};

use super::{
    engine::{self, Engine},
    log::Log,
};
use crate::{process::background, server::handle::End};

/// The time in which the engine says that a container has ended. The watchdog's shell outlives a server by two seconds.
const EXIT_LIMIT: Duration = Duration::from_secs(3);

/// Watches a container until this is dropped.
pub(super) struct Watch {
    log: Log,
    /// The exit code, if the engine knew it, once the container has ended.
    exit_code: watch::Receiver<Option<Option<i64>>>,
    waiting: AbortHandle,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

impl Watch {
    pub(super) fn of(engine: &Engine, name: &str) -> Self {
        let (known, exit_code) = watch::channel(None);
        let (docker, container) = (engine.docker().clone(), name.to_owned());
        let waiting = background::handle().spawn(async move {
            let code = engine::exit_code(&docker, &container).await;
            known.send_replace(Some(code));
        });
        Self {
            log: Log::follow_from_now(engine, name),
            exit_code,
            waiting: waiting.abort_handle(),
        }
    }

    /// Returns what is known of the container's end, a little later if it is not yet.
    pub(super) async fn end(&self) -> End {
        let mut exit_code = self.exit_code.clone();
        let ended = tokio::time::timeout(EXIT_LIMIT, exit_code.wait_for(Option::is_some));
        let exit_code = match ended.await {
            Ok(Ok(code)) => code.flatten(),
            _ => None,
        };
        End {
            exit_code,
            log: self.log.last_lines(),
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.waiting.abort();
    }
}
