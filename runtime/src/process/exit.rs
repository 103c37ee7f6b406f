//! Clean-up in the background. The next test does not wait for it; the end of the process does.

use std::{
    panic::{AssertUnwindSafe, resume_unwind},
    sync::{Condvar, Mutex, PoisonError},
    time::Duration,
};

use futures_util::FutureExt as _;
use tokio::sync::oneshot;

use super::{background, stderr};

/// The limit for waiting at the end of the process.
const LIMIT: Duration = Duration::from_secs(30);

static PENDING: Mutex<usize> = Mutex::new(0);
static FINISHED: Condvar = Condvar::new();

/// Runs `task` in the background. The process waits for it at its end.
pub(crate) fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    let pending = Pending::new();
    background::handle().spawn(async move {
        task.await;
        drop(pending);
    });
}

/// Runs `task` in the background to its end, also when this future is dropped, so that what it creates is not lost half-way.
/// The process waits for it at its end. A result that nobody awaits any more is dropped before that.
pub(crate) async fn completed<T: Send + 'static>(
    task: impl Future<Output = T> + Send + 'static,
) -> T {
    let (done, result) = oneshot::channel();
    spawn(async move {
        let _ = done.send(AssertUnwindSafe(task).catch_unwind().await);
    });
    let result = result.await.expect("the task is never aborted");
    result.unwrap_or_else(|payload| resume_unwind(payload))
}

/// The order of what happens at the end of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Buckets are deleted while their servers are there.
    Buckets,
    /// Servers are removed after them.
    Servers,
    /// Deleted buckets are looked for again, after all else.
    Verification,
}

/// A task for the end of the process.
type Task = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

static AT_EXIT: Mutex<Vec<(Stage, Task)>> = Mutex::new(Vec::new());

/// Runs `task` when the process ends normally.
pub(crate) fn at_exit(stage: Stage, task: impl Future<Output = ()> + Send + 'static) {
    AT_EXIT
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push((stage, Box::pin(task)));
}

/// Counts one task from its start to its end, also when it panics.
struct Pending;

impl Pending {
    fn new() -> Self {
        *PENDING.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        Self
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        *PENDING.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        FINISHED.notify_all();
    }
}

// The test harness ends a process with `exit`, which runs no destructors of Rust's; this is what C calls `atexit`.
// The word `unsafe` is the crate's way to have its caller say that the function may run after `main`: it only waits
// and prints to the raw stream.
#[dtor::dtor(unsafe)]
fn finish_before_exit() {
    for stage in [Stage::Buckets, Stage::Servers, Stage::Verification] {
        // What is under way may still create something for this stage.
        if !wait() {
            return;
        }
        let is_due = |(of, _): &mut (Stage, Task)| *of == stage;
        let mut tasks = AT_EXIT.lock().unwrap_or_else(PoisonError::into_inner);
        let due: Vec<_> = tasks.extract_if(.., is_due).collect();
        drop(tasks);
        for (_, task) in due {
            spawn(task);
        }
    }
    wait();
}

/// Waits until all tasks have ended. Returns false, with a warning, if that takes too long.
fn wait() -> bool {
    let pending = PENDING.lock().unwrap_or_else(PoisonError::into_inner);
    let (pending, waited) = FINISHED
        .wait_timeout_while(pending, LIMIT, |pending| *pending > 0)
        .unwrap_or_else(PoisonError::into_inner);
    if waited.timed_out() {
        stderr::warn(&format!(
            "{} clean-ups were not done {} s after the last test; their buckets go with the server, or with the next run.",
            *pending,
            LIMIT.as_secs()
        ));
    }
    !waited.timed_out()
}
