//! `s3-test status`, `ls`, `rm` and `down`.

use std::time::Duration;

use s3_test_suite::{Running, Sandbox, Subject, program};

use super::finished;

/// Runs a test that keeps its bucket, and returns the bucket's name.
fn keep(sandbox: &Sandbox) -> String {
    let mut command = sandbox.command(&Subject::build("endings"));
    command
        .args(["--exact", "returns_ok"])
        .env("S3_TEST_KEEP", "always");
    super::output(&mut command).passed();
    let (_, name) = sandbox.recorded_buckets().pop().expect("a bucket");
    name
}

#[test]
fn a_kept_bucket_is_listed_and_deleted() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let sandbox = sandbox.idle_timeout("60s");
    assert_eq!(
        finished(&sandbox, &["status"]).passed().stdout,
        "No server runs. A test, `s3-test up` or `s3-test run` starts one.\n"
    );
    assert_none_kept(&sandbox);

    let (first, second) = (keep(&sandbox), keep(&sandbox));
    let endpoint = &sandbox.recorded_buckets()[0].0;
    let list = finished(&sandbox, &["ls"]).passed().stdout;
    for name in [&first, &second] {
        let line = format!("{name}  1 objects, 1 B, at {endpoint}\n");
        assert!(list.contains(&line), "{list}");
    }
    let objects = finished(&sandbox, &["ls", &first]).passed().stdout;
    assert!(objects.ends_with("  left/behind\n"), "{objects}");
    let status = finished(&sandbox, &["status"]).passed().stdout;
    for part in [
        format!("  endpoint  {endpoint}\n"),
        "/rustfs/console/ (user rustfsadmin, password rustfsadmin)\n".to_owned(),
        "; goes 1m after the last one".to_owned(),
        "  age       ".to_owned(),
    ] {
        assert!(status.contains(&part), "{part}: {status}");
    }
    let (_, kept) = status.split_once("  kept      ").expect("kept buckets");
    assert!(kept.contains(&first) && kept.contains(&second), "{status}");

    finished(&sandbox, &["ls", "another"]).failed_with("no kept bucket is called `another`");
    let removed = finished(&sandbox, &["rm", &first, "another"])
        .failed_with("no kept bucket is called `another`");
    assert_eq!(removed.stdout, format!("deleted {first}\n"));
    let list = finished(&sandbox, &["ls"]).passed().stdout;
    assert!(!list.contains(&first) && list.contains(&second), "{list}");
    let removed = finished(&sandbox, &["rm", "--all"]).passed();
    assert_eq!(removed.stdout, format!("deleted {second}\n"));
    assert_none_kept(&sandbox);
}

fn assert_none_kept(sandbox: &Sandbox) {
    let list = finished(sandbox, &["ls"]).passed();
    assert_eq!(list.stdout, "");
    let said = "s3-test: no bucket is kept. S3_TEST_KEEP=on-failure keeps";
    assert!(list.stderr.starts_with(said), "{}", list.stderr);
}

#[test]
fn down_removes_only_what_is_ours_and_unused() {
    let (Some(sandbox), Some(neighbour)) = (Sandbox::new(), Sandbox::new()) else {
        return;
    };
    let (sandbox, neighbour) = (sandbox.idle_timeout("60s"), neighbour.idle_timeout("60s"));
    finished(&neighbour, &["up"]).passed();
    let kept = keep(&sandbox);

    let mut command = program(&sandbox);
    command
        .args(["run", "--", "cat"])
        .stdin(std::process::Stdio::piped());
    let running = Running::start(&mut command);
    wait_for_use(&sandbox);
    let refused = finished(&sandbox, &["down"]).failed_with(" open connections) and stays.");
    assert_eq!(refused.stdout, "");
    running.kill();

    let removed = finished(&sandbox, &["down", "--force"]).passed().stdout;
    assert!(removed.starts_with("removed s3-test-"), "{removed}");
    assert!(
        removed.ends_with(&format!(", with the kept buckets {kept}\n")),
        "{removed}"
    );
    sandbox.assert_gone_within(Duration::from_secs(1));
    assert_eq!(
        finished(&sandbox, &["down"]).passed().stdout,
        "No server runs.\n"
    );

    let status = finished(&neighbour, &["status"]).passed().stdout;
    assert!(status.contains("  endpoint  http://127.0.0.1:"), "{status}");
}

/// Waits until somebody is connected to the sandbox's only container.
fn wait_for_use(sandbox: &Sandbox) {
    let start = std::time::Instant::now();
    loop {
        let status = finished(sandbox, &["status"]).passed().stdout;
        if status.contains("  leases    ") && !status.contains("  leases    0 ") {
            return;
        }
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "nobody came: {status}"
        );
    }
}

#[test]
fn without_an_engine_there_is_nothing_to_show() {
    let sandbox = Sandbox::embedded();
    for arguments in [&["status"][..], &["ls"], &["rm", "--all"], &["down"]] {
        finished(&sandbox, arguments)
            .failed_with("s3-test: Docker refused the connection at tcp://127.0.0.1:1.");
    }
}
