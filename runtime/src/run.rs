//! The life of one test.
use crate::{BoxError, TestBucket, options::Options};
use std::process::{ExitCode, Termination};

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
    /// The test's path inside its crate, as the test harness shows it: `module_path!()`, `::`, the function's name.
    pub path: &'static str,
    /// Whether the function has `#[should_panic]`.
    pub should_panic: bool,
    /// The runtime of the body.
    pub flavor: Flavor,
    /// What stood inside the attribute.
    pub options: Options,
}

/// Runs one test.
#[doc(hidden)]
#[track_caller]
pub fn run<T, F, B>(test: Test, body: F) -> ExitCode
where
    T: Termination + Send + 'static,
    F: FnOnce(TestBucket) -> B + Send + 'static,
    B: Future<Output = Result<T, BoxError>>,
{
    let _ = (test, body);
    todo!()
}
