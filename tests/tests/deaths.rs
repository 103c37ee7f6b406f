//! Servers that die, and processes that are killed.

use std::{
    net::TcpStream,
    process::Stdio,
    time::{Duration, Instant},
};

use s3_test_suite::{Finished, Running, Sandbox, Server, Subject, on_both_servers};

on_both_servers! {
    a_process_killed_at_any_time_leaves_nothing
    a_process_killed_in_the_middle_of_a_test_leaves_nothing
}

#[test]
fn a_server_killed_between_two_tests_is_replaced() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
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
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
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

/// Whatever a process was doing when it is killed: nothing stays, and the next run passes.
fn a_process_killed_at_any_time_leaves_nothing(sandbox: Sandbox) {
    let subject = Subject::build("hundred");
    // From before the container is created, over its start, to the middle of the tests. Embedded, all tests are over in
    // less time than a container takes to start.
    let milliseconds: &[u64] = match sandbox.server() {
        Server::Container => &[2, 20, 60, 150, 300, 500, 800, 1200, 1800, 2500],
        Server::Embedded => &[1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128],
    };
    for milliseconds in milliseconds {
        let child = Running::start(
            sandbox
                .command(&subject)
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        std::thread::sleep(Duration::from_millis(*milliseconds));
        child.kill();
        match sandbox.server() {
            Server::Container => assert_nothing_runs(&sandbox),
            Server::Embedded => sandbox.assert_nothing_left(),
        }
    }
    let finished = sandbox.run(&subject, &[]).passed();
    assert_eq!(finished.passed_tests(), 100);
    sandbox.assert_nothing_left();
}

fn assert_nothing_runs(sandbox: &Sandbox) {
    if !sandbox.state_directory().join("identity").exists() {
        return;
    }
    let limit = Duration::from_secs(7);
    if let Err(left) = sandbox.engine().gone_within(&sandbox.label(), limit) {
        // Killed between the two requests that create and start a container: nothing runs in it, and the next start
        // sweeps it, as the end of the test sees.
        let containers = sandbox.engine().containers(&sandbox.label());
        let created = |status: Option<&str>| status == Some("Created");
        assert!(
            containers
                .iter()
                .any(|container| created(container.status.as_deref())),
            "{left}"
        );
    }
}

fn a_process_killed_in_the_middle_of_a_test_leaves_nothing(sandbox: Sandbox) {
    let child = Running::start(
        sandbox
            .command(&Subject::build("servers"))
            .args(["--exact", "holds_a_unique_bucket"]),
    );
    sandbox.wait_for_buckets(1);
    let endpoint = sandbox.recorded_buckets().remove(0).0;
    let address = endpoint.trim_start_matches("http://");
    TcpStream::connect(address).expect("the server answers as long as the test runs");
    child.kill();
    sandbox.assert_nothing_left();
    TcpStream::connect(address).expect_err("nobody listens any more");
}

/// A process that comes just when the container goes either keeps it alive or starts another one.
#[test]
fn a_process_that_comes_when_the_container_goes_passes() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let sandbox = sandbox.idle_timeout("1s");
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
