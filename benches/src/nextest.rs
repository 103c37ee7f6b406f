//! Test binaries under cargo-nextest, with a process for each test.

use std::{
    fs::File,
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{docker::Place, now, subject::cargo};

/// A test binary that nextest runs without asking cargo again.
#[derive(Debug)]
pub struct Nextest {
    metadata: TempDir,
}

impl Nextest {
    /// Builds the test binary.
    ///
    /// # Errors
    ///
    /// If cargo-nextest is not installed.
    ///
    /// # Panics
    ///
    /// When the binary cannot be built.
    pub fn build(name: &str, profile: &str) -> Result<Self, String> {
        let mut version = cargo();
        version.args(["nextest", "--version"]);
        let version = version.stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !version.is_ok_and(|status| status.success()) {
            return Err("cargo-nextest is not installed".to_owned());
        }
        let metadata = tempfile::tempdir().expect("a temporary directory");
        let nextest = Self { metadata };
        nextest.write(
            "binaries.json",
            cargo()
                .args(["nextest", "list", "--list-type=binaries-only"])
                .args(["--message-format=json", "--cargo-quiet"])
                .args(["--cargo-profile", profile])
                .args(["--package", env!("CARGO_PKG_NAME"), "--test", name]),
        );
        nextest.write(
            "cargo.json",
            cargo().args(["metadata", "--format-version=1"]),
        );
        Ok(nextest)
    }

    fn write(&self, file: &str, command: &mut Command) {
        let file = File::create(self.metadata.path().join(file)).expect("a file");
        let status = command.stdout(file).status().expect("cargo runs");
        assert!(status.success(), "{command:?} ends with {status}");
    }

    /// Runs the tests whose names begin with `module`, two at once, and returns the time.
    ///
    /// # Panics
    ///
    /// When a test fails, or none was run.
    #[must_use]
    pub fn run(&self, place: &Place, module: &str, variables: &[(&str, &str)]) -> u128 {
        let mut command = cargo();
        command
            .args(["nextest", "run", "--test-threads=2", "--no-fail-fast"])
            .args(["--color=never", "--show-progress=none"])
            .arg("--binaries-metadata")
            .arg(self.metadata.path().join("binaries.json"))
            .arg("--cargo-metadata")
            .arg(self.metadata.path().join("cargo.json"))
            .args(["--filterset", &format!("test(/^{module}::/)")]);
        place.enter(&mut command);
        command.envs(variables.iter().copied());
        let started = now();
        let output = command.output().expect("cargo runs");
        let whole = now() - started;
        assert!(
            output.status.success(),
            "the tests pass under nextest:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        whole
    }
}
