//! The test binaries that are measured: building them, running them, and what they tell.

use std::{
    collections::HashMap,
    env,
    path::PathBuf,
    process::{Command, Stdio},
};

use crate::{docker::Place, now, peer};

const MARK: &str = "@bench";

/// Has the benchmark know a number, from inside a test.
#[allow(clippy::print_stderr)]
pub fn tell(name: &str, value: u128) {
    eprintln!("{MARK} {name} {value}");
}

/// The profile that this is built with, as `cargo --profile` calls it.
#[must_use]
pub fn profile() -> &'static str {
    if cfg!(debug_assertions) {
        "dev"
    } else {
        "bench"
    }
}

/// A test binary of this crate, built with the benchmark's own profile.
#[derive(Debug)]
pub struct Subject {
    executable: PathBuf,
}

impl Subject {
    /// Builds the test binary.
    ///
    /// # Panics
    ///
    /// When it cannot be built.
    #[must_use]
    pub fn build(name: &str) -> Self {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["test", "--no-run", "--message-format=json", "--quiet"])
            .args(["--package", env!("CARGO_PKG_NAME"), "--test", name])
            .args(["--profile", profile()])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "the test binary `{name}` is built");
        let messages = String::from_utf8(output.stdout).expect("JSON");
        // The only artifact with an executable. The path holds nothing that JSON escapes.
        let executable = messages.lines().find_map(|message| {
            let (_, rest) = message.split_once("\"executable\":\"")?;
            Some(PathBuf::from(rest.split_once('"')?.0))
        });
        let executable = executable.expect("cargo tells the executable");
        Self { executable }
    }

    /// Runs the tests that `arguments` choose, in a process whose containers are those of `place`.
    ///
    /// # Panics
    ///
    /// When a test fails, or none was run.
    #[must_use]
    pub fn run(&self, place: &Place, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
        let mut command = Command::new(&self.executable);
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("S3_TEST_") {
                command.env_remove(name);
            }
        }
        command
            .arg("--nocapture")
            .args(arguments)
            .env("TMPDIR", place.path())
            .env(peer::LABEL_VARIABLE, place.label())
            .envs(variables.iter().copied());
        let started = now();
        let output = command.output().expect("the test binary runs");
        let ended = now();
        let stdout = String::from_utf8_lossy(&output.stdout);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && !stdout.contains("running 0 tests"),
            "the tests pass:\n{stdout}\n{stderr}"
        );
        let told = stderr
            .lines()
            .filter_map(|line| {
                let (name, value) = line.strip_prefix(MARK)?.trim().split_once(' ')?;
                Some((name.to_owned(), value.parse().ok()?))
            })
            .collect();
        Run {
            started,
            ended,
            told,
        }
    }
}

/// One process of a test binary.
#[derive(Debug)]
pub struct Run {
    /// Just before the process was started.
    pub started: u128,
    /// Just after it had ended.
    pub ended: u128,
    told: HashMap<String, u128>,
}

impl Run {
    /// Returns the number that the process told under this name, see [`tell`].
    ///
    /// # Panics
    ///
    /// When it told nothing.
    #[must_use]
    pub fn told(&self, name: &str) -> u128 {
        let told = self.told.get(name);
        *told.unwrap_or_else(|| panic!("the test tells `{name}`"))
    }

    /// From the process' start to its end.
    #[must_use]
    pub fn whole(&self) -> u128 {
        self.ended - self.started
    }
}
