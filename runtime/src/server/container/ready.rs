//! Waits until the server of a started container answers, and tells why it does not.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::StreamExt;
use testcontainers::bollard::query_parameters::LogsOptionsBuilder;
use tokio::time::{Instant, sleep, timeout};

use super::{
    acquire::{Candidate, Configuration},
    engine::{self, Engine},
};
use crate::{Error, s3::Failure};

/// How many of the log's last lines an error shows.
const LOG_LINES: usize = 20;
/// The waits between two requests while the server starts: from the first to the longest.
const POLL: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(100));
/// A server that refuses its own keys for so long does not do so because it is still starting.
const REFUSAL_LIMIT: Duration = Duration::from_secs(5);
/// How the watchdog's last words begin.
const NO_CONNECTION: &str = "s3-test: no connection for ";

/// Waits until a signed request succeeds.
pub(super) async fn ready(
    configuration: &Configuration,
    engine: &Engine,
) -> Result<Candidate, Error> {
    let name = configuration.container_name();
    let image = &configuration.settings.image;
    let limit = configuration.settings.startup_timeout;
    let log = Log::follow(engine, &name);
    let exited = |exit_code| {
        let (image, log) = (image.clone(), log.last_lines());
        Error::ServerExited {
            image,
            exit_code,
            log,
        }
    };
    let container = engine.container(&name).await?;
    let candidate =
        container.and_then(|container| Candidate::of(configuration, engine, &container));
    let Some(candidate) = candidate else {
        let exit_code = timeout(limit, engine::exit_code(engine.docker(), &name)).await;
        return Err(exited(exit_code.unwrap_or_default()));
    };
    let mut last_failure = None;
    let start = Instant::now();
    let answered = tokio::select! {
        answered = timeout(limit, first_answer(&candidate, &mut last_failure)) => answered.ok(),
        exit_code = engine::exit_code(engine.docker(), &name) => {
            // Where the server listens but nobody can connect, the watchdog is the first to lose patience.
            if !log.last_lines().iter().any(|line| line.starts_with(NO_CONNECTION)) {
                return Err(exited(exit_code));
            }
            None
        }
    };
    let (image, endpoint, log) = (image.clone(), candidate.endpoint.clone(), log.last_lines());
    match (answered, last_failure) {
        (Some(Ok(())), _) => Ok(candidate),
        (Some(Err(message)), _) => Err(Error::KeysRefused { endpoint, message }),
        (None, Some(Failure::Unreachable(message))) => Err(Error::ServerUnreachable {
            image,
            endpoint,
            limit: Duration::from_secs(start.elapsed().as_secs()),
            message,
            log,
        }),
        (None, failure) => Err(Error::ServerNotReady {
            image,
            limit,
            last_answer: failure
                .map_or_else(|| "no answer".to_owned(), |failure| failure.to_string()),
            log,
        }),
    }
}

/// Asks until the server does what it is asked; fails when it goes on refusing its keys.
async fn first_answer(
    candidate: &Candidate,
    last_failure: &mut Option<Failure>,
) -> Result<(), String> {
    let (mut pause, longest) = POLL;
    let mut first_refusal = None;
    loop {
        let failure = match candidate.admin.check().await {
            Ok(()) => return Ok(()),
            Err(failure) => failure,
        };
        match &failure {
            Failure::Refused(http::StatusCode::FORBIDDEN, message) => {
                let since = *first_refusal.get_or_insert_with(Instant::now);
                if since.elapsed() >= REFUSAL_LIMIT {
                    return Err(message.clone());
                }
            }
            _ => first_refusal = None,
        }
        *last_failure = Some(failure);
        sleep(pause).await;
        pause = (pause * 2).min(longest);
    }
}

/// The last lines of a container's log, collected while it runs: they are gone when the engine removes it.
struct Log {
    lines: Arc<Mutex<VecDeque<String>>>,
    follower: tokio::task::AbortHandle,
}

impl Log {
    fn follow(engine: &Engine, name: &str) -> Self {
        let options = LogsOptionsBuilder::new()
            .follow(true)
            .stdout(true)
            .stderr(true)
            .build();
        let mut stream = Box::pin(engine.docker().logs(name, Some(options)));
        let lines = Arc::new(Mutex::new(VecDeque::new()));
        let collected = lines.clone();
        let follower = tokio::spawn(async move {
            while let Some(Ok(output)) = stream.next().await {
                let mut lines = collected.lock().unwrap_or_else(PoisonError::into_inner);
                let text = output.to_string();
                lines.extend(text.lines().map(|line| line.trim_end().to_owned()));
                let excess = lines.len().saturating_sub(LOG_LINES);
                lines.drain(..excess);
            }
        });
        let follower = follower.abort_handle();
        Self { lines, follower }
    }

    fn last_lines(&self) -> Vec<String> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().cloned().collect()
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.follower.abort();
    }
}
