//! An environment in which subjects share their server with nobody else on the machine.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use tempfile::TempDir;

use crate::{
    Engine, Finished, RECORD, Server, Subject, engine::seconds_since_1970, server::engine_or_skip,
};

/// The default of `S3_TEST_IDLE_TIMEOUT` in a sandbox.
const IDLE_TIMEOUT: &str = "2s";

/// Within which a container has gone after its idle timeout.
const GONE: Duration = Duration::from_secs(5);

/// A directory for temporary files of its own: test processes find each other through it, and only through it.
pub struct Sandbox {
    directory: TempDir,
    since: u64,
    idle_timeout: String,
    server: Server,
    engine: Option<Engine>,
}

impl Sandbox {
    /// A new sandbox, whose containers go soon after their last user. None where there is no engine to run them and none
    /// is required: the test is to return, and it is said that it was skipped.
    ///
    /// # Panics
    ///
    /// When an engine is required (`S3_TEST_BACKEND=container`) and missing, and when the directory cannot be made.
    #[must_use]
    #[track_caller]
    pub fn new() -> Option<Self> {
        Some(Self::with(Server::Container, Some(engine_or_skip()?)))
    }

    /// A new sandbox whose subjects run on embedded servers.
    ///
    /// # Panics
    ///
    /// When the directory cannot be made.
    #[must_use]
    pub fn embedded() -> Self {
        Self::with(Server::Embedded, None)
    }

    /// A new sandbox whose subjects want containers and are to have none.
    ///
    /// # Panics
    ///
    /// When the directory cannot be made.
    #[must_use]
    pub fn without_engine() -> Self {
        Self::with(Server::Container, None)
    }

    fn with(server: Server, engine: Option<Engine>) -> Self {
        Self {
            directory: tempfile::tempdir().expect("a temporary directory"),
            since: seconds_since_1970(),
            idle_timeout: IDLE_TIMEOUT.to_owned(),
            server,
            engine,
        }
    }

    /// The same with another `S3_TEST_IDLE_TIMEOUT`.
    #[must_use]
    pub fn idle_timeout(mut self, idle_timeout: &str) -> Self {
        idle_timeout.clone_into(&mut self.idle_timeout);
        self
    }

    /// Returns the server of the sandbox's subjects.
    #[must_use]
    pub fn server(&self) -> Server {
        self.server
    }

    /// The engine that runs its containers.
    ///
    /// # Panics
    ///
    /// If it has none.
    #[must_use]
    #[track_caller]
    pub fn engine(&self) -> &Engine {
        self.engine.as_ref().expect("a sandbox with containers")
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
            // Nothing may take the place of the server that is tested.
            .env("S3_TEST_BACKEND", self.server.name())
            .env(RECORD, self.record())
            .env_remove("RUST_BACKTRACE")
            .env_remove("RUST_TEST_THREADS");
        if self.server == Server::Embedded {
            // No engine is asked, whatever the machine has.
            command.env("DOCKER_HOST", "tcp://127.0.0.1:1");
        }
        command
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

    /// Counts the containers that were created in the sandbox.
    #[must_use]
    pub fn created(&self) -> usize {
        self.engine().created_since(&self.label(), self.since)
    }

    /// Sees that whatever ran in the sandbox shared one container, or had none.
    ///
    /// # Panics
    ///
    /// When it did not.
    #[track_caller]
    pub fn assert_at_most_one_container(&self) {
        match self.server {
            Server::Container => assert_eq!(self.created(), 1),
            Server::Embedded => assert!(!self.state_directory().exists()),
        }
    }

    /// Waits until nothing is left of what ran in the sandbox: no container; of embedded servers, no file.
    ///
    /// # Panics
    ///
    /// When something is still there after a few seconds.
    #[track_caller]
    pub fn assert_nothing_left(&self) {
        match self.server {
            Server::Container => {
                let seconds = self.idle_timeout.trim_end_matches('s').parse();
                let idle = Duration::from_secs(seconds.expect("an idle timeout in seconds"));
                self.assert_gone_within(idle + GONE);
            }
            Server::Embedded => {
                let entries = fs::read_dir(self.path()).expect("the sandbox");
                let left: Vec<_> = entries
                    .map(|entry| entry.expect("an entry").path())
                    .filter(|path| *path != self.record())
                    .collect();
                assert!(left.is_empty(), "{left:?} is left");
            }
        }
    }

    /// Waits until no container of the sandbox is there any more.
    ///
    /// # Panics
    ///
    /// When one is still there after `limit`.
    #[track_caller]
    pub fn assert_gone_within(&self, limit: Duration) {
        if let Err(left) = self.engine().gone_within(&self.label(), limit) {
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
        let record = fs::read_to_string(self.record()).unwrap_or_default();
        let lines = record.lines().filter_map(|line| line.split_once(' '));
        lines
            .map(|(endpoint, name)| (endpoint.to_owned(), name.to_owned()))
            .collect()
    }

    fn record(&self) -> PathBuf {
        self.path().join("record")
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(engine) = &self.engine
            && self.state_directory().join("identity").exists()
        {
            engine.remove(&self.label());
        }
    }
}
