//! Two users of one machine, and two versions of the crate, at once.

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use s3_test_suite::{RECORD, Sandbox, Subject, target_directory, workspace};

use crate::row::{Fault, Row, Scale, moments};

/// The user who is called `nobody`.
const OTHER: u32 = 65_534;
const SOCKET: &str = "/var/run/docker.sock";

/// Makes a command that of another user, who may use the engine too.
fn of_another_user(mut command: Command, sandbox: &Sandbox, group: u32) -> Command {
    command
        .uid(OTHER)
        .gid(group)
        .env("USER", "other")
        .env(RECORD, sandbox.path().join("record-of-another"));
    command
}

/// Users share a folder for temporary files and an engine, and nothing else.
pub(crate) fn two_users(row: &mut Row, scale: Scale) {
    let Some(sandbox) = row.sandbox() else { return };
    let socket = fs::metadata(SOCKET).ok();
    let group = socket
        .filter(|it| it.mode() & 0o020 != 0)
        .map(|it| it.gid());
    let this_is_root = fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0);
    let (Some(group), true) = (group, this_is_root) else {
        return row.skip("nobody here may be another user");
    };
    let everybody = |mode| fs::Permissions::from_mode(mode);
    fs::set_permissions(sandbox.path(), everybody(0o1777)).expect("permissions");
    // The target directory may be closed to others.
    let executable = sandbox.path().join("subject");
    fs::copy(Subject::build("twenty_a").executable(), &executable).expect("a copy");
    fs::set_permissions(&executable, everybody(0o755)).expect("permissions");
    let command = || {
        let mut command = Command::new(&executable);
        sandbox.enter(&mut command);
        command
    };
    let other = || of_another_user(command(), &sandbox, group);
    for moment in moments(scale.of(1, 10), Duration::from_millis(1_500)) {
        row.trials += 3;
        let killed = row.start(&mut other());
        let started = [row.start(&mut command()), row.start(&mut other())];
        std::thread::sleep(moment);
        killed.kill();
        for started in started {
            let finished = row.finish(started);
            row.must_pass(&finished);
        }
    }
    row.passes(&mut other());
    row.passes(&mut command());
    row.nothing_stays(&sandbox, true);
    let of_other = sandbox.path().join("s3-test-other");
    let identity = fs::read_to_string(of_other.join("identity")).expect("an identity");
    let label = format!("s3-test.identity={identity}");
    let gone = sandbox
        .engine()
        .gone_within(&label, Duration::from_secs(15));
    if let Err(left) = gone {
        sandbox.engine().remove(&label);
        row.fault(Fault::Leftover, left);
    }
    for entry in fs::read_dir(of_other).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("bucket-") {
            row.fault(Fault::Leftover, name);
        }
    }
}

/// Copies this workspace, with another version of what processes share through a container.
fn another_version() -> PathBuf {
    let copy = target_directory().join("another-version");
    fs::create_dir_all(&copy).expect("a folder");
    for entry in fs::read_dir(workspace()).expect("the workspace").flatten() {
        let name = entry.file_name();
        if name == "target" || name == ".git" {
            continue;
        }
        let mut cp = Command::new("cp");
        cp.args(["--recursive", "--preserve=timestamps", "--update"]);
        cp.arg(entry.path()).arg(&copy);
        assert!(cp.status().is_ok_and(|status| status.success()), "{name:?}");
    }
    replace(
        &copy.join("runtime/src/server/container/configuration.rs"),
        "const PROTOCOL: &str = \"",
        "const PROTOCOL: &str = \"another-",
    );
    // Cargo tells what it has built of this workspace and of its copy apart by the version.
    replace(
        &copy.join("Cargo.toml"),
        concat!(env!("CARGO_PKG_VERSION"), "\""),
        "0.0.99\"",
    );
    copy
}

/// Replaces a text in a file of the copy, if that is as it was.
fn replace(file: &Path, text: &str, by: &str) {
    let content = fs::read_to_string(file).expect("a file");
    if !content.contains(by) {
        assert!(content.contains(text), "{text} in {}", file.display());
        fs::write(file, content.replace(text, by)).expect("written");
    }
}

pub(crate) fn two_versions(row: &mut Row, scale: Scale) {
    if row.is_for_long(scale) {
        return;
    }
    let Some(sandbox) = row.sandbox() else { return };
    let this = Subject::build("twenty_a");
    let other = Subject::build_in(&another_version(), "twenty_a");
    for subject in [&this, &other] {
        row.passes(&mut sandbox.command(subject));
    }
    if sandbox.created() != 2 {
        row.fault(Fault::Other, "the versions shared a container");
    }
    for moment in moments(5, Duration::from_millis(1_500)) {
        row.trials += 4;
        let killed = [&this, &other].map(|subject| row.start(&mut sandbox.command(subject)));
        let started = [&this, &other].map(|subject| row.start(&mut sandbox.command(subject)));
        std::thread::sleep(moment);
        for killed in killed {
            killed.kill();
        }
        for started in started {
            let finished = row.finish(started);
            row.must_pass(&finished);
        }
    }
    for subject in [&this, &other] {
        row.passes(&mut sandbox.command(subject));
    }
    row.nothing_stays(&sandbox, true);
}
