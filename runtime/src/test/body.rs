//! A test's body: on a runtime and a thread of its own, under its limits, with its panic caught.

use std::{
    any::Any,
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use humantime::format_duration;
use tokio::{runtime, sync::oneshot};

use super::{BlockingBody, Body, Buckets};
use crate::{options::RuntimeSettings, parameters::BoxError, process::background, server::Server};

/// How long a body that has run into its timeout may take to be dropped before its thread is left behind.
const CANCELLATION_LIMIT: Duration = Duration::from_secs(1);

/// How a test's body ended.
pub(crate) enum Outcome {
    Returned(ExitCode),
    Panicked(Box<dyn Any + Send>),
    /// It did not run to its end; the message says why.
    Unfinished(String),
}

/// Runs an asynchronous body on this thread, until it ends or its server is gone; with a limit on a thread of its own,
/// which is left behind when the body does not let itself be cancelled.
pub(crate) fn run(
    limit: Option<Duration>,
    settings: RuntimeSettings,
    body: Body,
    buckets: Buckets,
    server: Arc<Server>,
) -> Outcome {
    let Some(limit) = limit else {
        return run_here(settings, body, buckets, &server, pending::<()>());
    };
    let (cancel, cancelled) = oneshot::channel::<()>();
    let (ended, outcome) = mpsc::channel();
    let started = start(move || {
        let _ = ended.send(run_here(settings, body, buckets, &server, cancelled));
    });
    if let Err(message) = started {
        return Outcome::Unfinished(message);
    }
    if let Ok(outcome) = outcome.recv_timeout(limit) {
        return outcome;
    }
    drop(cancel);
    let left_behind = match outcome.recv_timeout(CANCELLATION_LIMIT) {
        Ok(_) => "",
        Err(_) => {
            " It blocks its thread, which is left running until the process ends: await instead of blocking."
        }
    };
    Outcome::Unfinished(format!("{}{left_behind}", too_long(limit)))
}

/// Runs a body that may block on a thread of its own, which is left behind when the limit is reached or the server is
/// gone.
pub(crate) fn run_blocking(
    limit: Option<Duration>,
    body: BlockingBody,
    buckets: Buckets,
    server: Arc<Server>,
) -> Outcome {
    let (ended, end) = oneshot::channel();
    let started = start(move || {
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            // What the parameters leave running goes on here while the body blocks.
            match background::handle().block_on(body(buckets)) {
                Ok(call) => Outcome::Returned(call()),
                Err(error) => Outcome::Unfinished(no_parameter(&error)),
            }
        }));
        let _ = ended.send(outcome.unwrap_or_else(Outcome::Panicked));
    });
    if let Err(message) = started {
        return Outcome::Unfinished(message);
    }
    background::handle().block_on(async {
        tokio::select! {
            biased;
            outcome = end => outcome.unwrap_or_else(|_| Outcome::Unfinished("the thread of the test's body is gone".to_owned())),
            () = server.lost() => Outcome::Unfinished(gone(&server)),
            limit = elapsed(limit) => Outcome::Unfinished(format!(
                "{} Its thread is left running until the process ends.",
                too_long(limit)
            )),
        }
    })
}

async fn elapsed(limit: Option<Duration>) -> Duration {
    match limit {
        Some(limit) => {
            tokio::time::sleep(limit).await;
            limit
        }
        None => pending().await,
    }
}

/// Runs the body on a runtime of its own on this thread, until it ends, its server is gone, or `cancelled` is ready.
fn run_here(
    settings: RuntimeSettings,
    body: Body,
    buckets: Buckets,
    server: &Server,
    cancelled: impl Future,
) -> Outcome {
    let run = AssertUnwindSafe(|| {
        let runtime = build_runtime(settings);
        let ended = runtime.block_on(async {
            tokio::select! {
                biased;
                result = body(buckets) => Some(result),
                () = server.lost() => None,
                _ = cancelled => None,
            }
        });
        match ended {
            Some(Ok(code)) => Outcome::Returned(code),
            Some(Err(error)) => Outcome::Unfinished(no_parameter(&error)),
            None => {
                // Not waiting for what the body may have left on other threads.
                runtime.shutdown_background();
                Outcome::Unfinished(gone(server))
            }
        }
    });
    catch_unwind(run).unwrap_or_else(Outcome::Panicked)
}

/// Runs something on a thread of its own.
fn start(run: impl FnOnce() + Send + 'static) -> Result<(), String> {
    // The name under which a panic's message shows the test.
    let name = thread::current().name().unwrap_or("test").to_owned();
    let spawned = thread::Builder::new().name(name).spawn(run);
    spawned.map(drop).map_err(|error| {
        format!(
            "the operating system gave no thread for the test's body: {error}. Run fewer tests at once \
             (`--test-threads`)."
        )
    })
}

fn build_runtime(settings: RuntimeSettings) -> runtime::Runtime {
    let mut builder = match settings {
        RuntimeSettings::CurrentThread { start_paused } => {
            let mut builder = runtime::Builder::new_current_thread();
            builder.start_paused(start_paused);
            builder
        }
        RuntimeSettings::MultiThread { worker_threads } => {
            let mut builder = runtime::Builder::new_multi_thread();
            worker_threads.map(|count| builder.worker_threads(count));
            builder
        }
    };
    builder
        .enable_all()
        .build()
        .expect("the operating system gives the test a runtime")
}

fn no_parameter(error: &BoxError) -> String {
    format!(
        "a parameter of the test could not be made from its bucket: {error}. Correct the `FromBucket` implementation of \
         its type."
    )
}

fn gone(server: &Server) -> String {
    format!(
        "the server is gone: {} was stopped, killed or has crashed while the test ran. Run the test again; it gets a \
         new server.",
        server.description
    )
}

fn too_long(limit: Duration) -> String {
    format!(
        "the test's body did not end within its timeout of {}. Find what it waits for, or raise the option `timeout` \
         (variable S3_TEST_TIMEOUT).",
        format_duration(limit)
    )
}
