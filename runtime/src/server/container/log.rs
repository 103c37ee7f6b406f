//! The last lines of a container's log.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::StreamExt;
use testcontainers::bollard::query_parameters::LogsOptionsBuilder;
use tokio::time::sleep;

use super::engine::Engine;
use crate::process::background;

/// The number of lines that an error or a report shows.
const LINES: usize = 20;

/// The last lines of a container's log, collected while it runs. The engine removes them with the container.
pub(super) struct Log {
    lines: Arc<Mutex<VecDeque<String>>>,
    follower: tokio::task::AbortHandle,
}

impl Log {
    pub(super) fn follow(name: &str) -> Self {
        Self::read(name, "all", Duration::ZERO)
    }

    /// Leaves out what is older than the last lines, and begins after `pause`.
    pub(super) fn follow_from_now(name: &str, pause: Duration) -> Self {
        Self::read(name, &LINES.to_string(), pause)
    }

    fn read(name: &str, tail: &str, pause: Duration) -> Self {
        let options = LogsOptionsBuilder::new()
            .follow(true)
            .stdout(true)
            .stderr(true)
            .tail(tail)
            .build();
        let name = name.to_owned();
        let lines = Arc::new(Mutex::new(VecDeque::new()));
        let collected = lines.clone();
        let follower = background::handle().spawn(async move {
            sleep(pause).await;
            let Ok(engine) = Engine::connect().await else {
                return;
            };
            let mut stream = Box::pin(engine.docker().logs(&name, Some(options)));
            while let Some(Ok(output)) = stream.next().await {
                let mut lines = collected.lock().unwrap_or_else(PoisonError::into_inner);
                let text = output.to_string();
                lines.extend(text.lines().map(|line| line.trim_end().to_owned()));
                let excess = lines.len().saturating_sub(LINES);
                lines.drain(..excess);
            }
        });
        let follower = follower.abort_handle();
        Self { lines, follower }
    }

    pub(super) fn last_lines(&self) -> Vec<String> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().cloned().collect()
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.follower.abort();
    }
}
