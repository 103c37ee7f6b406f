//! A shared container that is killed, paused or restarted under running tests, and images that are broken.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use s3_test_suite::{Engine, Image, Sandbox, Subject, docker};

use crate::row::{Fault, Row, Scale};

/// The sandbox's own containers that run.
fn running(sandbox: &Sandbox) -> Vec<String> {
    let containers = sandbox.engine().containers(&sandbox.label());
    containers
        .into_iter()
        .filter(|container| {
            container
                .status
                .as_deref()
                .is_some_and(|status| status.starts_with("Up"))
        })
        .filter_map(|container| container.id)
        .collect()
}

/// Starts 32 tests, does something to their container once they run, and returns true if the tests passed.
fn under_32_tests(row: &mut Row, sandbox: &Sandbox, happens: impl FnOnce(&str)) -> Option<bool> {
    let command = sandbox.command(&Subject::build("chaos"));
    let mut missing = false;
    let passed = while_32_tests_run(row, sandbox, command, || match running(sandbox).first() {
        Some(container) => happens(container),
        None => missing = true,
    });
    if missing {
        row.fault(Fault::Other, "there is no container");
    }
    passed
}

/// Starts 32 tests of the subject `chaos`, does something once they run, and returns true if they passed.
pub(crate) fn while_32_tests_run(
    row: &mut Row,
    sandbox: &Sandbox,
    mut command: Command,
    happens: impl FnOnce(),
) -> Option<bool> {
    row.trials += 1;
    command.arg("--test-threads=32").env("SUITE_SECONDS", "3");
    let before = sandbox.recorded_buckets().len();
    let started = row.start(&mut command);
    let limit = Instant::now() + Duration::from_secs(30);
    while sandbox.recorded_buckets().len() < before + 32 {
        if Instant::now() > limit {
            row.fault(Fault::Other, "32 tests did not begin");
            return None;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    happens();
    Some(row.finish(started)?.success)
}

/// Sees that the next run passes and nothing stays.
fn next_run(row: &mut Row, sandbox: &Sandbox) {
    row.passes(sandbox.command(&Subject::build("twenty_a")).arg("a0"));
    row.nothing_stays(sandbox, true);
}

pub(crate) fn killed(row: &mut Row, scale: Scale) {
    dies(row, scale.of(1, 10), |id| {
        docker(&["kill", id]);
    });
}

/// The container gets a limit that it reaches at once, since a file fills it: its data are in memory. The kernel kills the
/// largest process, the server.
pub(crate) fn out_of_memory(row: &mut Row, scale: Scale) {
    let mut killed = true;
    dies(row, scale.of(1, 5), |id| {
        docker(&["update", "--memory=256m", "--memory-swap=256m", id]);
        let fill = ["exec", id, "dd", "if=/dev/zero", "of=/data/filler"];
        let fill = Command::new("docker")
            .args(fill)
            .args(["bs=1M", "count=512"])
            .output();
        killed &= fill.is_ok_and(|output| !output.status.success());
    });
    if !killed {
        row.fault(Fault::Other, "the container had memory enough");
    }
}

/// Ends the container under running tests, which must fail soon.
fn dies(row: &mut Row, times: usize, mut ends: impl FnMut(&str)) {
    // The time of its compilation is none of the row's.
    let _ = Subject::build("chaos");
    for _ in 0..times {
        let Some(sandbox) = row.sandbox() else { return };
        let start = Instant::now();
        let passed = under_32_tests(row, &sandbox, &mut ends);
        if passed == Some(true) {
            row.fault(Fault::Other, "the tests passed without their server");
        }
        // object_store alone would try for three minutes.
        if start.elapsed() > Duration::from_secs(45) {
            row.fault(Fault::Hang, format!("{:?}", start.elapsed()));
        }
        next_run(row, &sandbox);
    }
}

pub(crate) fn paused(row: &mut Row, scale: Scale) {
    if row.is_for_long(scale) {
        return;
    }
    for seconds in [2, 5, 8] {
        let Some(sandbox) = row.sandbox() else { return };
        let passed = under_32_tests(row, &sandbox, |id| {
            docker(&["pause", id]);
            std::thread::sleep(Duration::from_secs(seconds));
            docker(&["unpause", id]);
        });
        if passed == Some(false) {
            row.fault(
                Fault::Other,
                format!("a pause of {seconds} s made tests fail"),
            );
        }
        next_run(row, &sandbox);
    }
}

pub(crate) fn restarted(row: &mut Row, scale: Scale) {
    if row.is_for_long(scale) {
        return;
    }
    for _ in 0..5 {
        let Some(sandbox) = row.sandbox() else { return };
        // Its data are in memory, so the tests fail.
        under_32_tests(row, &sandbox, |id| {
            docker(&["restart", "--time=0", id]);
        });
        // Another run may use what the engine has restarted, or start its own.
        next_run(row, &sandbox);
    }
}

pub(crate) fn exits(row: &mut Row, scale: Scale) {
    broken(
        row,
        scale,
        "exits",
        "echo broken; exit 3",
        "exited with code 3 before it was ready",
    );
}

pub(crate) fn never_listens(row: &mut Row, scale: Scale) {
    broken(row, scale, "silent", "exec sleep 300", "3s");
}

pub(crate) fn listens_elsewhere(row: &mut Row, scale: Scale) {
    let command = "RUSTFS_ADDRESS=:9005 exec /entrypoint.sh rustfs";
    broken(row, scale, "elsewhere", command, "3s");
}

fn broken(row: &mut Row, scale: Scale, name: &str, command: &str, text: &str) {
    if let Err(reason) = Engine::connect() {
        return row.skip(&reason);
    }
    let image = Image::derive(name, &["/nothing"], command);
    for _ in 0..scale.of(1, 5) {
        let Some(sandbox) = row.sandbox() else { return };
        row.trials += 1;
        row.fails_with(
            sandbox
                .command(&Subject::build("twenty_a"))
                .arg("a0")
                .env("S3_TEST_IMAGE", image.name())
                .env("S3_TEST_STARTUP_TIMEOUT", "3s"),
            text,
        );
        row.nothing_stays(&sandbox, true);
    }
}
