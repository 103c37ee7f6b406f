//! Messages of tests that do not get their bucket: what happened, and what to do.

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        net::UnixListener,
        process::CommandExt,
    },
    process::Command,
};

use s3_test_suite::{Finished, Image, Sandbox, Subject};

/// Runs one test of the subject `servers`, which fails, and returns the message of its panic.
#[track_caller]
fn message(sandbox: &Sandbox, test: &str, variables: &[(&str, &str)]) -> String {
    let mut command = sandbox.command(&Subject::build("servers"));
    command
        .args(["--exact", test])
        .envs(variables.iter().copied());
    message_of(&mut command)
}

#[track_caller]
fn message_of(command: &mut Command) -> String {
    let finished: Finished = command.output().expect("the subject runs").into();
    finished
        .failed_with("panicked at tests/subjects/servers.rs:")
        .message()
}

#[test]
fn no_engine_and_three_remedies() {
    let sandbox = Sandbox::without_engine();
    assert_eq!(
        message(
            &sandbox,
            "plain",
            &[("DOCKER_HOST", "unix:///nowhere/docker.sock")]
        ),
        "no Docker engine was found: /nowhere/docker.sock does not exist. Start Docker or Podman, or set DOCKER_HOST \
         to the address of a running engine (for example DOCKER_HOST=unix:///run/user/1000/podman/podman.sock)."
    );
    assert_eq!(
        message(&sandbox, "plain", &[("DOCKER_HOST", "tcp://127.0.0.1:1")]),
        "Docker refused the connection at tcp://127.0.0.1:1. Start the engine (`sudo systemctl start docker`, or \
         Docker Desktop), or correct DOCKER_HOST if the engine is somewhere else; `docker info` tells whether it \
         answers."
    );

    let sandbox = Sandbox::without_engine();
    let socket = sandbox.path().join("forbidden.sock");
    let _listener = UnixListener::bind(&socket).expect("a socket");
    fs::set_permissions(&socket, fs::Permissions::from_mode(0o000)).expect("permissions");
    let mut command = as_somebody_else(&sandbox, &Subject::build("servers"));
    command
        .args(["--exact", "plain"])
        .env("DOCKER_HOST", format!("unix://{}", socket.display()));
    assert_eq!(
        message_of(&mut command),
        format!(
            "this user may not open the Docker socket {}. Add the user to the group `docker` (`sudo usermod -aG \
             docker \"$USER\"`, then log in again), or use a rootless engine and set DOCKER_HOST to it.",
            socket.display()
        )
    );
}

/// Root may open every socket, so the subject runs as another user where the suite is root.
fn as_somebody_else(sandbox: &Sandbox, subject: &Subject) -> Command {
    const NOBODY: u32 = 65534;
    let copy = sandbox.path().join("subject");
    fs::copy(subject.executable(), &copy).expect("a copy that everybody may run");
    for path in [sandbox.path(), copy.as_path()] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o777)).expect("permissions");
    }
    let mut command = Command::new(&copy);
    sandbox.enter(&mut command).current_dir(sandbox.path());
    if fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0) {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

#[test]
fn a_silent_engine_is_given_three_seconds() {
    let sandbox = Sandbox::without_engine();
    let socket = sandbox.path().join("silent.sock");
    let _listener = UnixListener::bind(&socket).expect("a socket that accepts and says nothing");
    let host = format!("unix://{}", socket.display());
    assert_eq!(
        message(&sandbox, "plain", &[("DOCKER_HOST", &host)]),
        format!(
            "Docker at {} did not answer within 3s. Restart the engine, or correct DOCKER_HOST; `docker info` tells \
             whether it answers.",
            socket.display()
        )
    );
}

#[test]
fn should_panic_does_not_take_a_missing_engine_for_its_panic() {
    let sandbox = Sandbox::without_engine();
    let mut command = sandbox.command(&Subject::build("servers"));
    command
        .args(["--exact", "plain_that_should_panic"])
        .env("DOCKER_HOST", "tcp://127.0.0.1:1");
    let finished: Finished = command.output().expect("the subject runs").into();
    finished
        .failed_with("test did not panic as expected")
        .failed_with("s3-test: Docker refused the connection at tcp://127.0.0.1:1");
}

#[test]
fn an_image_that_cannot_be() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let message = message(&sandbox, "plain", &[("S3_TEST_IMAGE", "No_Image")]);
    assert_eq!(
        message,
        "no image can be called `No_Image`: invalid reference format: repository name must be lowercase. Correct the name \
         (option `image`, variable S3_TEST_IMAGE)."
    );
}

#[test]
fn an_image_that_is_nowhere() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let message = message(&sandbox, "image_is_missing", &[]);
    let (start, end) = message.split_once(" cannot be pulled: ").expect(&message);
    assert_eq!(
        start,
        "the image `s3-test/there-is-no-such-image:1` is not on this machine and"
    );
    assert!(
        end.ends_with(
            ". Check its name (option `image`, variable S3_TEST_IMAGE) and the network, log in to its registry \
             (`docker login`), or load it by hand (`docker pull s3-test/there-is-no-such-image:1`, `docker load`)."
        ),
        "{message}"
    );
}

#[test]
fn a_server_that_exits() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let message = message(&sandbox, "server_exits", &[]);
    assert!(
        message.starts_with(
            "the container of `rustfs/rustfs:1.0.1` exited with code 1 before it was ready. Correct what its log \
             complains about: the image (option `image`), its `command`, its variables (`environment`) or its keys (`access_key`, \
             `secret_key`; servers want at least 3 and 8 characters). The last "
        ),
        "{message}"
    );
    assert!(message.contains("invalid socket address"), "{message}");
    assert!(message.lines().count() <= 21, "{message}");
    assert!(sandbox.engine().containers(&sandbox.label()).is_empty());
}

#[test]
fn a_server_that_is_never_ready() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let message = message(&sandbox, "server_listens_elsewhere", &[]);
    assert!(
        message.starts_with(
            "the container of `rustfs/rustfs:1.0.1` was not ready within 4s: no answer: "
        ),
        "{message}"
    );
    assert!(
        message.contains(
            ". Raise `startup_timeout` (or S3_TEST_STARTUP_TIMEOUT) if the machine is slow, else check the image and \
             its variables. The last "
        ),
        "{message}"
    );
    assert!(sandbox.engine().containers(&sandbox.label()).is_empty());
}

#[test]
fn a_bucket_that_the_server_refuses() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let message = message(&sandbox, "bucket_is_refused", &[]);
    let (start, end) = message.split_once(" did not create ").expect(&message);
    assert!(
        start.starts_with("the server at http://127.0.0.1:"),
        "{message}"
    );
    assert_eq!(
        end,
        "the bucket `rustfs`: 400 Bad Request: InvalidBucketName: The specified bucket is not valid. Use another name \
         (option `bucket`) if the server objects to it, else look at the server's log."
    );
}

/// RustFS 1.0.1 takes keys of any length; an image whose server has other keys than it is given stands for one that
/// does not.
#[test]
fn a_server_that_refuses_its_keys() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let image = Image::derive(
        "other-keys",
        &[],
        "RUSTFS_SECRET_KEY=another exec /entrypoint.sh rustfs",
    );
    let message = message(&sandbox, "plain", &[("S3_TEST_IMAGE", image.name())]);
    let start = format!(
        "the image `{}` refuses the keys that its server was started with (SignatureDoesNotMatch",
        image.name()
    );
    assert!(message.starts_with(&start), "{message}");
    assert!(
        message.ends_with(
            "). Some images know only their own keys, and others refuse short ones: leave the options `access_key` and \
             `secret_key` out, give the image's own, at least 3 and 8 characters long, or use another image (option \
             `image`)."
        ),
        "{message}"
    );
    assert!(sandbox.engine().containers(&sandbox.label()).is_empty());
}

/// A network namespace in which the host's loopback is not to be reached stands for a firewall.
#[test]
fn a_port_behind_a_firewall() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let subject = Subject::build("servers");
    let mut command = Command::new("unshare");
    sandbox.enter(&mut command);
    command
        .args(["--map-root-user", "--net", "--"])
        .arg(subject.executable());
    let message = message_of(command.args(["--exact", "server_is_unreachable"]));
    let start = "the container of `rustfs/rustfs:1.0.1` runs, but for ";
    assert!(message.starts_with(start), "{message}");
    assert!(
        message.contains("s no connection to http://127.0.0.1:"),
        "{message}"
    );
    assert!(
        message.contains("if a firewall or VPN on this machine blocks them, else check that"),
        "{message}"
    );
    assert!(sandbox.engine().containers(&sandbox.label()).is_empty());
}

/// The same, where the firewall swallows what it does not let through instead of refusing it.
#[test]
fn a_port_behind_a_firewall_that_says_nothing() {
    // Time for a connection to be given up.
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let sandbox = sandbox.idle_timeout("8s");
    let subject = Subject::build("servers");
    let script = "ip link set lo up && iptables -A INPUT -j DROP && exec \"$0\" \"$@\"";
    let mut command = Command::new("unshare");
    sandbox.enter(&mut command);
    command
        .args(["--map-root-user", "--net", "--", "sh", "-c", script])
        .arg(subject.executable());
    let message = message_of(command.args(["--exact", "plain"]));
    let start = "the container of `rustfs/rustfs:1.0.1` runs, but for ";
    assert!(message.starts_with(start), "{message}");
    assert!(
        message.contains("if a firewall or VPN on this machine blocks them, else check that"),
        "{message}"
    );
    assert!(sandbox.engine().containers(&sandbox.label()).is_empty());
}

#[test]
fn a_temporary_directory_that_cannot_be_written() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let message = message(&sandbox, "plain", &[("TMPDIR", "/proc")]);
    assert!(
        message.starts_with("cannot use /proc/s3-test-suite, where test processes agree on who uses which server and bucket: "),
        "{message}"
    );
    assert!(
        message
            .ends_with(". Make it writable for this user, or set TMPDIR to a directory that is."),
        "{message}"
    );
}

#[test]
fn invalid_values_in_variables() {
    let sandbox = Sandbox::without_engine();
    let no_duration =
        "is not a duration: write a number with its unit, such as \"30s\", \"1m 30s\" or \"500ms\"";
    for (name, value, problem) in [
        ("S3_TEST_IDLE_TIMEOUT", "soon", format!("\"soon\" {no_duration}")),
        ("S3_TEST_TIMEOUT", "5", format!("\"5\" {no_duration}")),
        (
            "S3_TEST_STARTUP_TIMEOUT",
            "0s",
            "`startup_timeout` is a duration above zero: leave the option out for 60 seconds".to_owned(),
        ),
        (
            "S3_TEST_BACKEND",
            "minio",
            "there is no backend \"minio\": the backends are \"auto\", \"container\", \"embedded\" and \"external\"".to_owned(),
        ),
    ] {
        assert_eq!(
            message(&sandbox, "plain", &[(name, value)]),
            format!("the variable {name} is `{value}`: {problem}.")
        );
    }
}
