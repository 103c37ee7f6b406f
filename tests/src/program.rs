//! The program `s3-test`, built with its feature and run as a child process.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
    sync::LazyLock,
};

use crate::{Sandbox, cargo};

/// Returns a command that runs the program `s3-test` in a sandbox.
///
/// # Panics
///
/// If the program does not compile.
#[must_use]
pub fn program(sandbox: &Sandbox) -> Command {
    static PROGRAM: LazyLock<PathBuf> = LazyLock::new(compile);
    let mut command = Command::new(&*PROGRAM);
    sandbox.enter(&mut command);
    // A package of nobody's, so that no `s3-test.toml` counts.
    command.current_dir(sandbox.path());
    for foreign in [
        "AWS_PROFILE",
        "AWS_SESSION_TOKEN",
        "NEXTEST_ENV",
        "GITHUB_ENV",
    ] {
        command.env_remove(foreign);
    }
    command
}

/// Builds the program beside a test of this crate, whose dependencies it then shares.
fn compile() -> PathBuf {
    let output = cargo()
        .args([
            "build",
            "--message-format=json",
            "--package=s3-test-suite",
            "--package=s3-test",
            "--features=s3-test/cli",
            "--bin=s3-test",
            "--test=subject_twenty_a",
        ])
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "the program does not compile");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["kind"] == serde_json::json!(["bin"]))
        .find_map(|message| Some(PathBuf::from(message["executable"].as_str()?)))
        .expect("cargo tells where the executable is")
}
