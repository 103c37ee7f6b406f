//! `s3-test doctor`.

use s3_test_suite::{Sandbox, program};

use super::{finished, output};

/// Replaces what differs between two runs: digits and the sandbox's folder.
fn redacted(sandbox: &Sandbox, text: &str) -> String {
    let text = text.replace(&sandbox.path().display().to_string(), "FOLDER");
    let mut redacted = String::new();
    for line in text.lines() {
        let (line, time) = match line.split_once(" after ") {
            Some((line, time)) => (line, time.trim_matches(|c: char| c.is_ascii_digit())),
            None => (line, ""),
        };
        let line = match line.split_once("http://127.0.0.1:") {
            Some((before, _)) => format!("{before}ENDPOINT"),
            None => line.to_owned(),
        };
        redacted.push_str(&line);
        if !time.is_empty() {
            redacted.push_str(" after");
            redacted.push_str(time);
        }
        redacted.push('\n');
    }
    redacted
}

#[test]
fn an_engine_that_is_stopped_is_a_problem_with_a_remedy() {
    let sandbox = Sandbox::embedded();
    let mut command = program(&sandbox);
    command.arg("doctor").env_remove("S3_TEST_BACKEND");
    let auto = output(&mut command).passed();
    assert_eq!(
        redacted(&sandbox, &auto.stdout),
        "\
ok       options   backend `auto`, for tests in FOLDER
ok       state     FOLDER/s3-test-suite holds the locks
PROBLEM  engine    Docker refused the connection at tcp://127.0.0.1:1. Start the engine (`sudo systemctl start docker`, or \
Docker Desktop), or correct DOCKER_HOST if the engine is somewhere else; `docker info` tells whether it answers.
skipped  image     there is no engine to ask
skipped  ports     there is no engine to ask
skipped  lease     there is no engine to ask
ok       embedded  the embedded server in this process answered at ENDPOINT after ms

Tests run on the embedded server, because the backend is `auto` and no container can be had.
"
    );
    let mut command = program(&sandbox);
    command.arg("doctor").env("S3_TEST_BACKEND", "container");
    output(&mut command).failed_with("Tests cannot run like this.");
}

#[test]
fn a_machine_with_everything_is_well() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let sandbox = sandbox.idle_timeout("5s");
    let well = finished(&sandbox, &["doctor"]).passed().stdout;
    let subjects: Vec<&str> = well
        .lines()
        .filter_map(|line| line.strip_prefix("ok       ")?.split(' ').next())
        .collect();
    assert_eq!(
        subjects,
        ["options", "state", "engine", "image", "ports", "lease"],
        "{well}"
    );
    assert!(well.contains(" sees this process ("), "{well}");
    assert!(well.ends_with("\n\nTests can run.\n"), "{well}");
    sandbox.assert_nothing_left();
}

#[test]
fn an_image_that_is_not_there_is_not_pulled() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let mut command = program(&sandbox);
    command
        .arg("doctor")
        .env("S3_TEST_IMAGE", "s3-test/there-is-no-such-image:1");
    let missing = output(&mut command).failed_with("Tests cannot run like this.");
    assert!(
        missing.stdout.contains(
            "PROBLEM  image     s3-test/there-is-no-such-image:1 is not on this machine. The first test pulls it"
        ),
        "{}",
        missing.stdout
    );
}

#[test]
fn a_wrong_option_is_told_with_its_place() {
    let sandbox = Sandbox::embedded();
    let mut command = program(&sandbox);
    command.arg("doctor").env("S3_TEST_BACKEND", "dokcer");
    let wrong = output(&mut command);
    assert!(!wrong.success);
    assert!(
        wrong.stdout.starts_with("PROBLEM  options   "),
        "{}",
        wrong.stdout
    );
    assert!(wrong.stdout.contains("S3_TEST_BACKEND"), "{}", wrong.stdout);
}

#[test]
fn the_embedded_server_needs_no_engine() {
    let sandbox = Sandbox::embedded();
    let embedded = finished(&sandbox, &["doctor"]).passed().stdout;
    assert!(!embedded.contains("engine"), "{embedded}");
    assert!(embedded.ends_with("\n\nTests can run.\n"), "{embedded}");
}
