//! One container for everything that asks for the same server, however many processes and threads that are. Where each
//! test has an embedded server, as many of them as that.

use std::{process::Child, time::Duration};

use s3_test_suite::{Finished, Running, Sandbox, Subject, cargo, on_both_servers};

on_both_servers! {
    three_binaries_of_one_cargo_test
    sixty_four_processes_started_at_once
    a_hundred_processes_of_nextest
}

fn three_binaries_of_one_cargo_test(sandbox: Sandbox) {
    // Between two processes a busy machine may need more than the two seconds of a sandbox.
    let sandbox = sandbox.idle_timeout("10s");
    let subjects = ["twenty_a", "twenty_b", "twenty_c"];
    // Built before, so that the container does not wait for a compiler between two binaries.
    let built = subjects.map(Subject::build);
    assert_eq!(built.len(), 3);
    let mut command = cargo();
    command.args(["test", "--package=s3-test-suite"]);
    for subject in subjects {
        command.arg(format!("--test=subject_{subject}"));
    }
    let finished: Finished = sandbox
        .enter(&mut command)
        .output()
        .expect("cargo runs")
        .into();
    let finished = finished.passed();
    assert_eq!(finished.passed_tests(), 60, "{}", finished.stdout);
    sandbox.assert_at_most_one_container();
    sandbox.assert_nothing_left();
}

fn sixty_four_processes_started_at_once(sandbox: Sandbox) {
    let sandbox = sandbox.idle_timeout("10s");
    let subject = Subject::build("twenty_a");
    let spawn = |number: usize| -> Child {
        let test = format!("a{:02}", number % 20);
        let mut command = sandbox.command(&subject);
        command
            .args(["--exact", &test])
            .stdout(std::process::Stdio::piped());
        command
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("the subject runs")
    };
    let children: Vec<Child> = (0..64).map(spawn).collect();
    for child in children {
        let output = child.wait_with_output().expect("the subject ends");
        assert_eq!(Finished::from(output).passed().passed_tests(), 1);
    }
    sandbox.assert_at_most_one_container();
    sandbox.assert_nothing_left();
}

fn a_hundred_processes_of_nextest(sandbox: Sandbox) {
    let sandbox = sandbox.idle_timeout("10s");
    let built = Subject::build("hundred");
    assert!(built.executable().exists());
    let mut command = cargo();
    command.args([
        "nextest",
        "run",
        "--package=s3-test-suite",
        "--test=subject_hundred",
    ]);
    command.args(["--no-fail-fast", "--color=never"]);
    let finished: Finished = sandbox
        .enter(&mut command)
        .output()
        .expect("cargo runs")
        .into();
    let finished = finished.passed();
    assert!(
        finished.stderr.contains("100 tests run: 100 passed"),
        "{}",
        finished.stderr
    );
    sandbox.assert_at_most_one_container();
    sandbox.assert_nothing_left();
}

#[test]
fn another_configuration_gets_another_container() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let sandbox = sandbox.idle_timeout("20s");
    let subject = Subject::build("servers");
    let tests = [
        "--exact",
        "plain",
        "has_keys_and_a_region",
        "has_another_environment",
    ];
    sandbox.run(&subject, &tests).passed();
    assert_eq!(sandbox.created(), 3);
    let buckets = sandbox.recorded_buckets();
    let mut endpoints: Vec<&str> = buckets
        .iter()
        .map(|(endpoint, _)| endpoint.as_str())
        .collect();
    endpoints.sort_unstable();
    endpoints.dedup();
    assert_eq!(endpoints.len(), 3, "{buckets:?}");
    // The same configurations again find their containers again.
    sandbox.run(&subject, &tests).passed();
    assert_eq!(sandbox.created(), 3);
}

#[test]
fn the_longest_idle_timeout_that_anybody_asked_for_holds() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let sandbox = sandbox.idle_timeout("1s");
    let subject = Subject::build("servers");
    let holding = Running::start(
        sandbox
            .command(&subject)
            .args(["--exact", "holds_a_unique_bucket"]),
    );
    sandbox.wait_for_buckets(1);
    let mut longer = sandbox.command(&subject);
    longer
        .args(["--exact", "plain"])
        .env("S3_TEST_IDLE_TIMEOUT", "8s");
    let longer: Finished = longer.output().expect("the subject runs").into();
    assert_eq!(longer.passed().passed_tests(), 1);
    holding.kill();
    let stayed = sandbox
        .engine()
        .gone_within(&sandbox.label(), Duration::from_secs(14))
        .expect("it goes");
    assert!(stayed > Duration::from_secs(6), "it went after {stayed:?}");
    assert_eq!(sandbox.created(), 1);
}

#[test]
fn testcontainers_keep_keeps_the_container() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let sandbox = sandbox.idle_timeout("1s");
    let mut command = sandbox.command(&Subject::build("servers"));
    command
        .args(["--exact", "plain"])
        .env("TESTCONTAINERS_COMMAND", "keep");
    let finished: Finished = command.output().expect("the subject runs").into();
    finished.passed();
    let left = sandbox
        .engine()
        .gone_within(&sandbox.label(), Duration::from_secs(5));
    assert!(left.expect_err("it is kept").contains("Up "));
}
