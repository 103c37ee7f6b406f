//! From nothing to the first test's body, beside what RustFS itself takes until it answers.

use s3_test_benches::{
    docker::{Alone, Place, start_alone},
    report_is_asked,
    subject::{Subject, profile},
    table::{Table, at_most},
};

const ROUNDS: usize = 12;

const CREATION_TO_ANSWER: &str = "RustFS alone: creation to first answer";
const PROCESS_TO_BODY: &str = "#[s3_test]: process' start to body";
const START_TO_ANSWER: &str = "RustFS alone: container's start to first answer";
const START_TO_BODY: &str = "#[s3_test]: container's start to body";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if report_is_asked() {
        return;
    }
    let subject = Subject::build("first_body", profile());
    let mut table = Table::new(&[
        CREATION_TO_ANSWER,
        PROCESS_TO_BODY,
        START_TO_ANSWER,
        START_TO_BODY,
    ]);
    // The first round fills the page cache.
    let _ = (alone().await, ours(&subject).await);
    for round in 0..ROUNDS {
        let (alone, ours) = if round % 2 == 0 {
            let alone = alone().await;
            (alone, ours(&subject).await)
        } else {
            let ours = ours(&subject).await;
            (alone().await, ours)
        };
        table.add(&[alone.since_creation, ours.0, alone.since_start, ours.1]);
    }
    table.print(
        "A cold start: from the container's start to the first test's body",
        profile(),
    );
    at_most(
        "more than RustFS alone, from the container's start",
        table.median(START_TO_BODY) - table.median(START_TO_ANSWER),
        150.0,
        " ms",
    );
    at_most(
        "more than RustFS alone, with the process' start and the container's creation",
        table.median(PROCESS_TO_BODY) - table.median(CREATION_TO_ANSWER),
        150.0,
        " ms",
    );
}

async fn alone() -> Alone {
    let place = Place::new();
    start_alone(&place).await
}

/// The time from the process' start to the body, and that from the container's start.
async fn ours(subject: &Subject) -> (u128, u128) {
    let place = Place::new();
    let run = subject.run(
        &place,
        &["--exact", "cold"],
        &[("S3_TEST_IDLE_TIMEOUT", "1s")],
    );
    let body = run.told("body");
    (
        body - run.started,
        body - place.container_started_at().await,
    )
}
