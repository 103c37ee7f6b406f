//! The life of one test, from top to bottom: options, server, bucket, parameters, body, report, clean-up.

use std::{
    any::Any,
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    process::{ExitCode, Termination},
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use humantime::format_duration;
use tokio::{runtime, sync::oneshot};

use crate::{
    BoxError, Error, TestBucket,
    admin::Failure,
    background,
    bucket::{DEFAULT_PREFIX, unique_name},
    claim, cleanup,
    options::{Options, Settings},
    report::Report,
    server,
    state::FileLock,
    stderr, turn,
};

/// How often a server that vanishes under a new test is replaced before the test gives up.
const ATTEMPTS: usize = 3;
/// How long a body that has run into its timeout may take to be dropped before its thread is left behind.
const CANCELLATION_LIMIT: Duration = Duration::from_secs(1);

/// The tokio runtime that a test's body runs on, as in `#[tokio::test]`.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavor {
    /// Everything on the test's own thread.
    CurrentThread,
    /// A pool of worker threads.
    MultiThread {
        /// How many; tokio's default where nothing is said.
        worker_threads: Option<usize>,
    },
}

/// One test as the attribute describes it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Test {
    /// The path of the function: `module_path!()`, `::`, its name.
    pub path: &'static str,
    /// Whether the function has `#[should_panic]`.
    pub should_panic: bool,
    /// The runtime of the body.
    pub flavor: Flavor,
    /// What stood inside the attribute.
    pub options: Options,
}

/// Runs one test: `body` makes the parameters from the bucket and calls the user's function with them.
///
/// # Panics
///
/// With the body's own panic; or with a message of s3-test's where the body could not run to its end, which under
/// `#[should_panic]` is printed instead, so that it is not taken for the panic that the test waits for.
#[doc(hidden)]
#[track_caller]
pub fn run<T, F, B>(test: Test, body: F) -> ExitCode
where
    T: Termination,
    F: FnOnce(TestBucket) -> B + Send + 'static,
    B: Future<Output = Result<T, BoxError>>,
{
    let Test {
        path,
        should_panic,
        flavor,
        options,
    } = test;
    let prepared = Settings::resolve(options, |name| std::env::var(name).ok())
        .map_err(Arc::new)
        .and_then(|settings| {
            let prepared = background::handle().block_on(Prepared::new(path, &settings))?;
            Ok((prepared, settings.timeout))
        });
    let (prepared, timeout) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return fail(should_panic, &error.to_string()),
    };
    let bucket = prepared.bucket.clone();
    let outcome = match timeout {
        None => run_body(flavor, body, bucket.clone(), pending::<()>()),
        Some(limit) => run_body_within(limit, flavor, body, bucket.clone()),
    };
    let failed = match &outcome {
        Outcome::Returned(code) => *code != ExitCode::SUCCESS,
        Outcome::Panicked(_) => !should_panic,
        Outcome::Unfinished(_) => true,
    };
    if failed {
        background::handle().block_on(bucket.server().look());
    }
    let _report = failed.then(|| Report {
        test_path: path,
        bucket: &bucket,
    });
    prepared.clean_up();
    match outcome {
        Outcome::Returned(code) => code,
        Outcome::Panicked(payload) => resume_unwind(payload),
        Outcome::Unfinished(message) => fail(should_panic, &message),
    }
}

/// Fails the test with a message of s3-test's own.
#[track_caller]
#[allow(clippy::print_stderr)]
fn fail(should_panic: bool, message: &str) -> ExitCode {
    if should_panic {
        // The harness then says that the test did not panic, and shows this line.
        eprintln!("s3-test: {message}");
        return ExitCode::SUCCESS;
    }
    panic!("s3-test: {message}");
}

/// A bucket that is ready for one test.
struct Prepared {
    bucket: TestBucket,
    /// The right to use a bucket of this name, on a server that other tests use too.
    turn: Option<FileLock>,
}

impl Prepared {
    async fn new(test_path: &str, settings: &Settings) -> Result<Self, Arc<Error>> {
        let mut attempt = 1;
        loop {
            let server = server::acquire(settings.backend, &settings.server).await?;
            let name = match &settings.bucket {
                Some(name) => name.clone(),
                None => unique_name(DEFAULT_PREFIX, test_path),
            };
            let mut turn = match server.shared_identity() {
                Some(identity) => Some(turn::take(identity, &name, test_path).await?),
                None => None,
            };
            let named = settings.bucket.is_some();
            match claim::create(&server, &name, turn.as_mut(), named).await {
                Ok(()) => {
                    let bucket = TestBucket::new(&name, server);
                    return Ok(Self { bucket, turn });
                }
                // The server went just when this test came, or is too busy to answer.
                Err(Failure::Unreachable(_) | Failure::NoAnswer(_)) if attempt < ATTEMPTS => {
                    server.look().await;
                    attempt += 1;
                }
                Err(failure) => return Err(Arc::new(server.bucket_error(name, failure))),
            }
        }
    }

    /// Deletes the bucket in the background. Its turn ends with it, so that the next test that uses the same name
    /// waits, and no other. What a test has to itself goes with its last handle.
    fn clean_up(self) {
        let Self { bucket, turn } = self;
        let Some(turn) = turn else { return };
        cleanup::spawn(async move {
            if let Err(left) = claim::remove(bucket.server(), bucket.name(), turn).await {
                stderr::warn(&left);
            }
        });
    }
}

/// How a test's body ended.
enum Outcome {
    Returned(ExitCode),
    Panicked(Box<dyn Any + Send>),
    /// It did not run to its end; the message says why.
    Unfinished(String),
}

/// Runs the body on a runtime of its own on this thread, until it ends, its server is gone, or `cancelled` is ready.
fn run_body<T, F, B>(flavor: Flavor, body: F, bucket: TestBucket, cancelled: impl Future) -> Outcome
where
    T: Termination,
    F: FnOnce(TestBucket) -> B,
    B: Future<Output = Result<T, BoxError>>,
{
    let server = bucket.server().clone();
    let run = AssertUnwindSafe(|| {
        let runtime = build_runtime(flavor);
        let ended = runtime.block_on(async {
            tokio::select! {
                biased;
                result = body(bucket) => Some(result),
                () = server.lost() => None,
                _ = cancelled => None,
            }
        });
        match ended {
            Some(Ok(value)) => Outcome::Returned(value.report()),
            Some(Err(error)) => Outcome::Unfinished(format!(
                "a parameter of the test could not be made from its bucket: {error}. Correct the `FromBucket` \
                 implementation of its type."
            )),
            None => {
                // Not waiting for what the body may have left on other threads.
                runtime.shutdown_background();
                Outcome::Unfinished(format!(
                    "the server is gone: {} was stopped, killed or has crashed while the test ran. Run the test \
                     again; it gets a new server.",
                    server.description
                ))
            }
        }
    });
    catch_unwind(run).unwrap_or_else(Outcome::Panicked)
}

/// Runs the body on a thread of its own, which is left behind when it does not let itself be cancelled.
fn run_body_within<T, F, B>(limit: Duration, flavor: Flavor, body: F, bucket: TestBucket) -> Outcome
where
    T: Termination,
    F: FnOnce(TestBucket) -> B + Send + 'static,
    B: Future<Output = Result<T, BoxError>>,
{
    let (cancel, cancelled) = oneshot::channel::<()>();
    let (sender, outcome) = mpsc::channel();
    // The name under which a panic's message shows the test.
    let name = thread::current().name().unwrap_or("test").to_owned();
    let spawned = thread::Builder::new().name(name).spawn(move || {
        let _ = sender.send(run_body(flavor, body, bucket, cancelled));
    });
    if let Err(error) = spawned {
        return Outcome::Unfinished(format!(
            "the operating system gave no thread for the test's body: {error}. Run fewer tests at once \
             (`--test-threads`)."
        ));
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
    Outcome::Unfinished(format!(
        "the test's body did not end within its timeout of {}. Find what it waits for, or raise the option `timeout` \
         (variable S3_TEST_TIMEOUT).{left_behind}",
        format_duration(limit)
    ))
}

fn build_runtime(flavor: Flavor) -> runtime::Runtime {
    let mut builder = match flavor {
        Flavor::CurrentThread => runtime::Builder::new_current_thread(),
        Flavor::MultiThread { .. } => runtime::Builder::new_multi_thread(),
    };
    if let Flavor::MultiThread {
        worker_threads: Some(worker_threads),
    } = flavor
    {
        builder.worker_threads(worker_threads);
    }
    builder
        .enable_all()
        .build()
        .expect("the operating system gives the test a runtime")
}
