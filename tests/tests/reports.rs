//! Reports of failing tests, as text from child processes.

mod reports {
    mod many;
}

use std::{
    process::Command,
    time::{Duration, Instant},
};

use s3_test_suite::{Finished, Sandbox, Server, Subject, on_both_servers, report, stable};

on_both_servers! {
    a_panic_and_its_two_buckets
    an_error_with_an_empty_bucket
    a_timeout
    a_sibling
    a_bucket_that_the_test_has_deleted
    keys_that_would_write_on_the_terminal
    unfinished_uploads
    versions_and_delete_markers
    a_rule_that_never_fired
    the_last_requests
    should_panic_with_other_words
    uploads_that_make_a_test_fail
    requests_that_are_noted_on_demand
    a_snapshot_is_stable
}

/// Runs one test of the subject and returns its report: the lines after its message.
fn report_of(sandbox: &Sandbox, name: &str) -> String {
    report(&run(sandbox, name), name)
}

fn run(sandbox: &Sandbox, name: &str) -> Finished {
    let output = command(sandbox).args(["--exact", name]).output();
    let finished: Finished = output.expect("the subject runs").into();
    finished.failed_with("1 failed")
}

/// Returns the subject as a command. A test of it finds the container of its sandbox by a label.
fn command(sandbox: &Sandbox) -> Command {
    let mut command = sandbox.command(&Subject::build("reports"));
    if sandbox.server() == Server::Container {
        // The sandbox has an identity once a test has run.
        let identity = sandbox.state_directory().join("identity");
        if !identity.exists() {
            let first = sandbox.run(
                &Subject::build("reports"),
                &["--exact", "panics_as_expected"],
            );
            first.passed();
        }
        command.env("SUITE_LABEL", sandbox.label());
    }
    command
}

fn assert_report(sandbox: &Sandbox, name: &str, expected: &[&str]) {
    let report = stable(&report_of(sandbox, name));
    let title = format!("s3-test: subject_reports::{name} failed");
    let expected = [&[title.as_str()], expected].concat().join("\n");
    assert!(report == expected, "is:\n{report}\nexpected:\n{expected}");
}

fn a_panic_and_its_two_buckets(sandbox: Sandbox) {
    let finished = run(&sandbox, "panics");
    let whole = report(&finished, "panics");
    let message = finished
        .stdout
        .find("the message of the panic")
        .expect("the message");
    assert!(message < finished.stdout.find(&whole).expect("the report"));
    let lines: Vec<&str> = whole.lines().collect();
    let head: &[&str] = match sandbox.server() {
        Server::Container => &[
            "  server    rustfs/rustfs:",
            "  endpoint  http://127.0.0.1:",
            "  console   http://127.0.0.1:",
        ],
        Server::Embedded => &[
            "  server    the embedded server in this process",
            "  endpoint  http://127.0.0.1:",
        ],
    };
    for (line, start) in lines[1..].iter().zip(head) {
        assert!(line.starts_with(start), "{whole}");
    }
    let last = lines.last().expect("lines");
    if sandbox.server() == Server::Container {
        assert!(
            lines[3].ends_with(" (access key rustfsadmin, secret key rustfsadmin)"),
            "{whole}"
        );
        assert_eq!(
            *last,
            "  keep it   S3_TEST_KEEP=on-failure S3_TEST_IDLE_TIMEOUT=10m cargo test -- --exact panics"
        );
    }
    assert_report(
        &sandbox,
        "panics",
        &[
            "  bucket    report-panics (parameters bucket, store), gone",
            "  objects   2 objects, 1.9 KiB",
            "                    1 B     N s ago  left/behind",
            "                1.9 KiB     N s ago  left/more  (REDUCED_REDUNDANCY)",
            "  bucket    report-archive (parameter archive), gone",
            "  objects   1 object, 0 B",
            "                    0 B     N s ago  archived",
        ],
    );
}

fn an_error_with_an_empty_bucket(sandbox: Sandbox) {
    assert_report(
        &sandbox,
        "returns_err",
        &[
            "  bucket    report-err (parameter bucket), gone",
            "  objects   none",
        ],
    );
}

fn a_timeout(sandbox: Sandbox) {
    let finished = run(&sandbox, "times_out");
    let message = finished
        .stdout
        .find("did not end within its timeout of 500ms");
    let whole = report(&finished, "times_out");
    assert!(message.expect("the message") < finished.stdout.find(&whole).expect("the report"));
    assert_report(
        &sandbox,
        "times_out",
        &[
            "  bucket    report-timeout (parameter store), gone",
            "  objects   1 object, 7 B",
            "                    7 B     N s ago  before",
        ],
    );
}

fn a_sibling(sandbox: Sandbox) {
    let report = stable(&report_of(&sandbox, "makes_a_sibling"));
    let lines: Vec<&str> = report.lines().skip(1).collect();
    assert_eq!(
        lines[0],
        "  bucket    report-family (parameter bucket), gone"
    );
    assert_eq!(lines[1], "  objects   none");
    assert!(
        lines[2].starts_with("  sibling   test-bucket-tenant-"),
        "{report}"
    );
    assert!(lines[2].ends_with(", gone"), "{report}");
    assert_eq!(lines[3], "  objects   1 object, 1 B");
    assert!(lines[4].ends_with("  of the sibling"), "{report}");
}

fn a_bucket_that_the_test_has_deleted(sandbox: Sandbox) {
    assert_report(
        &sandbox,
        "deletes_its_bucket",
        &[
            "  bucket    report-deleted (parameter bucket), which is not there any more: the test or the code that it calls \
         has deleted it",
        ],
    );
}

fn keys_that_would_write_on_the_terminal(sandbox: Sandbox) {
    let long = format!(
        "                    1 B     N s ago  {}…",
        "long".repeat(40)
    );
    let (line, red) = (
        "                    1 B     N s ago  line\\nbreak",
        "                    1 B     N s ago  red \\u{1b}[31malert",
    );
    let mut expected = vec![
        "  bucket    report-odd (parameter bucket), gone",
        "  objects   5 objects, 5 B",
        "                    1 B     N s ago  back\\\\slash",
        line,
        &long,
        red,
        "                    1 B     N s ago  ünï \"quoted\"",
    ];
    if sandbox.server() == Server::Container {
        expected[1] = "  objects   3 objects, 3 B";
        expected.retain(|row| ![line, red].contains(row));
    }
    assert_report(&sandbox, "odd_keys", &expected);
}

fn unfinished_uploads(sandbox: Sandbox) {
    assert_report(
        &sandbox,
        "leaves_uploads",
        &[
            "  bucket    report-uploads (parameter store), gone",
            "  objects   none",
            "  uploads   2 multipart uploads neither completed nor aborted, which S3 bills and no listing of objects shows",
            "                N s ago  first  (upload …)",
            "                N s ago  second  (upload …)",
        ],
    );
}

fn versions_and_delete_markers(sandbox: Sandbox) {
    assert_report(
        &sandbox,
        "versions",
        &[
            "  bucket    report-versions (parameter store), gone",
            "  objects   1 object, 3 B",
            "                    3 B     N s ago  rewritten",
            "  versions  2 older versions and 1 delete marker behind the objects",
            "                deleted     N s ago  deleted  (version …)",
            "                    4 B     N s ago  deleted  (version …)",
            "                    3 B     N s ago  rewritten  (version …)",
        ],
    );
}

fn a_rule_that_never_fired(sandbox: Sandbox) {
    let finished = run(&sandbox, "a_rule_that_never_fired");
    assert!(
        finished.stdout.contains("never fired") || finished.stdout.contains("did not happen"),
        "{}",
        finished.stdout
    );
    assert_report(
        &sandbox,
        "a_rule_that_never_fired",
        &[
            "  bucket    report-rule (parameters store, faults), gone",
            "  objects   1 object, 1 B",
            "                    1 B     N s ago  other",
            "  requests  2 requests",
            "                1       N ms  PutObject other 200",
            "                2       N ms  GetObject other 200",
        ],
    );
}

fn the_last_requests(sandbox: Sandbox) {
    let report = stable(&report_of(&sandbox, "many_requests"));
    let lines: Vec<&str> = report.lines().collect();
    let requests = lines
        .iter()
        .position(|line| *line == "  requests  25 requests");
    let rows = &lines[requests.unwrap_or_else(|| panic!("{report}")) + 1..];
    assert_eq!(rows.len(), 21, "{report}");
    assert_eq!(rows[0], "            … 5 before them");
    assert!(rows[1].ends_with("PutObject object-06 200"), "{report}");
    assert!(rows[20].starts_with("               25 "), "{report}");
    assert!(rows[20].ends_with("PutObject object-25 200"), "{report}");
    assert_eq!(lines[2], "  objects   25 objects, 25 B");
    assert!(lines[22].ends_with("object-20"), "{report}");
    assert_eq!(lines[23], "            … and 5 more");
}

fn should_panic_with_other_words(sandbox: Sandbox) {
    assert_report(
        &sandbox,
        "panics_with_other_words",
        &[
            "  bucket    report-words (parameter store), gone",
            "  objects   1 object, 1 B",
            "                    1 B     N s ago  key",
        ],
    );
    let subject = Subject::build("reports");
    let behaved = sandbox
        .run(&subject, &["--exact", "panics_as_expected", "--nocapture"])
        .passed();
    assert!(
        !behaved.stderr.contains("s3-test: subject_reports"),
        "{}",
        behaved.stderr
    );
}

#[test]
fn a_container_that_was_killed() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    let report = report_of(&sandbox, "its_server_is_killed");
    let lines: Vec<&str> = report.lines().collect();
    assert!(lines[1].ends_with(", which is gone"), "{report}");
    assert!(
        lines[4].starts_with("  ended     with exit code 137"),
        "{report}"
    );
    let bucket = "  bucket    report-killed (parameter store), gone with its server";
    assert!(lines.contains(&bucket), "{report}");
    assert!(!report.contains("objects "), "{report}");
    assert!(!report.contains('\u{1b}'), "{report}");
}

/// A server that listens and answers nothing: the report comes in time and says what it could not get.
#[test]
fn a_container_that_hangs() {
    let Some(sandbox) = Sandbox::new() else {
        return;
    };
    run(&sandbox, "panics");
    let start = Instant::now();
    let report = report_of(&sandbox, "its_server_hangs");
    // With the limit for the deletion of the bucket at the end of the process.
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{:?}",
        start.elapsed()
    );
    let expected = "  objects   not known, since the server did not list them within 5 s";
    assert!(report.lines().any(|line| line == expected), "{report}");
    assert!(
        report.lines().any(|line| line.starts_with("  keep it ")),
        "{report}"
    );
}

fn uploads_that_make_a_test_fail(sandbox: Sandbox) {
    let name = "succeeds::and_leaves_uploads";
    let finished = run(&sandbox, name);
    let message = "s3-test: the test has left 2 multipart uploads unfinished in the bucket `report-strict`: \
                   line\\nbreak, second. Complete or abort each";
    assert!(finished.stdout.contains(message), "{}", finished.stdout);
    assert!(report(&finished, name).contains("  uploads   2 multipart uploads neither"));

    let finished = run(&sandbox, "succeeds::with_a_panic_and_leaves_uploads");
    assert!(
        finished
            .stdout
            .contains("s3-test: the test has left 2 multipart uploads"),
        "{}",
        finished.stdout
    );

    let finished = sandbox.run(&Subject::build("reports"), &["succeeds::and_"]);
    let finished = finished.failed_with("2 passed; 1 failed");
    let mut command = sandbox.command(&Subject::build("reports"));
    command.args(["--exact", "succeeds::and_leaves_uploads_that_nobody_minds"]);
    command.env("S3_TEST_UNFINISHED_UPLOADS", "fail");
    let strict: Finished = command.output().expect("the subject runs").into();
    assert!(
        !strict.success && finished.stdout.contains("nobody_minds ... ok"),
        "{}",
        strict.stdout
    );
}

fn requests_that_are_noted_on_demand(sandbox: Sandbox) {
    let row = "                1       N ms  PutObject key 200";
    assert_report(
        &sandbox,
        "notes_its_requests",
        &[
            "  bucket    report-noted (parameter store), gone",
            "  objects   1 object, 1 B",
            "                    1 B     N s ago  key",
            "  requests  1 request",
            row,
        ],
    );
    assert!(!report_of(&sandbox, "notes_no_requests").contains("  requests "));
    let mut command = sandbox.command(&Subject::build("reports"));
    command
        .args(["--exact", "notes_no_requests"])
        .env("S3_TEST_REQUESTS", "1");
    let finished: Finished = command.output().expect("the subject runs").into();
    let noted = stable(&report(&finished, "notes_no_requests"));
    assert!(noted.lines().any(|line| line == row), "{noted}");
}

fn a_snapshot_is_stable(sandbox: Sandbox) {
    let finished = sandbox
        .run(&Subject::build("reports"), &["a_snapshot"])
        .passed();
    assert_eq!(finished.passed_tests(), 2);
}
