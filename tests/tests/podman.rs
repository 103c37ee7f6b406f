//! The container backend on Podman: the tests of sharing, deaths and the sweep once more, with Podman's service in the
//! place of Docker.
//!
//! Skipped with a message where there is no Podman; `S3_TEST_REQUIRE_PODMAN=1` makes that an error.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use s3_test_suite::{Finished, Podman, Sandbox, Subject, cargo};

/// Held by the test that runs: several at once would be slower than one after the other, and their time limits are short.
static TURN: Mutex<()> = Mutex::new(());

/// Runs tests of another file of the suite on Podman.
#[track_caller]
fn run_on_podman(file: &str, tests: &[&str]) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(podman) = Podman::start() else {
        return;
    };
    let mut command = cargo();
    podman
        .enter(&mut command)
        .args(["test", "--package=s3-test-suite", "--test", file])
        .args(["--", "--exact", "--test-threads=1"])
        .args(tests)
        .env("S3_TEST_BACKEND", "container");
    let finished: Finished = command.output().expect("cargo runs").into();
    let finished = finished.passed();
    assert_eq!(finished.passed_tests(), tests.len(), "{}", finished.stdout);
}

#[test]
fn a_container_has_its_data_in_memory() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(podman) = Podman::start() else {
        return;
    };
    // The sandbox's own engine is not Podman.
    let sandbox = Sandbox::without_engine();
    let mut command = sandbox.command(&Subject::build("servers"));
    podman.enter(&mut command).args(["--exact", "plain"]);
    let finished: Finished = command.output().expect("the subject runs").into();
    let finished = finished.passed();
    assert!(
        finished
            .stderr
            .contains("s3-test: started rustfs/rustfs:1.0.1 at http://127.0.0.1:"),
        "{}",
        finished.stderr
    );
    // Podman may lack an init process, and may not raise limits inside of another container. It has what it needs here.
    assert!(
        !finished.stderr.contains("its data in memory"),
        "{}",
        finished.stderr
    );
    let mounts = podman.inspect(&sandbox.label(), "{{.HostConfig.Tmpfs}}");
    assert!(mounts.contains("/data:"), "{mounts}");
    podman.assert_gone_within(&sandbox.label(), Duration::from_secs(10));
}

#[test]
fn processes_share_a_container_as_long_as_one_holds_a_lease() {
    run_on_podman(
        "sharing",
        &[
            "sixty_four_processes_started_at_once::on_the_container",
            "another_configuration_gets_another_container",
            "the_longest_idle_timeout_that_anybody_asked_for_holds",
        ],
    );
}

#[test]
fn killed_processes_and_servers_leave_nothing() {
    run_on_podman(
        "deaths",
        &[
            "a_process_killed_at_any_time_leaves_nothing::on_the_container",
            "a_process_killed_in_the_middle_of_a_test_leaves_nothing::on_the_container",
            "a_server_killed_between_two_tests_is_replaced",
            "a_process_that_comes_when_the_container_goes_passes",
        ],
    );
}

#[test]
fn a_container_without_a_watchdog_is_swept() {
    run_on_podman(
        "no_shell",
        &["its_container_goes_with_the_last_process_and_is_swept_after_a_kill"],
    );
}
