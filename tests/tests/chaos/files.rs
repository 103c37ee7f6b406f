//! Directories for temporary files that are full, forbidden, oddly named or somebody else's; a wrong clock; and growth.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::Command,
    time::Duration,
};

use s3_test_suite::{Sandbox, Subject};

use crate::{
    processes::{clean_but_for_the_precious, only_the_precious_is_left},
    row::{Fault, Row, Scale, moments, run_by},
    service::Service,
};

/// A small filesystem, for as long as this lives.
struct Small<'a>(&'a Path);

impl<'a> Small<'a> {
    fn mount(path: &'a Path) -> Option<Self> {
        fs::create_dir_all(path).expect("a directory");
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"])
            .arg(path);
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        mounted.then_some(Self(path))
    }
}

impl Drop for Small<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0).output();
    }
}

pub(crate) fn full(row: &mut Row, scale: Scale) {
    let service = Service::embedded();
    service.make_precious();
    for round in 0..scale.of(2, 10) {
        let sandbox = Sandbox::without_engine();
        let folder = sandbox.path().join("small");
        let Some(_small) = Small::mount(&folder) else {
            return row.skip("nothing can be mounted here");
        };
        row.trials += 1;
        // Full from the start, or when the tests have begun.
        if round % 2 == 1 {
            row.passes(service.command(&sandbox, "twenty_a").env("TMPDIR", &folder));
        }
        let filler = folder.join("filler");
        let _ = fs::write(&filler, vec![0; 1 << 20]);
        row.run(service.command(&sandbox, "hundred").env("TMPDIR", &folder));
        let _ = fs::remove_file(&filler);
        for _ in 0..2 {
            row.passes(service.command(&sandbox, "twenty_a").env("TMPDIR", &folder));
        }
        only_the_precious_is_left(row, &service);
    }
}

pub(crate) fn unwritable(row: &mut Row, scale: Scale) {
    let subject = Subject::build("twenty_a");
    for _ in 0..scale.of(1, 5) {
        let sandbox = Sandbox::without_engine();
        let file = sandbox.path().join("a-file");
        fs::write(&file, "").expect("a file");
        for folder in [
            "/proc",
            "/proc/there/is/none",
            file.to_str().expect("a path"),
        ] {
            row.trials += 2;
            row.fails_with(
                sandbox.command(&subject).env("TMPDIR", folder),
                "cannot use ",
            );
            let mut command = sandbox.command(&subject);
            command
                .env("TMPDIR", folder)
                .env("S3_TEST_BACKEND", "embedded");
            row.passes(&mut command);
        }
    }
}

pub(crate) fn with_spaces(row: &mut Row, scale: Scale) {
    let service = Service::embedded();
    service.make_precious();
    for _ in 0..scale.of(1, 5) {
        let sandbox = Sandbox::without_engine();
        let folder = sandbox
            .path()
            .join("a folder, with (spaces) \u{e4}nd 'quotes'");
        fs::create_dir(&folder).expect("a directory");
        row.trials += 1;
        for moment in moments(2, Duration::from_millis(300)) {
            let started = row.start(service.command(&sandbox, "hundred").env("TMPDIR", &folder));
            std::thread::sleep(moment);
            started.kill();
        }
        for _ in 0..2 {
            row.passes(service.command(&sandbox, "twenty_a").env("TMPDIR", &folder));
        }
        only_the_precious_is_left(row, &service);
        if scale == Scale::Long
            && let Some(sandbox) = row.sandbox()
        {
            let folder = sandbox.path().join("a folder with spaces");
            fs::create_dir(&folder).expect("a directory");
            row.passes(
                sandbox
                    .command(&Subject::build("twenty_a"))
                    .env("TMPDIR", &folder),
            );
            let identity = fs::read_to_string(folder.join("s3-test-suite/identity"));
            let label = format!("s3-test.identity={}", identity.expect("an identity"));
            let gone = sandbox
                .engine()
                .gone_within(&label, Duration::from_secs(15));
            if let Err(left) = gone {
                sandbox.engine().remove(&label);
                row.fault(Fault::Leftover, left);
            }
        }
    }
}

/// Somebody has prepared the directory where this user's locks would be, with links to a file of this user's.
pub(crate) fn links(row: &mut Row, scale: Scale) {
    let subject = Subject::build("same_bucket");
    let service = Service::embedded();
    service.make_precious();
    for _ in 0..scale.of(1, 5) {
        let sandbox = Sandbox::without_engine();
        let (victim, state) = (sandbox.path().join("victim"), sandbox.state_directory());
        fs::write(&victim, "irreplaceable").expect("a file");
        // Whoever may write here can do this: a link instead of the directory, or a directory of theirs with links in it.
        let elsewhere = sandbox.path().join("elsewhere");
        for theirs in [false, true] {
            row.trials += 1;
            fs::create_dir(&elsewhere).expect("a directory");
            fs::set_permissions(&elsewhere, fs::Permissions::from_mode(0o777))
                .expect("permissions");
            symlink(&victim, elsewhere.join("identity")).expect("a link");
            symlink(&victim, elsewhere.join("start.lock")).expect("a link");
            if theirs {
                fs::rename(&elsewhere, &state).expect("a directory");
                if std::os::unix::fs::chown(&state, Some(12_345), None).is_err() {
                    fs::remove_dir_all(&state).expect("the directory");
                    continue;
                }
            } else {
                symlink(&elsewhere, &state).expect("a link");
            }
            let mut command = service.command(&sandbox, "same_bucket");
            row.fails_with(command.args(["--exact", "t000"]), "cannot use ");
            row.fails_with(
                sandbox.command(&subject).args(["--exact", "t000"]),
                "cannot use ",
            );
            let text = fs::read_to_string(&victim).expect("the victim");
            if text != "irreplaceable" {
                row.fault(Fault::LostObject, format!("the victim is {text:?}"));
            }
            if theirs {
                fs::remove_dir_all(&state).expect("the directory");
            } else {
                fs::remove_file(&state).expect("the link");
                fs::remove_dir_all(&elsewhere).expect("the directory");
            }
        }
        only_the_precious_is_left(row, &service);
    }
}

/// Runs a command with a clock that is behind.
fn behind(command: &Command, time: &str) -> Command {
    let mut behind = run_by("faketime", &["-f", time], command);
    // Time-outs go by this clock, which nobody sets.
    behind.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    behind
}

/// The machine's clock is set back between runs, and so little that a service on another still believes its requests.
pub(crate) fn clock(row: &mut Row, scale: Scale) {
    let runs = Command::new("faketime").arg("--version").output();
    if !runs.is_ok_and(|output| output.status.success()) {
        return row.skip("no faketime");
    }
    let (service, sandbox) = (Service::embedded(), Sandbox::without_engine());
    service.make_precious();
    for moment in moments(scale.of(2, 20), Duration::from_millis(800)) {
        row.trials += 3;
        for time in ["-0h", "-10m"] {
            let started = row.start(&mut behind(&service.command(&sandbox, "hundred"), time));
            std::thread::sleep(moment);
            // faketime executes the subject in its place.
            started.kill();
        }
        row.passes(&mut behind(&service.command(&sandbox, "twenty_b"), "-10m"));
        // The service's own clock is right.
        let mut late = behind(&service.command(&sandbox, "twenty_a"), "-1h");
        row.fails_with(
            &mut late,
            "its clock and this machine's differ by more than it allows",
        );
        // Here the server's clock is the same.
        let alone = Sandbox::embedded();
        let subject = Subject::build("twenty_a");
        row.passes(&mut behind(&alone.command(&subject), "-1h"));
    }
    clean_but_for_the_precious(row, &service, &sandbox);
}

/// What a run uses of this process, which serves, and of the sandbox.
#[derive(Debug)]
struct Used {
    descriptors: usize,
    threads: usize,
    files: usize,
    kilobytes: usize,
}

impl Used {
    fn now(sandbox: &Sandbox) -> Self {
        let count = |path: &str| fs::read_dir(path).map_or(0, Iterator::count);
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let kilobytes = status.lines().find_map(|line| {
            let memory = line.strip_prefix("VmRSS:")?;
            memory.trim().trim_end_matches(" kB").parse().ok()
        });
        Self {
            descriptors: count("/proc/self/fd"),
            threads: count("/proc/self/task"),
            files: count(sandbox.path().to_str().expect("a path"))
                + count(sandbox.state_directory().to_str().expect("a path")),
            kilobytes: kilobytes.unwrap_or_default(),
        }
    }
}

pub(crate) fn growth(row: &mut Row, scale: Scale) {
    let (service, sandbox) = (Service::embedded(), Sandbox::without_engine());
    service.make_precious();
    let mut before = None;
    for round in 0..scale.of(3, 20) {
        let processes = scale.of(1, 5);
        row.trials += processes * 100;
        let start = |_| row.start(&mut service.command(&sandbox, "hundred"));
        let started: Vec<_> = (0..processes).map(start).collect();
        for started in started {
            let finished = row.finish(started);
            row.must_pass(&finished);
        }
        if round == 1 {
            before = Some(Used::now(&sandbox));
        }
    }
    only_the_precious_is_left(row, &service);
    row.nothing_stays(&sandbox, false);
    let (before, after) = (before.expect("two rounds"), Used::now(&sandbox));
    if after.descriptors > before.descriptors + 16
        || after.threads > before.threads + 4
        || after.files > before.files
        || after.kilobytes > before.kilobytes * 3 / 2 + 16_384
    {
        row.fault(Fault::Leftover, format!("{before:?} grew to {after:?}"));
    }
}
