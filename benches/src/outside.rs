//! Projects outside of the workspace, as a user has them, and the CPU time that it takes to build them.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// The clock ticks of a second in `/proc`, on every Linux.
const TICKS: f64 = 100.0;

/// A project in a temporary directory, with a target directory of its own.
#[derive(Debug)]
pub struct Project {
    directory: PathBuf,
    _temporary: Option<TempDir>,
}

/// The checkout of s3-test that a benchmark measures: its first argument, or else the one that it was built from.
#[must_use]
pub fn checkout() -> PathBuf {
    let named = env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    named.map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join(".."),
        PathBuf::from,
    )
}

impl Project {
    /// Creates a project with these lines under `[dependencies]`, and the versions of the `checkout`'s `Cargo.lock`.
    ///
    /// It lives in a temporary directory; or in a folder of the directory that the variable `S3_TEST_BENCH_DIRECTORY`
    /// names, where what is built stays for the next run.
    ///
    /// # Panics
    ///
    /// When it cannot be written.
    #[must_use]
    pub fn new(name: &str, checkout: &Path, dependencies: &str) -> Self {
        let (directory, temporary) = match env::var_os("S3_TEST_BENCH_DIRECTORY") {
            Some(kept) => (PathBuf::from(kept).join(name), None),
            None => {
                let directory = tempfile::Builder::new().prefix("s3-test-bench-").tempdir();
                let directory = directory.expect("a temporary directory");
                (directory.path().join(name), Some(directory))
            }
        };
        let project = Self {
            directory,
            _temporary: temporary,
        };
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\n{dependencies}"
        );
        project.write("Cargo.toml", &manifest);
        project.write("src/lib.rs", "");
        let lock = fs::read_to_string(checkout.join("Cargo.lock"));
        project.write("Cargo.lock", &lock.expect("the checkout has a Cargo.lock"));
        // Outside of what is measured, since it may download.
        project.cargo(&["fetch"], &[]);
        project
    }

    /// Writes a file of the project.
    ///
    /// # Panics
    ///
    /// When it cannot be written.
    pub fn write(&self, path: &str, content: &str) {
        let path = self.directory.join(path);
        let folder = path.parent().expect("a file in a folder");
        fs::create_dir_all(folder).expect("a folder");
        fs::write(path, content).expect("a file");
    }

    /// Reads a file of the project.
    ///
    /// # Panics
    ///
    /// When it cannot be read.
    #[must_use]
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.directory.join(path)).expect("a file")
    }

    /// Runs cargo with the dev profile and returns the seconds of CPU time, of user and system, that it has taken with
    /// all of its children.
    ///
    /// # Panics
    ///
    /// When cargo fails.
    pub fn cargo(&self, arguments: &[&str], variables: &[(&str, &str)]) -> f64 {
        let before = seconds_of_children();
        let status = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(arguments)
            .arg("--quiet")
            .current_dir(&self.directory)
            .env("CARGO_TARGET_DIR", self.directory.join("target"))
            // The profile as cargo has it, whatever this benchmark was built with.
            .env_remove("CARGO_PROFILE_DEV_DEBUG")
            .env_remove("RUSTFLAGS")
            .envs(variables.iter().copied())
            .status()
            .expect("cargo runs");
        assert!(status.success(), "cargo {}", arguments.join(" "));
        seconds_of_children() - before
    }

    /// Removes all that was built.
    ///
    /// # Panics
    ///
    /// When it cannot be removed.
    pub fn clean(&self) {
        let target = self.directory.join("target");
        if target.exists() {
            fs::remove_dir_all(target).expect("the target directory is removed");
        }
    }

    /// The number of packages that are compiled for it.
    #[must_use]
    pub fn packages(&self) -> usize {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args([
                "tree",
                "--edges=normal,build",
                "--prefix=none",
                "--format={p}",
            ])
            .current_dir(&self.directory)
            .output()
            .expect("cargo runs");
        let text = String::from_utf8_lossy(&output.stdout);
        let names = text.lines().map(|line| line.trim_end_matches(" (*)"));
        names.collect::<std::collections::BTreeSet<_>>().len() - 1
    }
}

/// The CPU time of all children of this process that have ended, and of theirs: the fields `cutime` and `cstime` of
/// `proc(5)`.
fn seconds_of_children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("a Linux system with /proc");
    // The second field is the program's name in parentheses, which may contain spaces.
    let (_, fields) = stat.rsplit_once(')').expect("the program's name");
    let ticks = fields.split_whitespace().skip(13).take(2);
    ticks
        .map(|ticks| ticks.parse::<f64>().expect("a number"))
        .sum::<f64>()
        / TICKS
}
