//! The choice of a server, and the messages about it.

use std::{
    os::unix::net::UnixListener,
    time::{Duration, SystemTime},
};

use s3_test_suite::{Finished, Sandbox, Subject};

const NO_ENGINE: &str = "tcp://127.0.0.1:1";

/// Runs tests of the subject `twenty_a` with these variables, on whichever server there is.
fn run(sandbox: &Sandbox, test: &str, variables: &[(&str, &str)]) -> Finished {
    let mut command = sandbox.command(&Subject::build("twenty_a"));
    command
        .arg(test)
        .env_remove("S3_TEST_BACKEND")
        .envs(variables.iter().copied());
    command.output().expect("the subject runs").into()
}

#[test]
fn without_an_engine_tests_run_on_the_embedded_server_which_is_said_once() {
    let finished = run(
        &Sandbox::without_engine(),
        "a",
        &[("DOCKER_HOST", NO_ENGINE)],
    )
    .passed();
    assert_eq!(finished.passed_tests(), 20);
    assert_eq!(
        finished.stderr,
        "s3-test: tests run on the embedded server, because Docker refused the connection at tcp://127.0.0.1:1. Start the \
         engine (`sudo systemctl start docker`, or Docker Desktop), or correct DOCKER_HOST if the engine is somewhere \
         else; `docker info` tells whether it answers. Set S3_TEST_BACKEND=container (or `backend = \"container\"`) to \
         make this an error, or S3_TEST_BACKEND=embedded to be silent about it.\n"
    );
}

#[test]
fn without_the_image_tests_run_on_the_embedded_server() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let image = ("S3_TEST_IMAGE", "s3-test/there-is-no-such-image:1");
    let finished = run(&sandbox, "a0", &[image]).passed();
    assert!(
        finished.stderr.contains(
            "s3-test: tests run on the embedded server, because the image `s3-test/there-is-no-such-image:1` is not on \
             this machine and cannot be pulled: "
        ),
        "{}",
        finished.stderr
    );
}

#[test]
fn a_variable_that_is_nearly_one_of_ours_is_pointed_out_once() {
    let variables = [
        ("S3_TEST_BAKEND", "container"),
        ("S3_TEST_BACKEND", "embedded"),
        ("S3_TEST_OF_MINE", "1"),
    ];
    let finished = run(&Sandbox::without_engine(), "a", &variables).passed();
    assert_eq!(
        finished.stderr,
        "s3-test: warning: the variable S3_TEST_BAKEND does nothing. If you meant S3_TEST_BACKEND, rename it.\n"
    );
}

#[test]
fn asked_for_the_embedded_server_is_silent() {
    let variables = [("S3_TEST_BACKEND", "embedded"), ("DOCKER_HOST", NO_ENGINE)];
    let finished = run(&Sandbox::without_engine(), "a", &variables).passed();
    assert_eq!(finished.passed_tests(), 20);
    assert_eq!(finished.stderr, "");
}

#[test]
fn an_engine_that_says_nothing_is_waited_for_once_a_minute() {
    let sandbox = Sandbox::without_engine();
    let socket = sandbox.path().join("silent.sock");
    let listener = UnixListener::bind(&socket).expect("a socket that accepts and says nothing");
    listener
        .set_nonblocking(true)
        .expect("a socket that can be asked");
    let host = format!("unix://{}", socket.display());
    let asks_the_engine = || {
        let finished = run(&sandbox, "a00", &[("DOCKER_HOST", &host)]).passed();
        let said = "did not answer within 3s";
        assert!(finished.stderr.contains(said), "{}", finished.stderr);
        listener.accept().is_ok()
    };
    assert!(asks_the_engine());
    while listener.accept().is_ok() {}
    assert!(!asks_the_engine());

    let entries = std::fs::read_dir(sandbox.state_directory()).expect("the state directory");
    let note = entries
        .map(|entry| entry.expect("an entry").path())
        .find(|path| path.to_string_lossy().contains("no-container-"));
    let note = std::fs::File::options()
        .write(true)
        .open(note.expect("a note"));
    let long_ago = SystemTime::now() - Duration::from_secs(61);
    note.expect("the note")
        .set_modified(long_ago)
        .expect("an old note");
    assert!(asks_the_engine());
}

/// A server that starts and fails is for the user to mend, not to be replaced in silence.
#[test]
fn a_container_that_fails_is_an_error_also_where_either_server_would_do() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let mut command = sandbox.command(&Subject::build("servers"));
    command
        .args(["--exact", "server_exits"])
        .env_remove("S3_TEST_BACKEND");
    let finished: Finished = command.output().expect("the subject runs").into();
    finished.failed_with("exited with code 1 before it was ready");
}
