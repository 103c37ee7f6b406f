//! `s3-test serve`.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use s3_test_suite::{Client, Sandbox, program};

use super::finished;

#[test]
fn the_embedded_server_runs_by_itself() {
    let sandbox = Sandbox::embedded();
    let mut child = program(&sandbox)
        .args([
            "serve",
            "--user",
            "KEY:SECRET",
            "--user",
            "OTHER:SECRET2",
            "--bucket",
            "uploads",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
    stdout.read_line(&mut line).expect("a line");
    let endpoint = line.strip_prefix("listening on ").expect("the endpoint");
    let (endpoint, rest) = endpoint.split_once(';').expect("an explanation");
    assert_eq!(rest, " Ctrl-C stops it, and everything in it is gone\n");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let client = Client::new(endpoint, "KEY", "SECRET");
        assert_eq!(client.buckets().await, ["uploads"]);
        client.send("PUT", "uploads/key", "content").await;
        let other = Client::new(endpoint, "OTHER", "SECRET2");
        let answer = other.try_send("GET", "uploads/key", "").await;
        assert_eq!(answer.expect("an answer").status, 403);
    });
    let port = endpoint.rsplit_once(':').expect("a port").1.to_owned();
    finished(&sandbox, &["serve", "--port", &port])
        .failed_with(&format!("nothing can listen on port {port} of 127.0.0.1: "));
    let sent = Command::new("kill").arg(child.id().to_string()).status();
    assert!(sent.expect("kill runs").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn wrong_arguments_are_told() {
    let sandbox = Sandbox::embedded();
    finished(&sandbox, &["serve", "--user", "KEY"])
        .failed_with("write an access key, a colon and a secret key, as in `--user KEY:SECRET`");
    finished(&sandbox, &["serve", "--bucket", "Uploads"]).failed_with("--bucket <NAME>");
}
