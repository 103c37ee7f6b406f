//! A registry of images on this machine: Debian's `docker-registry`, and lines to it that are slow or break.

use std::{
    fs,
    io::{self, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{Running, docker, engine::IMAGE};

/// The variable that makes a missing registry an error instead of a reason to skip.
const REQUIRED: &str = "S3_TEST_REQUIRE_REGISTRY";
/// The limit for the registry to listen.
const START_LIMIT: Duration = Duration::from_secs(30);
/// The user and the password of [`Registry::with_login`], and the line of its password file (`htpasswd -nbB`).
pub const LOGIN: (&str, &str) = ("suite", "a-password");
const PASSWORD_FILE: &str = "suite:$2y$05$7K5mmyPRM2H7edOaWO5oH.RS3HZ4f3bxfmPXsEKYHuXtv2Igv3VmG\n";

/// A running registry, which ends when this is dropped.
#[derive(Debug)]
pub struct Registry {
    _process: Running,
    address: SocketAddr,
    _directory: TempDir,
}

/// The contents of a registry: RustFS' image with a layer of random bytes, which no machine has before it is pulled.
#[derive(Debug)]
pub struct Contents(PathBuf);

impl Contents {
    /// Finds the contents below `folder`, or fills a registry there: that takes half a minute, so a folder that stays
    /// (`CARGO_TARGET_TMPDIR`) is filled once. None where there is no registry, or no engine, and none is required: the
    /// test is to return, and it is said that it was skipped.
    ///
    /// # Panics
    ///
    /// When a registry is required (`S3_TEST_REQUIRE_REGISTRY=1`) and cannot be had, and when it does not take the image.
    #[must_use]
    #[track_caller]
    pub fn new(folder: &Path, layer: u64) -> Option<Self> {
        crate::server::engine_or_skip()?;
        if let Err(error) = Command::new("docker-registry").arg("--version").output() {
            let reason = format!("there is no `docker-registry`: {error}");
            let required = std::env::var(REQUIRED).is_ok_and(|value| value == "1");
            assert!(!required, "{REQUIRED}=1 requires a registry, but {reason}");
            crate::server::skip(&reason, "a registry", &format!("{REQUIRED}=1"));
            return None;
        }
        let id = docker(&["image", "inspect", "--format", "{{.Id}}", IMAGE]);
        let id = id.trim_start_matches("sha256:");
        let contents = Self(folder.join(format!("registry-{id}-{layer}")));
        let filled = contents.0.join("filled");
        if !filled.exists() {
            contents.fill(layer);
            fs::write(filled, "").expect("a file");
        }
        Some(contents)
    }

    fn fill(&self, layer: u64) {
        // What a killed process has begun.
        let _ = fs::remove_dir_all(&self.0);
        fs::create_dir_all(&self.0).expect("a folder");
        let registry = Registry::start(self);
        let image = Pulled::of(registry.address);
        let bytes = self.0.join("bytes");
        let mut random = fs::File::open("/dev/urandom")
            .expect("random bytes")
            .take(layer);
        let mut file = fs::File::create(&bytes).expect("a file");
        io::copy(&mut random, &mut file).expect("random bytes are written");
        let container = docker(&["create", IMAGE]);
        let target = format!("{container}:/bytes");
        docker(&["cp", &bytes.display().to_string(), &target]);
        docker(&["commit", &container, image.name()]);
        docker(&["rm", "--volumes", &container]);
        docker(&["push", "--quiet", image.name()]);
        fs::remove_file(bytes).expect("the file is removed");
    }
}

impl Registry {
    /// Starts a registry with these contents.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn start(contents: &Contents) -> Self {
        Self::start_with(contents, "")
    }

    /// Starts one that asks for [`LOGIN`].
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn with_login(contents: &Contents) -> Self {
        let passwords = contents.0.join("passwords");
        fs::write(&passwords, PASSWORD_FILE).expect("a file");
        let path = passwords.display();
        Self::start_with(
            contents,
            &format!("auth:\n  htpasswd:\n    realm: suite\n    path: {path}\n"),
        )
    }

    fn start_with(contents: &Contents, more: &str) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let address = free_address();
        let configuration = directory.path().join("config.yml");
        let text = format!(
            "version: 0.1\nlog:\n  accesslog:\n    disabled: true\nstorage:\n  filesystem:\n    rootdirectory: {}\n\
             http:\n  addr: {address}\n{more}",
            contents.0.display()
        );
        fs::write(&configuration, text).expect("a file");
        let process = Running::start(
            Command::new("docker-registry")
                .arg("serve")
                .arg(&configuration)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        let start = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(
                start.elapsed() < START_LIMIT,
                "the registry does not listen"
            );
            thread::sleep(Duration::from_millis(20));
        }
        Self {
            _process: process,
            address,
            _directory: directory,
        }
    }

    /// Returns the registry's address, as it stands in an image's name.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Returns an address at which nobody listens.
///
/// # Panics
///
/// When this machine has none left.
#[must_use]
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address")
}

/// The image of a registry on this machine's engine. It is removed at once, and again when this is dropped.
#[derive(Debug)]
pub struct Pulled(String);

impl Pulled {
    /// The image of the registry at this address.
    #[must_use]
    pub fn of(registry: SocketAddr) -> Self {
        Self::named(&format!("{registry}/{IMAGE}"))
    }

    /// An image by its name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let image = Self(name.to_owned());
        image.remove();
        image
    }

    /// Returns the image's name, for the option `image`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }

    /// Returns true if the engine has it.
    #[must_use]
    pub fn is_there(&self) -> bool {
        let inspected = Command::new("docker")
            .args(["image", "inspect", &self.0])
            .output();
        inspected.expect("docker runs").status.success()
    }

    /// Removes it from the engine. A container of it must be gone, else only its name is removed.
    pub fn remove(&self) {
        let _ = Command::new("docker")
            .args(["rmi", "--force", &self.0])
            .output();
    }
}

impl Drop for Pulled {
    fn drop(&mut self) {
        self.remove();
    }
}

/// The flaws of a line to a registry.
#[derive(Debug, Clone, Copy, Default)]
pub struct Flaws {
    /// The bytes that it lets through in a second, if it is slow.
    pub bytes_per_second: Option<u32>,
    /// The number of first connections that end after [`Self::cut_after`] bytes of the registry's.
    pub cuts: usize,
    /// The bytes that such a connection lets through.
    pub cut_after: u32,
}

/// A line to a registry: it forwards connections as they come, with flaws.
#[derive(Debug)]
pub struct Line {
    address: SocketAddr,
    ended: Arc<AtomicBool>,
}

impl Line {
    /// Opens a line.
    ///
    /// # Panics
    ///
    /// When this machine has no port left.
    #[must_use]
    pub fn to(registry: &Registry, flaws: Flaws) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let ended = Arc::new(AtomicBool::new(false));
        let (target, cuts) = (registry.address, Arc::new(AtomicUsize::new(flaws.cuts)));
        thread::spawn({
            let ended = ended.clone();
            move || {
                for client in listener.incoming() {
                    if ended.load(Ordering::Relaxed) {
                        return;
                    }
                    let (Ok(client), Ok(server)) = (client, TcpStream::connect(target)) else {
                        continue;
                    };
                    let cut = (cuts.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                        left.checked_sub(1)
                    }))
                    .is_ok();
                    let limit = cut.then_some(flaws.cut_after);
                    forward(client, server, limit, flaws.bytes_per_second);
                }
            }
        });
        Self { address, ended }
    }

    /// Returns the address of its near end.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        // Wakes the listener up.
        let _ = TcpStream::connect(self.address);
    }
}

/// Forwards both directions, each on a thread that ends with the connection.
fn forward(
    client: TcpStream,
    server: TcpStream,
    limit: Option<u32>,
    bytes_per_second: Option<u32>,
) {
    let clones = (client.try_clone(), server.try_clone());
    let (Ok(near), Ok(far)) = clones else { return };
    thread::spawn(move || copy(near, server, None, None));
    thread::spawn(move || copy(far, client, limit, bytes_per_second));
}

fn copy(mut from: TcpStream, mut to: TcpStream, limit: Option<u32>, bytes_per_second: Option<u32>) {
    let mut left = limit.map_or(u64::MAX, u64::from);
    let mut buffer = vec![0; 32 * 1024];
    while left > 0 {
        let Ok(read @ 1..) = from.read(&mut buffer) else {
            break;
        };
        let passed = read.min(usize::try_from(left).unwrap_or(usize::MAX));
        left -= passed as u64;
        if to.write_all(&buffer[..passed]).is_err() {
            break;
        }
        if let Some(bytes) = bytes_per_second {
            let share = f64::from(u32::try_from(passed).expect("no more than the buffer"));
            thread::sleep(Duration::from_secs_f64(share / f64::from(bytes)));
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}

/// Writes a `config.json` as `docker login` does, into a folder for the variable `DOCKER_CONFIG`.
///
/// # Panics
///
/// When the folder is not writable.
pub fn write_docker_config(folder: &Path, config: &str) {
    fs::create_dir_all(folder).expect("a folder");
    fs::write(folder.join("config.json"), config).expect("a file");
}
