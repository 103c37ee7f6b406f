//! boto3, where Python has it.

use crate::support::{BUCKET, Fixture, KEY, SECRET};
use std::{io::Write, process::Command};

#[tokio::test(flavor = "multi_thread")]
async fn boto3() {
    let importable = Command::new("python3")
        .args(["-c", "import boto3"])
        .output();
    if !importable.is_ok_and(|output| output.status.success()) {
        // Not by `eprintln`, which the harness captures.
        let skipped = "s3-test-embedded-clients: skipped boto3: python3 has no boto3 here (`pip install boto3`)\n";
        let _ = std::io::stderr().write_all(skipped.as_bytes());
        return;
    }
    let fixture = Fixture::new().await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/with_boto3.py");
    let arguments = [script, fixture.server.endpoint(), KEY, SECRET, BUCKET].map(str::to_owned);
    let output =
        tokio::task::spawn_blocking(move || Command::new("python3").args(arguments).output())
            .await
            .unwrap();
    let output = output.unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
