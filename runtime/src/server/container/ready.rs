//! Waits until the server of a started container answers, and explains why it does not.

use std::time::Duration;

use http::StatusCode;
use tokio::time::{Instant, timeout};

use super::{
    candidate::Candidate,
    configuration::Configuration,
    engine::{self, Engine},
    log::Log,
};
use crate::{
    error::Error,
    s3::Failure,
    server::ready::{Verdict, first_answer},
};

/// The beginning of the watchdog's last message.
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
        answered = timeout(limit, first_answer(&candidate.admin, judge, &mut last_failure)) => answered.ok(),
        exit_code = engine::exit_code(engine.docker(), &name) => {
            // If the server listens but nobody can connect, the watchdog ends the container first.
            if !log.last_lines().iter().any(|line| line.starts_with(NO_CONNECTION)) {
                return Err(exited(exit_code));
            }
            None
        }
    };
    let (image, endpoint, log) = (image.clone(), candidate.endpoint.clone(), log.last_lines());
    match (answered, last_failure) {
        (Some(Ok(())), _) => Ok(candidate),
        (Some(Err(refusal)), _) if refusal.is_about_clocks() => Err(Error::ClocksApart {
            endpoint,
            message: refusal.to_string(),
        }),
        (Some(Err(refusal)), _) => Err(Error::KeysRefused {
            image,
            message: match refusal {
                Failure::Refused(_, message) => message,
                other => other.to_string(),
            },
        }),
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

/// A server that goes on refusing its own keys has others.
fn judge(failure: &Failure) -> Verdict {
    match failure {
        Failure::Refused(StatusCode::FORBIDDEN, _) => Verdict::Refusing,
        _ => Verdict::Starting,
    }
}
