//! Podman's service, for tests that run on it instead of Docker.

use std::{
    os::unix::net::UnixStream,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{Running, engine::IMAGE, image::COMMAND};

/// The variable that makes a missing Podman an error instead of a reason to skip.
const REQUIRED: &str = "S3_TEST_REQUIRE_PODMAN";
/// The limit for the service to listen.
const START_LIMIT: Duration = Duration::from_secs(30);

/// Limits that every machine can give. Where Podman's own are refused a container is created twice, and tests count.
const CONFIGURATION: &str = r#"
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
"#;

const CONFIGURATION_FILE: &str = "containers.conf";

/// A running service of Podman with RustFS' image, which ends when this is dropped.
#[derive(Debug)]
pub struct Podman {
    // Ended before its socket goes.
    _service: Running,
    sandbox: TempDir,
}

impl Podman {
    /// Starts the service. None where Podman cannot be had and is not required: the test is to return, and it is said
    /// that it was skipped.
    ///
    /// # Panics
    ///
    /// When Podman is required (`S3_TEST_REQUIRE_PODMAN=1`) and cannot be had.
    #[must_use]
    #[track_caller]
    pub fn start() -> Option<Self> {
        match Self::try_start() {
            Ok(podman) => Some(podman),
            Err(reason) => {
                let required = std::env::var(REQUIRED).is_ok_and(|value| value == "1");
                assert!(!required, "{REQUIRED}=1 requires Podman, but {reason}");
                crate::server::skip(&reason, "Podman", &format!("{REQUIRED}=1"));
                None
            }
        }
    }

    fn try_start() -> Result<Self, String> {
        podman(&["--version"])?;
        load_image()?;
        let sandbox = tempfile::tempdir().expect("a temporary directory");
        let socket = sandbox.path().join("podman.sock");
        let configuration = sandbox.path().join(CONFIGURATION_FILE);
        std::fs::write(&configuration, CONFIGURATION).expect("the sandbox is writable");
        let service = Running::start(
            Command::new("podman")
                .args(["system", "service", "--time=0"])
                .arg(format!("unix://{}", socket.display()))
                .env("CONTAINERS_CONF", configuration)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        let start = Instant::now();
        while UnixStream::connect(&socket).is_err() {
            if start.elapsed() > START_LIMIT {
                return Err(format!(
                    "its service does not listen within {START_LIMIT:?}"
                ));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self {
            _service: service,
            sandbox,
        })
    }

    /// Makes a command use Podman instead of Docker.
    pub fn enter<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let socket = self.sandbox.path().join("podman.sock");
        command
            .env("DOCKER_HOST", format!("unix://{}", socket.display()))
            .env(COMMAND, "podman")
            .env(
                "CONTAINERS_CONF",
                self.sandbox.path().join(CONFIGURATION_FILE),
            )
    }
}

impl Podman {
    /// Returns what Podman knows of the one container with this label, in a format of `podman inspect`.
    ///
    /// # Panics
    ///
    /// When there is no such container, or more than one.
    #[must_use]
    pub fn inspect(&self, label: &str, format: &str) -> String {
        let id = containers(label);
        assert_eq!(id.lines().count(), 1, "containers with {label}: {id}");
        podman(&["inspect", "--format", format, &id]).expect("the container is there")
    }

    /// Waits until no container with this label is there any more.
    ///
    /// # Panics
    ///
    /// When one is still there after `limit`.
    #[track_caller]
    pub fn assert_gone_within(&self, label: &str, limit: Duration) {
        assert!(
            self.is_gone_within(label, limit),
            "a container is still there"
        );
    }

    /// Returns true if no container with this label is there any more, at the latest after `limit`.
    #[must_use]
    pub fn is_gone_within(&self, label: &str, limit: Duration) -> bool {
        let start = Instant::now();
        while !containers(label).is_empty() {
            if start.elapsed() > limit {
                return false;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        true
    }
}

/// Returns the identities of the containers, running or not, that have this label.
fn containers(label: &str) -> String {
    let filter = format!("label={label}");
    podman(&["ps", "--all", "--quiet", "--filter", &filter]).expect("Podman lists containers")
}

/// Sees that Podman has RustFS' image under the name that its API looks for, and takes it from Docker otherwise.
fn load_image() -> Result<(), String> {
    let full = format!("docker.io/{IMAGE}");
    if podman(&["image", "exists", &full]).is_ok() {
        return Ok(());
    }
    let mut save = Command::new("docker")
        .args(["save", IMAGE])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("it has no image {full}, and there is no `docker`: {error}"))?;
    let archive = save.stdout.take().expect("a pipe");
    let loaded = Command::new("podman")
        .args(["load", "--quiet"])
        .stdin(archive)
        .output();
    let saved = save.wait().expect("docker ends");
    let loaded = loaded.map_err(|error| error.to_string())?;
    if !saved.success() || !loaded.status.success() {
        return Err(format!(
            "it has no image {full}, and cannot take it from Docker: {}",
            String::from_utf8_lossy(&loaded.stderr)
        ));
    }
    // Podman calls an image without a registry in its name one of this machine, and looks for Docker Hub's.
    let loaded = String::from_utf8_lossy(&loaded.stdout);
    let name = loaded.trim().rsplit(' ').next().unwrap_or_default();
    podman(&["tag", name, &full]).map(drop)
}

fn podman(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("podman")
        .args(arguments)
        .output()
        .map_err(|error| format!("there is no `podman`: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    Err(format!(
        "`podman {}` fails: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr).trim()
    ))
}
