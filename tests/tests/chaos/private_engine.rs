//! An engine of the row's own, which it may stop, start again and fill, in a network of its own.

use std::{
    fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use s3_test_suite::{Sandbox, Subject};
use tempfile::TempDir;

use crate::{
    containers::while_32_tests_run,
    row::{Fault, Row, Scale, run_by},
};

const IMAGE: &str = "rustfs/rustfs:1.0.1";
/// The limit of the engine's start and end.
const LIMIT: Duration = Duration::from_secs(40);
/// Room for the image and little else.
const SMALL: &str = "1000m";

/// Starts the engine with its data in a folder, or on a disk of the given size, which goes with it.
const START: &str = r#"
    mkdir -p "$0/data"
    [ -z "$1" ] || mount -t tmpfs -o "size=$1" tmpfs "$0/data"
    ip link set lo up
    echo '{}' > "$0/engine.json"
    exec dockerd --config-file "$0/engine.json" --host "unix://$0/docker.sock" --data-root "$0/data" \
        --exec-root "$0/exec" --pidfile "$0/pid" --bip 172.30.77.1/24
"#;

struct PrivateEngine {
    folder: TempDir,
    size: &'static str,
    process: Child,
}

impl PrivateEngine {
    fn start(size: &'static str) -> Result<Self, String> {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let process = spawn(&folder, size)?;
        let engine = Self {
            folder,
            size,
            process,
        };
        engine.wait_until_it_answers()?;
        let mut save = Command::new("docker")
            .args(["save", IMAGE])
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut load = engine.docker(&["load"]);
        load.stdin(save.stdout.take().expect("a pipe"));
        let loaded = load.output().expect("docker runs");
        save.wait().expect("docker ends");
        match loaded.status.success() {
            true => Ok(engine),
            false => Err(String::from_utf8_lossy(&loaded.stderr).into_owned()),
        }
    }

    fn wait_until_it_answers(&self) -> Result<(), String> {
        let start = Instant::now();
        let answers = || {
            let asked = self.docker(&["version"]).output();
            asked.is_ok_and(|output| output.status.success())
        };
        while !answers() {
            if start.elapsed() > LIMIT {
                let log = fs::read_to_string(self.folder.path().join("log"));
                return Err(format!("no second engine: {}", log.unwrap_or_default()));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    fn host(&self) -> String {
        format!("unix://{}/docker.sock", self.folder.path().display())
    }

    fn docker(&self, arguments: &[&str]) -> Command {
        let mut docker = Command::new("docker");
        docker.args(arguments).env("DOCKER_HOST", self.host());
        docker
    }

    /// Returns a command that runs the subject where the engine's containers can be reached.
    fn command(&self, sandbox: &Sandbox, subject: &str) -> Command {
        let network = format!("--net=/proc/{}/ns/net", self.process.id());
        let command = sandbox.command(&Subject::build(subject));
        let mut command = run_by("nsenter", &[&network, "--"], &command);
        command.env("DOCKER_HOST", self.host());
        command
    }

    /// Stops the engine and with it its containers, as `systemctl stop` does.
    fn stop(&mut self) {
        let id = self.process.id().to_string();
        let _ = Command::new("kill").arg(&id).status();
        let start = Instant::now();
        while matches!(self.process.try_wait(), Ok(None)) && start.elapsed() < LIMIT {
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    fn restart(&mut self) -> Result<(), String> {
        self.process = spawn(&self.folder, self.size)?;
        self.wait_until_it_answers()
    }

    /// Writes to the engine's disk until it is full.
    fn fill(&self) {
        let _ = self.on_its_disk("dd if=/dev/zero of=filler bs=1M");
    }

    fn free(&self) {
        let freed = self.on_its_disk("rm filler");
        assert!(freed, "the disk stays full");
    }

    fn on_its_disk(&self, script: &str) -> bool {
        let data: PathBuf = self.folder.path().join("data");
        let mounts = format!("--mount=/proc/{}/ns/mnt", self.process.id());
        let script = format!("cd {} && {script}", data.display());
        let run = Command::new("nsenter")
            .args([&mounts, "--", "sh", "-c", &script])
            .output();
        run.is_ok_and(|output| output.status.success())
    }

    /// Sees that the engine has no container of the sandbox's soon.
    fn nothing_stays(&self, row: &mut Row, sandbox: &Sandbox) {
        if !sandbox.state_directory().join("identity").exists() {
            return row.fault(Fault::Other, "no test has run");
        }
        let filter = format!("label={}", sandbox.label());
        let left = || {
            let listed = self
                .docker(&["ps", "--all", "--quiet", "--filter", &filter])
                .output();
            String::from_utf8_lossy(&listed.expect("docker runs").stdout).into_owned()
        };
        let start = Instant::now();
        while !left().is_empty() {
            if start.elapsed() > Duration::from_secs(15) {
                row.fault(Fault::Leftover, left());
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        row.nothing_stays(sandbox, false);
    }
}

impl Drop for PrivateEngine {
    fn drop(&mut self) {
        self.stop();
    }
}

fn spawn(folder: &TempDir, size: &str) -> Result<Child, String> {
    let log = fs::File::create(folder.path().join("log")).expect("a file");
    // A killed run takes its engine with it.
    Command::new("setpriv")
        .args(["--pdeathsig", "TERM", "unshare", "--net", "--mount", "--"])
        .args(["sh", "-ec", START])
        .arg(folder.path())
        .arg(size)
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("the file"))
        .stderr(log)
        .spawn()
        .map_err(|error| format!("no second engine: {error}"))
}

pub(crate) fn stopped(row: &mut Row, scale: Scale) {
    if row.is_for_long(scale) {
        return;
    }
    let mut engine = match PrivateEngine::start("") {
        Ok(engine) => engine,
        Err(reason) => return row.skip(&reason),
    };
    for _ in 0..3 {
        let sandbox = Sandbox::without_engine();
        let start = Instant::now();
        let command = engine.command(&sandbox, "chaos");
        let passed = while_32_tests_run(row, &sandbox, command, || engine.stop());
        if passed == Some(true) {
            row.fault(Fault::Other, "the tests passed without their server");
        }
        if start.elapsed() > Duration::from_secs(45) + LIMIT {
            row.fault(Fault::Hang, format!("{:?}", start.elapsed()));
        }
        let host = engine.host();
        let subject = Subject::build("twenty_a");
        let mut command = sandbox.command(&subject);
        row.fails_with(
            command.env("DOCKER_HOST", &host),
            "no Docker engine was found",
        );
        let mut command = sandbox.command(&subject);
        row.passes(
            command
                .env("DOCKER_HOST", &host)
                .env("S3_TEST_BACKEND", "auto"),
        );
        if let Err(reason) = engine.restart() {
            return row.fault(Fault::Other, reason);
        }
        row.passes(&mut engine.command(&sandbox, "twenty_a"));
        engine.nothing_stays(row, &sandbox);
    }
}

pub(crate) fn full(row: &mut Row, scale: Scale) {
    if row.is_for_long(scale) {
        return;
    }
    let engine = match PrivateEngine::start(SMALL) {
        Ok(engine) => engine,
        Err(reason) => return row.skip(&reason),
    };
    for _ in 0..3 {
        let sandbox = Sandbox::without_engine();
        row.trials += 1;
        engine.fill();
        row.fails_with(
            &mut engine.command(&sandbox, "twenty_a"),
            "no space left on device",
        );
        engine.free();
        // A test's objects are in memory.
        let command = engine.command(&sandbox, "chaos");
        let passed = while_32_tests_run(row, &sandbox, command, || engine.fill());
        if passed == Some(false) {
            row.fault(Fault::Other, "a full disk made tests fail");
        }
        engine.nothing_stays(row, &sandbox);
        engine.free();
        row.passes(&mut engine.command(&sandbox, "twenty_a"));
        engine.nothing_stays(row, &sandbox);
    }
}
