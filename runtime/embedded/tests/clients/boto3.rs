//! boto3, where Python has it.

use std::{io::Write, process::Command};

use tokio::task::spawn_blocking;

use crate::Place;

/// Tells whether python3 has boto3, and says so if it does not.
pub fn has_boto3() -> bool {
    let importable = Command::new("python3")
        .args(["-c", "import boto3"])
        .output();
    let there = importable.is_ok_and(|output| output.status.success());
    if !there {
        // Not by `eprintln`, which the harness captures.
        let skipped = "s3-test-embedded-clients: skipped boto3: python3 has no boto3 here (`pip install boto3`)\n";
        let _ = std::io::stderr().write_all(skipped.as_bytes());
    }
    there
}

/// Uses a bucket by boto3, in a process of its own.
pub async fn boto3(place: &Place<'_>) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/with_boto3.py");
    let keys = place.keys.to_string();
    let head = if place.heads_parts { "part" } else { "whole" };
    let arguments = [
        script,
        place.endpoint,
        place.key,
        place.secret,
        place.bucket,
        &keys,
        head,
    ];
    let arguments = arguments.map(str::to_owned);
    let output = spawn_blocking(|| Command::new("python3").args(arguments).output());
    let output = output.await.unwrap().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
