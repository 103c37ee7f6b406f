//! The last lines of a container's log.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::StreamExt;
use testcontainers::bollard::query_parameters::LogsOptionsBuilder;

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
    pub(super) fn follow(engine: &Engine, name: &str) -> Self {
        Self::read(engine, name, "all")
    }

    /// Leaves out what is older than the last lines.
    pub(super) fn follow_from_now(engine: &Engine, name: &str) -> Self {
        Self::read(engine, name, &LINES.to_string())
    }

    fn read(engine: &Engine, name: &str, tail: &str) -> Self {
        let options = LogsOptionsBuilder::new()
            .follow(true)
            .stdout(true)
            .stderr(true)
            .tail(tail)
            .build();
        let mut stream = Box::pin(engine.docker().logs(name, Some(options)));
        let lines = Arc::new(Mutex::new(VecDeque::new()));
        let collected = lines.clone();
        let follower = background::handle().spawn(async move {
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
