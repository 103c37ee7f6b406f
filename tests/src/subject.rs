//! Test binaries run as child processes.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{Mutex, PoisonError},
};

/// A test binary of this crate that is not run by `cargo test` itself.
#[derive(Debug, Clone)]
pub struct Subject {
    executable: PathBuf,
}

impl Subject {
    /// The subject of this name (`subjects/<name>.rs`), which is built by the first who asks for it.
    ///
    /// # Panics
    ///
    /// When it does not compile.
    #[must_use]
    pub fn build(name: &str) -> Self {
        static BUILT: Mutex<BTreeMap<String, Subject>> = Mutex::new(BTreeMap::new());
        let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
        let subject = built.entry(name.to_owned());
        let build = || Self::build_in(&workspace(), name);
        subject.or_insert_with(build).clone()
    }

    /// The same of a copy of this workspace, whose dependencies are those that are built already.
    ///
    /// # Panics
    ///
    /// When it does not compile.
    #[must_use]
    pub fn build_in(workspace: &Path, name: &str) -> Self {
        let output = cargo()
            .current_dir(workspace)
            .arg("--config")
            .arg(format!("build.target-dir={:?}", target_directory()))
            .args([
                "test",
                "--no-run",
                "--message-format=json",
                "--package=s3-test-suite",
                "--test",
            ])
            .arg(format!("subject_{name}"))
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo runs");
        assert!(
            output.status.success(),
            "the subject {name} does not compile"
        );
        let executable = String::from_utf8_lossy(&output.stdout)
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .filter(|message| message["target"]["name"] == format!("subject_{name}"))
            .find_map(|message| Some(PathBuf::from(message["executable"].as_str()?)))
            .expect("cargo tells where the executable is");
        Self { executable }
    }

    /// A command that runs the whole test binary.
    #[must_use]
    pub fn command(&self) -> Command {
        Command::new(&self.executable)
    }

    /// Returns the path of the test binary.
    #[must_use]
    pub fn executable(&self) -> &Path {
        &self.executable
    }
}

/// A command that runs cargo in this workspace, with its target directory.
#[must_use]
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace());
    command
}

/// The target directory of this workspace, where all dependencies are built already: `…/debug/deps/` is where a test
/// binary is.
///
/// # Panics
///
/// When the test binary is somewhere else.
#[must_use]
pub fn target_directory() -> PathBuf {
    let executable = std::env::current_exe().expect("the test binary");
    let target = executable.ancestors().nth(3);
    target.expect("target/debug/deps").to_owned()
}

/// The root of this workspace.
#[must_use]
pub fn workspace() -> PathBuf {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR"));
    suite.parent().unwrap_or(suite).to_owned()
}

/// The outcome of a child process.
#[derive(Debug)]
pub struct Finished {
    /// True if every test passed.
    pub success: bool,
    /// The standard output, where the test harness reports.
    pub stdout: String,
    /// The standard error stream.
    pub stderr: String,
}

impl From<Output> for Finished {
    fn from(output: Output) -> Self {
        Self {
            success: output.status.success(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Finished {
    /// Returns itself where every test passed.
    ///
    /// # Panics
    ///
    /// With everything the process printed where one did not.
    #[track_caller]
    pub fn passed(self) -> Self {
        assert!(self.success, "{}\n{}", self.stdout, self.stderr);
        self
    }

    /// Returns itself where a test failed and the process printed `text`.
    ///
    /// # Panics
    ///
    /// With everything the process printed where it did not.
    #[track_caller]
    pub fn failed_with(self, text: &str) -> Self {
        assert!(!self.success, "it passed: {}\n{}", self.stdout, self.stderr);
        assert!(
            self.stdout.contains(text) || self.stderr.contains(text),
            "{text:?} is not in:\n{}\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    /// The message of s3-test's with which the only test failed.
    ///
    /// # Panics
    ///
    /// When there is none.
    #[must_use]
    #[track_caller]
    pub fn message(&self) -> String {
        let (_, message) = self
            .stdout
            .split_once("\ns3-test: ")
            .expect("a message of s3-test");
        let (message, _) = message
            .split_once("\nnote: run with")
            .expect("the end of the message");
        message.to_owned()
    }

    /// Counts the tests that passed.
    ///
    /// # Panics
    ///
    /// When the harness printed no summary.
    #[must_use]
    pub fn passed_tests(&self) -> usize {
        let counts = self.stdout.lines().filter_map(|line| {
            let (_, rest) = line.split_once("test result: ")?;
            let (_, rest) = rest.split_once(". ")?;
            rest.split_once(" passed")?.0.parse::<usize>().ok()
        });
        counts.sum()
    }
}
