//! The test binaries that are measured: building them, running them, and what they tell.

use std::{
    collections::HashMap,
    env,
    fs::{self, File},
    path::PathBuf,
    process::{Command, ExitStatus, Stdio},
};

use crate::{
    docker::Place,
    held::{Held, Watch},
    now,
};

const MARK: &str = "@bench";
/// The number of times that a process is run to be seen.
const WATCHES: usize = 10;

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
    /// Builds the test binary with a profile.
    ///
    /// # Panics
    ///
    /// When it cannot be built.
    #[must_use]
    pub fn build(name: &str, profile: &str) -> Self {
        let output = cargo()
            .args(["test", "--no-run", "--message-format=json", "--quiet"])
            .args(["--package", env!("CARGO_PKG_NAME"), "--test", name])
            .args(["--profile", profile])
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
        let mut command = self.command(place, arguments, variables);
        let started = now();
        let output = command.output().expect("the test binary runs");
        let ended = now();
        let stdout = String::from_utf8_lossy(&output.stdout);
        let stderr = String::from_utf8_lossy(&output.stderr);
        Run::new(started, ended, output.status, &stdout, &stderr)
    }

    /// Runs the tests as [`Self::run`] and watches what the process holds meanwhile. A process that ends before it was seen
    /// is run again.
    ///
    /// # Panics
    ///
    /// When a test fails, none was run, or this is no Linux.
    #[must_use]
    pub fn watch(
        &self,
        place: &Place,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> (Run, Held) {
        let seen = (0..WATCHES).find_map(|_| {
            let (run, held) = self.watch_once(place, arguments, variables);
            Some((run, held?))
        });
        seen.expect("Linux tells what a process holds")
    }

    fn watch_once(
        &self,
        place: &Place,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> (Run, Option<Held>) {
        let mut command = self.command(place, arguments, variables);
        // Files, since nobody reads pipes until the end.
        let path = |stream: &str| place.path().join(stream);
        let file = |stream| File::create(path(stream)).expect("a file");
        command.stdout(file("stdout")).stderr(file("stderr"));
        let started = now();
        let mut child = command.spawn().expect("the test binary runs");
        let watch = Watch::of(child.id());
        let status = child.wait().expect("the test binary ends");
        let ended = now();
        let held = watch.end();
        let text = |stream| fs::read_to_string(path(stream)).expect("the output");
        let (stdout, stderr) = (text("stdout"), text("stderr"));
        (Run::new(started, ended, status, &stdout, &stderr), held)
    }

    fn command(&self, place: &Place, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new(&self.executable);
        command.arg("--nocapture").args(arguments);
        place.enter(&mut command);
        command.envs(variables.iter().copied());
        command
    }
}

/// The cargo that runs the benchmark, in the folder of this package.
#[must_use]
pub fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo
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
    fn new(started: u128, ended: u128, status: ExitStatus, stdout: &str, stderr: &str) -> Self {
        assert!(
            status.success() && !stdout.contains("running 0 tests"),
            "the tests pass:\n{stdout}\n{stderr}"
        );
        assert!(
            !stderr.contains("s3-test: warning: "),
            "the tests clean up:\n{stderr}"
        );
        let told = stderr.lines().filter_map(|line| {
            let (name, value) = line.strip_prefix(MARK)?.trim().split_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        });
        let told = told.collect();
        Self {
            started,
            ended,
            told,
        }
    }

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
