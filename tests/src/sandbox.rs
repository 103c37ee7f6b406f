//! An environment in which subjects share their server with nobody else on the machine.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use tempfile::TempDir;

use crate::{Engine, Finished, RECORD, Subject, engine::seconds_since_1970};

/// A directory for temporary files of its own: test processes find each other through it, and only through it.
pub struct Sandbox {
    directory: TempDir,
    since: u64,
    idle_timeout: String,
    /// The local Docker engine.
    pub engine: Engine,
}

impl Sandbox {
    /// A new sandbox, whose containers go soon after their last user.
    ///
    /// # Panics
    ///
    /// When the directory cannot be made.
    #[must_use]
    pub fn new() -> Self {
        Self::with_idle_timeout("2s")
    }

    /// A new sandbox with another `S3_TEST_IDLE_TIMEOUT`.
    ///
    /// # Panics
    ///
    /// When the directory cannot be made.
    #[must_use]
    pub fn with_idle_timeout(idle_timeout: &str) -> Self {
        Self {
            directory: tempfile::tempdir().expect("a temporary directory"),
            since: seconds_since_1970(),
            idle_timeout: idle_timeout.to_owned(),
            engine: Engine::new(),
        }
    }

    /// The sandbox's directory for temporary files.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Sets a command's environment so that it runs in the sandbox.
    pub fn enter<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("TMPDIR", self.path())
            .env("USER", "suite")
            .env("S3_TEST_IDLE_TIMEOUT", &self.idle_timeout)
            // A missing engine must fail these tests.
            .env("S3_TEST_BACKEND", "container")
            .env(RECORD, self.path().join("record"))
            .env_remove("RUST_BACKTRACE")
    }

    /// A command that runs the subject in the sandbox.
    #[must_use]
    pub fn command(&self, subject: &Subject) -> Command {
        let mut command = subject.command();
        self.enter(&mut command);
        command
    }

    /// Runs the subject in the sandbox with these arguments of the test harness.
    ///
    /// # Panics
    ///
    /// When the process cannot be run.
    #[must_use]
    pub fn run(&self, subject: &Subject, arguments: &[&str]) -> Finished {
        let output = self.command(subject).args(arguments).output();
        output.expect("the subject runs").into()
    }

    /// The directory in which test processes find each other.
    #[must_use]
    pub fn state_directory(&self) -> PathBuf {
        self.path().join("s3-test-suite")
    }

    /// The label that every container of the sandbox has.
    ///
    /// # Panics
    ///
    /// Before the first test has run in the sandbox.
    #[must_use]
    pub fn label(&self) -> String {
        let identity = fs::read_to_string(self.state_directory().join("identity"));
        format!("s3-test.identity={}", identity.expect("a test has run"))
    }

    /// How many containers were created in the sandbox.
    #[must_use]
    pub fn created(&self) -> usize {
        self.engine.created_since(&self.label(), self.since)
    }

    /// Waits until no container of the sandbox is there any more.
    ///
    /// # Panics
    ///
    /// When one is still there after `limit`.
    #[track_caller]
    pub fn assert_gone_within(&self, limit: Duration) {
        if let Err(left) = self.engine.gone_within(&self.label(), limit) {
            panic!("{left}");
        }
    }

    /// Waits until subjects have recorded so many buckets.
    ///
    /// # Panics
    ///
    /// When they have not within a minute.
    #[track_caller]
    pub fn wait_for_buckets(&self, count: usize) {
        let start = std::time::Instant::now();
        while self.recorded_buckets().len() < count {
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "no test was given a bucket"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The endpoint and name of every bucket that subjects have recorded.
    #[must_use]
    pub fn recorded_buckets(&self) -> Vec<(String, String)> {
        let record = fs::read_to_string(self.path().join("record")).unwrap_or_default();
        let lines = record.lines().filter_map(|line| line.split_once(' '));
        lines
            .map(|(endpoint, name)| (endpoint.to_owned(), name.to_owned()))
            .collect()
    }
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if self.state_directory().join("identity").exists() {
            self.engine.remove(&self.label());
        }
    }
}
