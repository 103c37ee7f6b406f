//! `s3-test up`.

use std::{fs, path::PathBuf};

use s3_test_suite::{
    Finished, Sandbox, Server, Subject, cargo, on_both_servers, program, workspace,
};

use super::{finished, output};

on_both_servers! {
    a_set_up_script_of_nextest_starts_the_server
}

/// Returns the value of a variable in lines such as `NAME=value`.
fn value<'a>(lines: &'a str, name: &str) -> &'a str {
    let start = format!("{name}=");
    let line = lines.lines().find_map(|line| line.strip_prefix(&start));
    line.unwrap_or_else(|| panic!("{name} is not in:\n{lines}"))
}

#[test]
fn the_server_stays_for_programs_and_tests() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let sandbox = sandbox.idle_timeout("10s");
    let up = finished(&sandbox, &["up"]).passed();
    let endpoint = value(&up.stdout, "export AWS_ENDPOINT_URL");
    assert!(endpoint.starts_with("http://127.0.0.1:"), "{}", up.stdout);
    let stays = format!("answers at {endpoint}, and stays until nobody has used it for 10s\n");
    assert!(up.stderr.ends_with(&stays), "{}", up.stderr);
    // Nothing makes the server an external service for tests.
    assert!(!up.stdout.contains("S3_TEST_ENDPOINT"), "{}", up.stdout);
    assert_eq!(value(&up.stdout, "export S3_TEST_BACKEND"), "container");

    let again = finished(&sandbox, &["up", "--format", "dotenv"]).passed();
    assert_eq!(value(&again.stdout, "AWS_ENDPOINT_URL"), endpoint);

    let json = finished(&sandbox, &["up", "--format=json"]).passed().stdout;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["endpoint"], endpoint);
    assert_eq!(json["backend"], "container");
    assert_eq!(json["variables"]["AWS_SECRET_ACCESS_KEY"], "rustfsadmin");
    assert_eq!(json["variables"]["AWS_ENDPOINT_URL_S3"], endpoint);

    // A test under these variables finds the same server, as its own.
    let mut command = sandbox.command(&Subject::build("endings"));
    for line in up.stdout.lines() {
        let (name, value) = line["export ".len()..].split_once('=').expect("a variable");
        command.env(name, value);
    }
    output(command.args(["--exact", "returns_ok"])).passed();
    let buckets = sandbox.recorded_buckets();
    assert_eq!(buckets[0].0, endpoint);
    assert_eq!(sandbox.created(), 1);
    sandbox.assert_nothing_left();
}

#[test]
fn a_longer_idle_timeout_can_be_asked_for() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let up = finished(&sandbox, &["up", "--idle-timeout", "7m"]).passed();
    assert!(up.stderr.ends_with("has used it for 7m\n"), "{}", up.stderr);
    let status = finished(&sandbox, &["status"]).passed().stdout;
    assert!(status.contains("; goes 7m after the last one"), "{status}");
    finished(&sandbox, &["up", "--idle-timeout", "soon"])
        .failed_with("\"soon\" is not a duration: write a number with its unit");
}

#[test]
fn variables_are_appended_to_the_files_of_tools() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    for (format, variable) in [("github", "GITHUB_ENV"), ("nextest", "NEXTEST_ENV")] {
        let file = sandbox.path().join(variable);
        fs::write(&file, "BEFORE=1\n").expect("written");
        let mut command = program(&sandbox);
        command
            .args(["up", "--format", format])
            .env(variable, &file);
        let up = output(&mut command).passed();
        assert_eq!(up.stdout, "");
        let lines = fs::read_to_string(&file).expect("the file");
        assert!(
            lines.starts_with("BEFORE=1\nAWS_ENDPOINT_URL=http://127.0.0.1:"),
            "{lines}"
        );
        assert_eq!(value(&lines, "S3_TEST_BACKEND"), "container");

        finished(&sandbox, &["up", "--format", format]).failed_with(&format!(
            "s3-test: the variable {variable} names no file to append to."
        ));
    }
}

#[test]
fn an_embedded_server_cannot_be_left_behind() {
    let sandbox = Sandbox::embedded();
    finished(&sandbox, &["up"]).failed_with(
        "the embedded server ends with its process, so `up` cannot leave one behind. Use `s3-test run -- COMMAND`",
    );
    let file = sandbox.path().join("variables");
    let mut command = program(&sandbox);
    command
        .args(["up", "--format=github"])
        .env("GITHUB_ENV", &file);
    let up = output(&mut command).passed();
    assert_eq!(
        up.stderr,
        "s3-test: tests run on the embedded server, which needs no start: nothing to set up\n"
    );
    assert!(!file.exists());
}

fn a_set_up_script_of_nextest_starts_the_server(sandbox: Sandbox) {
    let sandbox = sandbox.idle_timeout("20s");
    let built = Subject::build("hundred");
    assert!(built.executable().exists());
    // The example's own settings, which name the program without its folder.
    let config = workspace().join("examples/ci/nextest.toml");
    let folder = PathBuf::from(program(&sandbox).get_program());
    let folder = folder.parent().expect("its folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = cargo();
    command
        .args([
            "nextest",
            "run",
            "--package=s3-test-suite",
            "--test=subject_hundred",
        ])
        // As the workflows beside it call it.
        .args(["--profile=ci", "--partition=hash:1/1"])
        .args(["--color=never", "--config-file"])
        .arg(&config)
        .env("PATH", format!("{}:{path}", folder.display()));
    sandbox.enter(&mut command);
    let run: Finished = output(&mut command).passed();
    assert!(
        run.stderr.contains("100 tests run: 100 passed"),
        "{}",
        run.stderr
    );
    let said = match sandbox.server() {
        Server::Container => "s3-test: started rustfs/rustfs",
        Server::Embedded => "s3-test: tests run on the embedded server, which needs no start",
    };
    // The script is the one who says so, before the first test runs.
    let (before, _) = run.stderr.split_once("PASS [").expect("a test has passed");
    assert!(before.contains(said), "{}", run.stderr);
    assert!(run.stderr.contains("SETUP PASS"), "{}", run.stderr);
    if sandbox.server() == Server::Container {
        assert_eq!(sandbox.created(), 1);
        sandbox.assert_nothing_left();
    }
}
