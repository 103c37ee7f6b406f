//! Servers that die, and processes that are killed.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use s3_test_suite::{Finished, Sandbox, Subject};

#[test]
fn a_server_killed_between_two_tests_is_replaced() {
    let sandbox = Sandbox::new();
    let subject = Subject::build("deaths");
    // Once, so that the sandbox has an identity.
    sandbox
        .run(&Subject::build("servers"), &["--exact", "plain"])
        .passed();
    let mut command = sandbox.command(&subject);
    command
        .args(["between_two_tests", "--test-threads=1"])
        .env("SUITE_LABEL", sandbox.label());
    let finished: Finished = command.output().expect("the subject runs").into();
    let finished = finished.passed();
    assert_eq!(finished.passed_tests(), 3);
    assert_eq!(
        finished.stderr.matches("s3-test: started").count(),
        1,
        "{}",
        finished.stderr
    );
    assert_eq!(sandbox.created(), 2);
}

#[test]
fn a_test_whose_server_is_killed_fails_at_once_and_says_so() {
    let sandbox = Sandbox::new();
    let subject = Subject::build("deaths");
    sandbox
        .run(&Subject::build("servers"), &["--exact", "plain"])
        .passed();
    for name in [
        "in_the_body::with_a_timeout",
        "in_the_body::without_a_timeout",
    ] {
        let start = Instant::now();
        let mut command = sandbox.command(&subject);
        command
            .args(["--exact", name])
            .env("SUITE_LABEL", sandbox.label());
        let finished: Finished = command.output().expect("the subject runs").into();
        let finished =
            finished.failed_with("was stopped, killed or has crashed while the test ran");
        assert!(
            finished.stdout.contains(", which is gone\n"),
            "{}",
            finished.stdout
        );
        // object_store would go on trying for three minutes.
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{:?}",
            start.elapsed()
        );
    }
}

/// Whatever a process was doing when it is killed: no container stays, and the next run passes.
#[test]
fn a_process_killed_at_any_time_leaves_no_container() {
    const IDLE_TIMEOUT: u64 = 2;
    let sandbox = Sandbox::with_idle_timeout("2s");
    let subject = Subject::build("hundred");
    // From before the container is created, over its start, to the middle of the tests.
    for milliseconds in [2, 20, 60, 150, 300, 500, 800, 1200, 1800, 2500] {
        let mut child = sandbox
            .command(&subject)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the subject runs");
        std::thread::sleep(Duration::from_millis(milliseconds));
        child.kill().expect("the subject is killed");
        child.wait().expect("the subject ends");
        if !sandbox.state_directory().join("identity").exists() {
            continue;
        }
        let created_only = |sandbox: &Sandbox| {
            let containers = sandbox.engine.containers(&sandbox.label());
            containers
                .iter()
                .any(|container| container.status.as_deref() == Some("Created"))
        };
        let limit = Duration::from_secs(IDLE_TIMEOUT + 5);
        if let Err(left) = sandbox.engine.gone_within(&sandbox.label(), limit) {
            // Killed between the two requests that create and start a container: nothing runs in it, and the next
            // start sweeps it, as the end of this test sees.
            assert!(
                created_only(&sandbox),
                "killed after {milliseconds} ms: {left}"
            );
        }
    }
    let finished = sandbox.run(&subject, &[]).passed();
    assert_eq!(finished.passed_tests(), 100);
    sandbox.assert_gone_within(Duration::from_secs(IDLE_TIMEOUT + 5));
}

/// A process that comes just when the container goes either keeps it alive or starts another one.
#[test]
fn a_process_that_comes_when_the_container_goes_passes() {
    let sandbox = Sandbox::with_idle_timeout("1s");
    let subject = Subject::build("servers");
    for milliseconds in [
        0, 700, 900, 1000, 1100, 1200, 1300, 1400, 1500, 1600, 1700, 1800, 1900, 2000, 2200,
    ] {
        std::thread::sleep(Duration::from_millis(milliseconds));
        sandbox.run(&subject, &["--exact", "plain"]).passed();
    }
    let created = sandbox.created();
    assert!(created > 1, "no container went");
    assert!(created < 15, "no container was found");
}
