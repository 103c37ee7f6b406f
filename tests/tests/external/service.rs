//! Services that are not s3-test's, and subjects that are sent to them.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use s3_test::embedded;
use s3_test_suite::{Client, Finished, Running, Sandbox, Subject, docker};
use tokio::runtime::Runtime;

/// Not those that s3-test takes where nothing is said.
pub(crate) const KEYS: (&str, &str) = ("external-key", "external-secret");

/// An S3 service that runs until this is dropped.
pub(crate) struct Service {
    pub(crate) endpoint: String,
    pub(crate) client: Client,
    pub(crate) runtime: Runtime,
    kept: Kept,
}

#[expect(dead_code, reason = "they are kept for their destructors")]
enum Kept {
    Container(Container),
    Server(embedded::Server),
    Process(Running),
    Ceph(Ceph),
    Nothing,
}

struct Container(String);

impl Drop for Container {
    fn drop(&mut self) {
        docker(&["rm", "--force", "--volumes", &self.0]);
    }
}

/// Ceph's service, which ends with its script's standard input.
struct Ceph(Child);

impl Drop for Ceph {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// Checks a service of each kind, all at once, since most of the time is spent waiting.
pub(crate) fn on_each(check: impl Fn(Service) + Sync) {
    thread::scope(|scope| {
        for service in Service::each() {
            scope.spawn(|| check(service));
        }
    });
}

impl Service {
    pub(crate) fn rustfs() -> Self {
        let (access_key, secret_key) = KEYS;
        let container = Container(docker(&[
            "run",
            "--detach",
            "--publish=127.0.0.1::9000",
            &format!("--env=RUSTFS_ACCESS_KEY={access_key}"),
            &format!("--env=RUSTFS_SECRET_KEY={secret_key}"),
            "--env=RUSTFS_SCANNER_ENABLED=false",
            "rustfs/rustfs:1.0.1",
        ]));
        let address = docker(&["port", &container.0, "9000/tcp"]);
        Self::new(&format!("http://{address}"), Runtime::new(), |_| {
            Kept::Container(container)
        })
    }

    pub(crate) fn embedded() -> Self {
        let (access_key, secret_key) = KEYS;
        let runtime = Runtime::new().expect("a runtime");
        let server = embedded::Server::builder()
            .user(access_key, secret_key)
            .start(runtime.handle())
            .expect("a server");
        let endpoint = server.endpoint().to_owned();
        Self::new(&endpoint, Ok(runtime), |_| Kept::Server(server))
    }

    /// A service that somebody else has started and ends.
    pub(crate) fn at(endpoint: &str) -> Self {
        Self::new(endpoint, Runtime::new(), |_| Kept::Nothing)
    }

    /// Halts a service in a container for a while.
    pub(crate) fn pause(&self, time: Duration) {
        if let Kept::Container(container) = &self.kept {
            docker(&["pause", &container.0]);
            thread::sleep(time);
            docker(&["unpause", &container.0]);
        }
    }

    /// moto's server, where the command `moto_server` is there (`pip install 'moto[server]'`).
    pub(crate) fn moto() -> Option<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let mut command = Command::new("moto_server");
        command.args(["--host", "127.0.0.1", "--port", &port.to_string()]);
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let process = match process {
            Ok(process) => Running::from(process),
            Err(error) => {
                let line =
                    format!("s3-test-suite: skipped moto, whose server does not run: {error}\n");
                let _ = std::io::stderr().write_all(line.as_bytes());
                return None;
            }
        };
        let endpoint = format!("http://127.0.0.1:{port}");
        Some(Self::new(&endpoint, Runtime::new(), |_| {
            Kept::Process(process)
        }))
    }

    /// Ceph's S3 gateway, where it is installed (`tests/ceph.sh` says how) and starts.
    pub(crate) fn ceph() -> Option<Self> {
        Command::new("radosgw").arg("--version").output().ok()?;
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/ceph.sh");
        let mut script = Command::new(script)
            .args([&port.to_string(), KEYS.0, KEYS.1])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the script runs");
        let output = script.stdout.take().expect("a pipe");
        let ceph = Ceph(script);
        let mut line = String::new();
        let read = BufReader::new(output).read_line(&mut line);
        if read.is_err() || line.trim() != "ready" {
            return None;
        }
        let endpoint = format!("http://127.0.0.1:{port}");
        Some(Self::new(&endpoint, Runtime::new(), |_| Kept::Ceph(ceph)))
    }

    fn new(
        endpoint: &str,
        runtime: std::io::Result<Runtime>,
        kept: impl FnOnce(&Runtime) -> Kept,
    ) -> Self {
        let runtime = runtime.expect("a runtime");
        let service = Self {
            endpoint: endpoint.to_owned(),
            client: Client::new(endpoint, KEYS.0, KEYS.1),
            kept: kept(&runtime),
            runtime,
        };
        let start = Instant::now();
        while !service.answers() {
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "{endpoint} does not answer"
            );
            thread::sleep(Duration::from_millis(50));
        }
        service
    }

    fn answers(&self) -> bool {
        let answer = self.client.try_send("GET", "", "");
        let answer = self.runtime.block_on(answer);
        answer.is_ok_and(|answer| answer.status == 200)
    }

    /// One of each kind that can be had here.
    pub(crate) fn each() -> Vec<Self> {
        let rustfs = Sandbox::new().map(|_| Self::rustfs());
        std::iter::once(Self::embedded()).chain(rustfs).collect()
    }

    pub(crate) fn send(&self, method: &str, path: &str, body: &str) -> String {
        self.runtime.block_on(self.client.send(method, path, body))
    }

    pub(crate) fn buckets(&self) -> Vec<String> {
        self.runtime.block_on(self.client.buckets())
    }

    /// Makes a bucket with an object in it, as somebody would who knows nothing of s3-test.
    pub(crate) fn make_precious(&self) {
        self.send("PUT", "precious", "");
        self.send("PUT", "precious/years/of/work.txt", "irreplaceable");
    }

    /// Deletes the bucket that a test has made, and makes it anew as somebody else would, at another time: servers tell
    /// the time in whole seconds.
    pub(crate) fn make_precious_anew(&self) {
        let dates = || {
            let listed = self.send("GET", "", "");
            let (_, date) = listed.split_once("<CreationDate>").expect("a date");
            date.split("</").next().unwrap_or_default().to_owned()
        };
        let before = dates();
        self.send("DELETE", "precious/folder/held", "");
        self.send("DELETE", "precious", "");
        self.make_precious();
        let start = Instant::now();
        while dates() == before {
            assert!(
                start.elapsed() < Duration::from_secs(5),
                "time stands still"
            );
            self.delete_precious();
            self.make_precious();
        }
    }

    pub(crate) fn delete_precious(&self) {
        self.send("DELETE", "precious/years/of/work.txt", "");
        self.send("DELETE", "precious", "");
    }

    #[track_caller]
    pub(crate) fn assert_precious_is_whole(&self) {
        assert_eq!(
            self.send("GET", "precious/years/of/work.txt", ""),
            "irreplaceable"
        );
        let listed = self.send("GET", "precious?list-type=2", "");
        assert_eq!(listed.matches("<Key>").count(), 1, "{listed}");
    }

    /// A command that runs the subject in the sandbox against this service.
    pub(crate) fn command(&self, sandbox: &Sandbox, subject: &str) -> Command {
        command(sandbox, subject, &self.endpoint)
    }

    /// Runs the subject in the sandbox against this service.
    pub(crate) fn run(&self, sandbox: &Sandbox, subject: &str, arguments: &[&str]) -> Finished {
        let output = self.command(sandbox, subject).args(arguments).output();
        output.expect("the subject runs").into()
    }

    /// Starts one test of the subject `external`, and kills it with its process once it has its bucket.
    pub(crate) fn kill_while_it_holds(&self, sandbox: &Sandbox, test: &str) -> String {
        let seen = sandbox.recorded_buckets().len();
        let child = Running::start(self.command(sandbox, "external").args(["--exact", test]));
        sandbox.wait_for_buckets(seen + 1);
        child.kill();
        sandbox.recorded_buckets()[seen].1.clone()
    }
}

/// A command that runs the subject in the sandbox against the service at `endpoint`.
pub(crate) fn command(sandbox: &Sandbox, subject: &str, endpoint: &str) -> Command {
    let mut command = sandbox.command(&Subject::build(subject));
    command
        .env("S3_TEST_BACKEND", "external")
        .env("S3_TEST_ENDPOINT", endpoint)
        .env("S3_TEST_ACCESS_KEY", KEYS.0)
        .env("S3_TEST_SECRET_KEY", KEYS.1);
    for variable in [
        "S3_TEST_ALLOW_REMOTE",
        "S3_TEST_CA_BUNDLE",
        "NEXTEST_RUN_ID",
    ] {
        command.env_remove(variable);
    }
    command
}

/// Lists the sandbox's state directory, but for the journal of deleted buckets.
pub(crate) fn state(sandbox: &Sandbox) -> Vec<String> {
    let entries = std::fs::read_dir(sandbox.state_directory()).expect("the state directory");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| !name.starts_with("departed-"))
        .collect()
}
