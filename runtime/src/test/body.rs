//! The body of a test: on a runtime and a thread of its own, under its limits, with its panic caught.
//!
//! Each test's body has a type of its own. [`body`] erases it and is all that is compiled for each test; everything else
//! is compiled once, with s3-test.

use std::{
    any::Any,
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    process::ExitCode,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use humantime::format_duration;
use tokio::{runtime, sync::oneshot};

use super::setup::SetUpFailed;
use crate::{
    options::RuntimeSettings,
    parameters::{Arguments, BoxError, Parameters},
    process::background,
    server::Server,
};

/// The time that a body has to end after its timeout has cancelled it. Then its thread is left behind.
const CANCELLATION_LIMIT: Duration = Duration::from_secs(1);

/// The asynchronous part of a test. It stays on the thread that polls it first, so it need not be `Send`.
pub type Body<'a> = Pin<Box<dyn Future<Output = Conclusion> + 'a>>;

/// The rest of a test, to be called outside of its runtime, since the `Termination::report` of a test's own type may block.
pub type Conclusion = Box<dyn FnOnce() -> ExitCode>;

/// Erases the types of a body and of the value that it returns.
pub fn body<'a, T: 'static>(
    body: impl Future<Output = T> + 'a,
    report: fn(T) -> ExitCode,
) -> Body<'a> {
    erased(Box::pin(body), report)
}

/// Erases the type of the returned value. It is compiled once for each such type.
fn erased<'a, T: 'static>(
    body: Pin<Box<dyn Future<Output = T> + 'a>>,
    report: fn(T) -> ExitCode,
) -> Body<'a> {
    Box::pin(async move {
        let value = body.await;
        Box::new(move || report(value)) as Conclusion
    })
}

/// Calls the user's function, as the attribute writes it.
type TestBody = for<'a> fn(&mut Arguments<'a>) -> Body<'a>;

/// The end of a body.
pub(crate) enum Outcome {
    Returned(ExitCode),
    Panicked(Box<dyn Any + Send>),
    /// It did not run to its end; the message says why.
    Unfinished(String),
}

/// Runs an asynchronous body on this thread until it ends or its server is gone. With a time limit it runs on a thread
/// of its own instead, which is left behind when the body cannot be cancelled.
pub(crate) fn run(
    limit: Option<Duration>,
    settings: RuntimeSettings,
    body: TestBody,
    parameters: Parameters,
    server: Arc<Server>,
) -> Outcome {
    let Some(limit) = limit else {
        return run_here(settings, body, parameters, &server, pending::<()>());
    };
    let (cancel, cancelled) = oneshot::channel::<()>();
    let (ended, outcome) = mpsc::channel();
    let started = start(move || {
        let _ = ended.send(run_here(settings, body, parameters, &server, cancelled));
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

/// Runs a body that may block on a thread of its own. The thread is left behind when the time limit is reached or the
/// server is gone.
pub(crate) fn run_blocking(
    limit: Option<Duration>,
    body: fn(&mut Arguments<'_>) -> ExitCode,
    parameters: Parameters,
    server: Arc<Server>,
) -> Outcome {
    let (ended, end) = oneshot::channel();
    let started = start(move || {
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            // On the background runtime, where tasks that the parameters spawned go on while the test blocks.
            match background::handle().block_on(parameters.make()) {
                Ok(mut values) => Outcome::Returned(body(&mut values.arguments())),
                Err(error) => Outcome::Unfinished(not_begun(&error)),
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

/// Runs the body on this thread and a runtime of its own until it ends, its server is gone, or `cancelled` is ready.
fn run_here(
    settings: RuntimeSettings,
    body: TestBody,
    parameters: Parameters,
    server: &Server,
    cancelled: impl Future,
) -> Outcome {
    let run = AssertUnwindSafe(|| {
        let runtime = build_runtime(settings);
        let body = async {
            let mut values = parameters.make().await?;
            Ok(body(&mut values.arguments()).await)
        };
        let ended = runtime.block_on(async {
            tokio::select! {
                biased;
                result = body => Some(result),
                () = server.lost() => None,
                _ = cancelled => None,
            }
        });
        match ended {
            Some(Ok(conclusion)) => Outcome::Returned(conclusion()),
            Some(Err(error)) => Outcome::Unfinished(not_begun(&error)),
            None => {
                // Without waiting for tasks of the body that block other threads.
                runtime.shutdown_background();
                Outcome::Unfinished(gone(server))
            }
        }
    });
    catch_unwind(run).unwrap_or_else(Outcome::Panicked)
}

/// Runs `run` on a new thread.
fn start(run: impl FnOnce() + Send + 'static) -> Result<(), String> {
    // A panic's message names the test by its thread.
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

/// Says why a body did not begin.
fn not_begun(error: &BoxError) -> String {
    if error.is::<SetUpFailed>() {
        return error.to_string();
    }
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
