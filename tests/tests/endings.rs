//! However a test ends, its harness reports it as it would a `#[tokio::test]`, and its bucket is gone.

use object_store::{
    Error, ObjectStore,
    aws::{AmazonS3, AmazonS3Builder},
};
use s3_test_suite::{Sandbox, Server, Subject, on_both_servers};
use tokio::runtime::Runtime;

on_both_servers! {
    every_ending_is_reported_and_leaves_no_bucket
    a_failure_tells_where_to_look_after_its_message
    a_success_prints_nothing_but_the_start_of_the_container
}

const PASS: [&str; 10] = [
    "returns_unit",
    "returns_ok",
    "returns_a_good_termination",
    "should_panic_and_does",
    "should_panic_with_this_message_and_does",
    "ends_within_its_timeout",
    "runs_on_one_thread",
    "runs_on_three_threads",
    "blocks_on_the_store",
    "outer::inner::is_in_a_module",
];

const FAIL: [(&str, &str); 10] = [
    ("returns_err", "Error: \"the reason of the failure\""),
    (
        "returns_a_bad_termination",
        "s3-test: subject_endings::returns_a_bad_termination failed",
    ),
    ("panics", "the message of the panic"),
    ("should_panic_with_another_message", "as it should not"),
    (
        "should_panic_and_does_not",
        "s3-test: subject_endings::should_panic_and_does_not failed",
    ),
    (
        "should_panic_and_times_out",
        "did not end within its timeout of 500ms",
    ),
    (
        "times_out",
        "did not end within its timeout of 500ms. Find what it waits for, or raise the option `timeout`",
    ),
    (
        "blocks_its_thread",
        "It blocks its thread, which is left running until the process ends",
    ),
    (
        "has_an_impossible_parameter",
        "could not be made from its bucket: the reason why it is impossible",
    ),
    ("prints_within_its_timeout", "printed by the body"),
];

fn every_ending_is_reported_and_leaves_no_bucket(sandbox: Sandbox) {
    // Long enough to look into the server after the process has ended.
    let sandbox = sandbox.idle_timeout("60s");
    let finished = sandbox.run(&Subject::build("endings"), &[]);
    for name in PASS {
        let line = format!("test {name} ... ok");
        let line_of_panic = format!("test {name} - should panic ... ok");
        let stdout = &finished.stdout;
        assert!(
            stdout.contains(&line) || stdout.contains(&line_of_panic),
            "{name}:\n{stdout}"
        );
    }
    for (name, message) in FAIL {
        let report = section(&finished.stdout, name);
        assert!(
            report.contains(message),
            "{name} does not say {message:?}:\n{report}"
        );
    }
    assert!(
        finished
            .stdout
            .contains("test is_ignored ... ignored, to see that it is")
    );
    assert!(!finished.stdout.contains("does_not_exist"));
    let summary = format!("{} passed; {} failed; 1 ignored", PASS.len(), FAIL.len());
    assert!(finished.stdout.contains(&summary), "{}", finished.stdout);

    let buckets = sandbox.recorded_buckets();
    assert_eq!(buckets.len(), PASS.len() + FAIL.len(), "{buckets:?}");
    let runtime = Runtime::new().expect("a runtime");
    for (endpoint, name) in buckets {
        let gone = runtime.block_on(is_gone(&endpoint, &name));
        assert!(gone, "the bucket {name} is still there");
    }
    if sandbox.server() == Server::Embedded {
        sandbox.assert_nothing_left();
        return;
    }
    let left: Vec<_> = std::fs::read_dir(sandbox.state_directory())
        .expect("the state directory")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(left, ["identity"], "locks are left behind");
}

fn a_failure_tells_where_to_look_after_its_message(sandbox: Sandbox) {
    let finished = sandbox
        .run(
            &Subject::build("endings"),
            &["--exact", "panics", "returns_err", "times_out"],
        )
        .failed_with("3 failed");
    for (name, message) in FAIL
        .iter()
        .filter(|(name, _)| ["panics", "returns_err", "times_out"].contains(name))
    {
        let report = section(&finished.stdout, name);
        let (_, block) = report.split_once(message).expect("the message comes first");
        let rows: Vec<&str> = block
            .lines()
            .skip_while(|line| !line.starts_with("s3-test: "))
            .collect();
        assert_eq!(rows[0], format!("s3-test: subject_endings::{name} failed"));
        let expected: &[&str] = match sandbox.server() {
            Server::Container => &[
                "server    rustfs/rustfs:1.0.1 in the container s3-test-",
                "endpoint  http://127.0.0.1:",
                "console   http://127.0.0.1:",
                "bucket    ",
                "objects   1 object, 1 B",
                "1 B",
                "uploads   1 multipart upload neither",
            ],
            Server::Embedded => &[
                "server    the embedded server in this process",
                "endpoint  http://127.0.0.1:",
                "bucket    ",
                "objects   1 object, 1 B",
                "1 B",
                "uploads   1 multipart upload neither",
            ],
        };
        assert!(rows.len() > expected.len(), "{rows:?}");
        for (row, expected) in rows[1..].iter().zip(expected) {
            assert!(row.trim().starts_with(expected), "{rows:?}");
        }
    }
}

fn a_success_prints_nothing_but_the_start_of_the_container(sandbox: Sandbox) {
    let sandbox = sandbox.idle_timeout("20s");
    let subject = Subject::build("endings");
    let arguments = [
        "--exact",
        "returns_ok",
        "returns_unit",
        "should_panic_and_does",
        "--nocapture",
    ];
    let first = sandbox.run(&subject, &arguments).passed();
    let lines: Vec<&str> = first
        .stderr
        .lines()
        .filter(|line| line.contains("s3-test"))
        .collect();
    match sandbox.server() {
        Server::Container => {
            assert_eq!(lines.len(), 1, "{}", first.stderr);
            let started = "s3-test: started rustfs/rustfs:1.0.1 at http://127.0.0.1:";
            assert!(lines[0].starts_with(started), "{lines:?}");
            assert!(lines[0].contains("(console http://127.0.0.1:"), "{lines:?}");
        }
        Server::Embedded => assert!(lines.is_empty(), "{lines:?}"),
    }
    let second = sandbox.run(&subject, &arguments).passed();
    assert!(!second.stderr.contains("s3-test"), "{}", second.stderr);
}

/// Returns the harness' output of a failing test.
fn section<'a>(stdout: &'a str, name: &str) -> &'a str {
    let start = stdout.find(&format!("---- {name} stdout ----"));
    let start = start.or_else(|| stdout.find(&format!("---- {name} - should panic stdout ----")));
    let section = &stdout[start.unwrap_or_else(|| panic!("{name} did not fail:\n{stdout}"))..];
    let end = section[5..]
        .find("\n---- ")
        .map_or(section.len(), |end| end + 5);
    &section[..end]
}

async fn is_gone(endpoint: &str, name: &str) -> bool {
    let address = endpoint.trim_start_matches("http://");
    if tokio::net::TcpStream::connect(address).await.is_err() {
        return true;
    }
    let store: AmazonS3 = AmazonS3Builder::new()
        .with_endpoint(endpoint)
        .with_allow_http(true)
        .with_bucket_name(name)
        .with_access_key_id("rustfsadmin")
        .with_secret_access_key("rustfsadmin")
        .build()
        .expect("a store");
    match store.list_with_delimiter(None).await {
        Err(Error::NotFound { .. }) => true,
        Err(error) => error.to_string().contains("NoSuchBucket"),
        Ok(_) => false,
    }
}
