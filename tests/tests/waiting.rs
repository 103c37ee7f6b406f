//! Waiting is told: what a test waits for and who has it, on the real standard error.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use s3_test_suite::{Finished, Running, Sandbox, Subject, registry::free_address};

#[test]
fn a_test_that_waits_for_a_bucket_says_who_has_it() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let subject = Subject::build("servers");
    let mut holding = sandbox.command(&subject);
    holding.args(["--exact", "holds_a_bucket"]);
    let holding = Running::start(holding.stdout(Stdio::null()).stderr(Stdio::null()));
    sandbox.wait_for_buckets(1);
    let mut waiting = sandbox
        .command(&subject)
        .args(["--exact", "uses_the_bucket_that_was_held"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the subject runs");
    let lines = BufReader::new(waiting.stderr.take().expect("a pipe")).lines();
    let told: Vec<String> = lines
        .map(|line| line.expect("a line"))
        .filter(|line| line.contains("waiting for"))
        .take(2)
        .collect();
    let holder = format!(
        "s3-test: waiting for the bucket `kept-busy`, which process {} (subject_servers::holds_a_bucket) has",
        holding.id()
    );
    assert_eq!(
        told,
        [
            format!("{holder} (2 s so far)"),
            format!("{holder} (12 s so far)")
        ]
    );
    holding.kill();
    let output = waiting.wait_with_output().expect("the subject ends");
    assert_eq!(Finished::from(output).passed().passed_tests(), 1);
}

/// Returns how the subject's plain test ends on an external service at this endpoint.
fn external(endpoint: &str, startup_timeout: &str) -> (Finished, Duration) {
    let sandbox = Sandbox::without_engine();
    let mut command: Command = sandbox.command(&Subject::build("servers"));
    command
        .args(["--exact", "plain"])
        .env("S3_TEST_BACKEND", "external")
        .env("S3_TEST_ENDPOINT", endpoint)
        .env("S3_TEST_STARTUP_TIMEOUT", startup_timeout);
    let start = Instant::now();
    let finished = command.output().expect("the subject runs").into();
    (finished, start.elapsed())
}

#[test]
fn an_endpoint_at_which_nobody_listens_fails_early() {
    let endpoint = format!("http://{}", free_address());
    let (finished, elapsed) = external(&endpoint, "60s");
    let told =
        format!("s3-test: waiting for an answer of the S3 service at {endpoint} (2 s so far)\n");
    assert!(finished.stderr.contains(&told), "{}", finished.stderr);
    assert_eq!(
        finished.failed_with("").message(),
        format!(
            "nobody listens at {endpoint}: connections to it were refused for 5 s. Start the S3 service before the \
             tests, or correct the endpoint (option `endpoint`, variable S3_TEST_ENDPOINT)."
        )
    );
    assert!(elapsed < Duration::from_secs(30), "{elapsed:?}");
}

#[test]
fn an_endpoint_that_says_nothing_is_told() {
    // The system accepts its connections; nobody ever answers.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let (finished, _) = external(&endpoint, "4s");
    let told =
        format!("s3-test: waiting for an answer of the S3 service at {endpoint} (2 s so far)\n");
    assert!(finished.stderr.contains(&told), "{}", finished.stderr);
    let _ = finished.failed_with("was not ready within 4s: no answer");
}

#[test]
fn a_missing_fixture_is_told_before_a_server_is_asked_for() {
    // No engine is there either, which would be the next thing to tell.
    let sandbox = Sandbox::without_engine();
    let mut command = sandbox.command(&Subject::build("servers"));
    command
        .args(["--exact", "plain"])
        .env("DOCKER_HOST", "unix:///nowhere/docker.sock")
        .env("S3_TEST_FIXTURES", r#"["no/such/file"]"#);
    let finished: Finished = command.output().expect("the subject runs").into();
    let message = finished.failed_with("").message();
    assert!(
        message.starts_with("the fixture `no/such/file` does not exist in the package "),
        "{message}"
    );
}
