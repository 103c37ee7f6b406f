//! Clean-up in the background. The next test does not wait for it; the end of the process does.

use std::{
    sync::{Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

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

/// A task for the end of the process.
type Task = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

static AT_EXIT: Mutex<Vec<Task>> = Mutex::new(Vec::new());

/// Runs `task` when the process ends normally.
pub(crate) fn at_exit(task: impl Future<Output = ()> + Send + 'static) {
    AT_EXIT
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(Box::pin(task));
}

static LAST: Mutex<Vec<Task>> = Mutex::new(Vec::new());

/// Runs `task` when the process ends normally, after everything else that runs in the background has ended in time.
pub(crate) fn at_last(task: impl Future<Output = ()> + Send + 'static) {
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    last.push(Box::pin(task));
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
    let end = Instant::now() + LIMIT;
    for tasks in [&AT_EXIT, &LAST] {
        let tasks = std::mem::take(&mut *tasks.lock().unwrap_or_else(PoisonError::into_inner));
        tasks.into_iter().for_each(spawn);
        let left = wait_until(end);
        if left > 0 {
            stderr::warn(&format!(
                "{left} clean-ups were not done {} s after the last test; their buckets go with the server, or with the next \
                 run.",
                LIMIT.as_secs()
            ));
            return;
        }
    }
}

/// Waits for all tasks, and returns how many are not done in time.
fn wait_until(end: Instant) -> usize {
    let pending = PENDING.lock().unwrap_or_else(PoisonError::into_inner);
    let left = end.saturating_duration_since(Instant::now());
    let (pending, _) = FINISHED
        .wait_timeout_while(pending, left, |pending| *pending > 0)
        .unwrap_or_else(PoisonError::into_inner);
    *pending
}
