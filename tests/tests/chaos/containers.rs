//! A shared container that is killed, paused or restarted under running tests, and images that are broken.

use std::time::{Duration, Instant};

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
fn under_32_tests(
    row: &mut Row,
    sandbox: &Sandbox,
    seconds: u64,
    happens: impl FnOnce(&str),
) -> Option<bool> {
    row.trials += 1;
    let mut command = sandbox.command(&Subject::build("chaos"));
    command
        .arg("--test-threads=32")
        .env("SUITE_SECONDS", seconds.to_string());
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
    match running(sandbox).first() {
        Some(container) => happens(container),
        None => row.fault(Fault::Other, "there is no container"),
    }
    Some(row.finish(started)?.success)
}

/// Sees that the next run passes and nothing stays.
fn next_run(row: &mut Row, sandbox: &Sandbox) {
    row.passes(sandbox.command(&Subject::build("twenty_a")).arg("a0"));
    row.nothing_stays(sandbox, true);
}

pub(crate) fn killed(row: &mut Row, scale: Scale) {
    // The time of its compilation is none of the row's.
    let _ = Subject::build("chaos");
    for _ in 0..scale.of(1, 10) {
        let Some(sandbox) = row.sandbox() else { return };
        let start = Instant::now();
        let passed = under_32_tests(row, &sandbox, 3, |id| {
            docker(&["kill", id]);
        });
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
        let passed = under_32_tests(row, &sandbox, 3, |id| {
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
        under_32_tests(row, &sandbox, 3, |id| {
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
