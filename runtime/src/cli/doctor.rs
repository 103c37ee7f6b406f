//! `s3-test doctor`: tells what tests would run on here, and what is in their way.

use std::process::ExitCode;

use clap::Args;
use tokio::time::Instant;

use super::{
    output::{Outcome, print},
    settings::{package, settings},
};
use crate::{
    options::{RequestedBackend, ServerSettings, Settings},
    parameters::BoxError,
    server::{self, survey::Survey},
    state::StateDirectory,
};

/// Check what tests need, one thing after the other, each with what to do.
///
/// The checks use the server as a test would: a container is started if none runs, and goes after its idle timeout. Nothing is
/// pulled. The exit code is 0 if tests can run.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {}

/// The results so far.
#[derive(Default)]
struct Checks {
    problems: usize,
}

impl Checks {
    fn line(mark: &str, subject: &str, text: &str) -> Result<(), BoxError> {
        Ok(print(&format!("{mark:<8} {subject:<9} {text}\n"))?)
    }

    /// Prints a result and returns it if it is good.
    fn result<T>(
        &mut self,
        subject: &str,
        result: Result<(T, String), String>,
    ) -> Result<Option<T>, BoxError> {
        match result {
            Ok((value, text)) => {
                Self::line("ok", subject, &text)?;
                Ok(Some(value))
            }
            Err(problem) => {
                self.problems += 1;
                Self::line("PROBLEM", subject, &problem)?;
                Ok(None)
            }
        }
    }

    fn skipped(subjects: &[&str], reason: &str) -> Result<(), BoxError> {
        for subject in subjects {
            Self::line("skipped", subject, reason)?;
        }
        Ok(())
    }
}

pub(super) async fn doctor(_: Arguments) -> Outcome {
    let mut checks = Checks::default();
    let Some(settings) = checks.result("options", options())? else {
        return Ok(ExitCode::FAILURE);
    };
    let state = StateDirectory::open()
        .map(|state| ((), format!("{} holds the locks", state.path().display())))
        .map_err(|error| error.to_string());
    checks.result("state", state)?;
    let wanted = settings.backend;
    if wanted == RequestedBackend::External {
        checks.result("service", external(&settings).await)?;
    }
    if matches!(wanted, RequestedBackend::Auto | RequestedBackend::Container) {
        container(&mut checks, &settings.server).await?;
    }
    let no_container = checks.problems > 0;
    if matches!(wanted, RequestedBackend::Auto | RequestedBackend::Embedded) {
        checks.result(
            "embedded",
            answers(RequestedBackend::Embedded, &settings.server).await,
        )?;
    }
    let (verdict, code) = match wanted {
        RequestedBackend::Auto if no_container && checks.problems == 1 => (
            "Tests run on the embedded server, because the backend is `auto` and no container can be had.",
            ExitCode::SUCCESS,
        ),
        _ if checks.problems == 0 => ("Tests can run.", ExitCode::SUCCESS),
        _ => ("Tests cannot run like this.", ExitCode::FAILURE),
    };
    print(&format!("\n{verdict}\n"))?;
    Ok(code)
}

fn options() -> Result<(Settings, String), String> {
    let read = || {
        let settings = settings()?;
        let folder = package()?.display().to_string();
        Ok::<_, BoxError>((settings, folder))
    };
    let (settings, folder) = read().map_err(|error| error.to_string())?;
    let backend = match settings.backend {
        RequestedBackend::Auto => "auto",
        RequestedBackend::Container => "container",
        RequestedBackend::Embedded => "embedded",
        RequestedBackend::External => "external",
    };
    let text = format!("backend `{backend}`, for tests in {folder}");
    Ok((settings, text))
}

async fn external(settings: &Settings) -> Result<((), String), String> {
    answers(RequestedBackend::External, &settings.server).await
}

/// Acquires a server as a test does, which includes a signed request.
async fn answers(
    backend: RequestedBackend,
    settings: &ServerSettings,
) -> Result<((), String), String> {
    let start = Instant::now();
    match server::acquire(backend, settings).await {
        Ok(server) => Ok((
            (),
            format!(
                "{} answered at {} after {} ms",
                server.description,
                server.endpoint,
                start.elapsed().as_millis()
            ),
        )),
        Err(error) => Err(error.to_string()),
    }
}

/// Checks what a container needs, from the engine to the lease. What depends on a failure is skipped.
async fn container(checks: &mut Checks, settings: &ServerSettings) -> Result<(), BoxError> {
    let engine = match Survey::begin().await {
        Ok(survey) => {
            let text = format!("{} answers", survey.engine().await);
            Ok((survey, text))
        }
        Err(error) => Err(error.to_string()),
    };
    let Some(survey) = checks.result("engine", engine)? else {
        return Checks::skipped(&["image", "ports", "lease"], "there is no engine to ask");
    };
    let image = &settings.image;
    let here = match survey.has_image(image).await {
        Ok(true) => Ok(((), format!("{image} is on this machine"))),
        Ok(false) => Err(format!(
            "{image} is not on this machine. The first test pulls it, within its own time; `docker pull {image}` or \
             `s3-test up` does so now."
        )),
        Err(error) => Err(error.to_string()),
    };
    if checks.result("image", here)?.is_none() {
        return Checks::skipped(&["ports", "lease"], "there is no image to start");
    }
    let start = Instant::now();
    let server = match server::acquire(RequestedBackend::Container, settings).await {
        Ok(server) => {
            let milliseconds = start.elapsed().as_millis();
            let text = format!("{} answered after {milliseconds} ms", server.endpoint);
            Ok((server, text))
        }
        Err(error) => Err(error.to_string()),
    };
    let Some(server) = checks.result("ports", server)? else {
        return Checks::skipped(&["lease"], "there is no server to hold one on");
    };
    let containers = survey.containers().await?;
    let own = containers
        .iter()
        .find(|container| Some(container.identity.as_str()) == server.shared_identity());
    let lease = match own.and_then(|container| Some((container, container.connections?))) {
        Some((container, count)) if count > 0 => Ok((
            (),
            format!(
                "{} sees this process ({count} open connections)",
                container.name
            ),
        )),
        Some((container, _)) => Err(format!(
            "{} sees no connection of this process, so it may end while tests use it. Is there a proxy between this machine \
             and its engine that closes idle connections?",
            container.name
        )),
        None => Ok(((), "not to be seen: the image has no shell".to_owned())),
    };
    checks.result("lease", lease)?;
    Ok(())
}
