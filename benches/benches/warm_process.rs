//! From a process' start to its first test's body, where the container runs already.

use s3_test_benches::{
    docker::Place,
    subject::{Run, Subject},
    table::{Table, at_most},
};

const ROUNDS: usize = 30;

const PLAIN: &str = "a plain #[test]: process' start to body";
const BODY: &str = "#[s3_test]: process' start to body";
const REQUESTS: &str = "the S3 requests in it, made by hand";
const REST: &str = "#[s3_test] without them";

fn main() {
    let subject = Subject::build("first_body");
    let place = Place::new();
    let run = |test| -> Run {
        // The container stays between the processes.
        let warm = &[("S3_TEST_IDLE_TIMEOUT", "30s")];
        subject.run(&place, &["--exact", test], warm)
    };
    let mut table = Table::new(&[PLAIN, BODY, REQUESTS, REST]);
    // The first process starts the container.
    let _ = run("warm");
    for _ in 0..ROUNDS {
        let plain = run("plain");
        let warm = run("warm");
        let body = warm.told("body") - warm.started;
        let requests = warm.told("requests");
        table.add(&[
            plain.told("body") - plain.started,
            body,
            requests,
            body.saturating_sub(requests),
        ]);
    }
    table.print("A process that finds the container running");
    at_most(
        "process' start to body, without S3 requests",
        table.median(REST),
        50.0,
        " ms",
    );
}
