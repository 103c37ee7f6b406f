//! Clean-up in the background. The next test does not wait for it; the end of the process does.

use std::{
    panic::{AssertUnwindSafe, resume_unwind},
    sync::{Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures_util::FutureExt as _;
use tokio::sync::oneshot;

use super::{background, stderr};

/// The limit for waiting at the end of the process while nothing is done.
const IDLE_LIMIT: Duration = Duration::from_secs(30);
/// The limit for waiting at the end of the process, whatever is done meanwhile.
const LIMIT: Duration = Duration::from_secs(5 * 60);

static TASKS: Tasks = Tasks::new();

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

/// Notes that a task has done a part of its work, so that the end of the process goes on waiting for it.
pub(crate) fn progressed() {
    TASKS.change(|_| ());
}

/// The tasks that the end of the process waits for.
struct Tasks {
    count: Mutex<Count>,
    changed: Condvar,
}

struct Count {
    pending: usize,
    /// Grows with each change.
    changes: u64,
}

impl Tasks {
    const fn new() -> Self {
        Self {
            count: Mutex::new(Count {
                pending: 0,
                changes: 0,
            }),
            changed: Condvar::new(),
        }
    }

    fn change(&self, change: impl FnOnce(&mut Count)) {
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut count);
        count.changes += 1;
        self.changed.notify_all();
    }

    /// Waits until no task is pending.
    ///
    /// # Errors
    ///
    /// Returns the number of those that are, once nothing was done for `idle_limit`, or `limit` is over.
    fn wait(&self, idle_limit: Duration, limit: Duration) -> Result<(), usize> {
        let deadline = Instant::now() + limit;
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        while count.pending > 0 {
            let seen = count.changes;
            let left = deadline.saturating_duration_since(Instant::now());
            let (now, waited) = self
                .changed
                .wait_timeout_while(count, idle_limit.min(left), |count| count.changes == seen)
                .unwrap_or_else(PoisonError::into_inner);
            count = now;
            if waited.timed_out() {
                return Err(count.pending);
            }
        }
        Ok(())
    }
}

/// Counts one task from its start to its end, also when it panics.
struct Pending;

impl Pending {
    fn new() -> Self {
        TASKS.change(|count| count.pending += 1);
        Self
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        TASKS.change(|count| count.pending -= 1);
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
    let started = Instant::now();
    let waited = TASKS.wait(IDLE_LIMIT, LIMIT);
    if let Err(pending) = waited {
        stderr::warn(&format!(
            "{pending} clean-ups were not done {} s after the last test; their buckets go with the server, or with the next run.",
            started.elapsed().as_secs()
        ));
    }
    waited.is_ok()
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn the_end_waits_for_a_task_as_long_as_it_does_something() {
        let tasks = Tasks::new();
        let (idle_limit, limit) = (Duration::from_secs(2), Duration::from_secs(60));
        tasks.change(|count| count.pending += 1);
        thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..30 {
                    thread::sleep(Duration::from_millis(100));
                    tasks.change(|_| ());
                }
                tasks.change(|count| count.pending -= 1);
            });
            assert_eq!(tasks.wait(idle_limit, limit), Ok(()));
        });
    }

    #[test]
    fn the_end_waits_neither_for_a_task_that_does_nothing_nor_for_ever() {
        let tasks = Tasks::new();
        let (short, long) = (Duration::from_millis(50), Duration::from_secs(60));
        tasks.change(|count| count.pending += 2);
        assert_eq!(tasks.wait(short, long), Err(2));
        assert_eq!(tasks.wait(long, short), Err(2));
    }
}
