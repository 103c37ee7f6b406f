//! Tests of the program `store` as a user runs it: a child process, its arguments, its output, its exit code.

use std::process::{Command, Output};

use s3_test::{TestBucket, s3_test};

/// Runs the program with the test's bucket in its environment.
fn store(bucket: &TestBucket, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_store"));
    command.args(arguments).envs(bucket.env_vars());
    // The developer's own account and proxy.
    for foreign in [
        "AWS_PROFILE",
        "AWS_SESSION_TOKEN",
        "HTTP_PROXY",
        "http_proxy",
        "ALL_PROXY",
        "all_proxy",
    ] {
        command.env_remove(foreign);
    }
    command.output().expect("the program runs")
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The test is not `async`: it blocks while the program runs.
#[s3_test]
fn files_are_uploaded_listed_and_printed(bucket: &TestBucket) {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    assert_eq!(stdout(&store(bucket, &["put", manifest])), "Cargo.toml\n");

    let content = std::fs::read_to_string(manifest).expect("the manifest");
    assert_eq!(stdout(&store(bucket, &["cat", "Cargo.toml"])), content);
    let line = format!("{} Cargo.toml\n", content.len());
    assert_eq!(stdout(&store(bucket, &["ls"])), line);
}

/// The bucket begins with files of the repository.
#[s3_test(fixtures("uploads"))]
fn fixtures_are_listed(bucket: &TestBucket) {
    let listed = stdout(&store(bucket, &["ls"]));
    let keys: Vec<_> = listed
        .lines()
        .filter_map(|line| line.split(' ').nth(1))
        .collect();
    assert_eq!(keys, ["storage.rs", "tests.rs"]);
}

#[s3_test]
fn a_missing_object_is_an_error_that_names_it(bucket: &TestBucket) {
    let output = store(bucket, &["cat", "missing.txt"]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.starts_with("store: ") && stderr.contains("missing.txt"),
        "{stderr}"
    );
}
