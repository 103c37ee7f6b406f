//! A hundred small tests (put, get, list) in one binary on two threads, beside the same written by hand.

use s3_test_benches::{
    docker::Place,
    peer::TMPFS_VARIABLE,
    subject::Subject,
    table::{Table, at_least, at_most},
};

const ROUNDS: usize = 3;
const TESTS: u128 = 100;
/// The number of tests with a container each.
const CONTAINERS: u128 = 8;

const OURS: &str = "#[s3_test]";
const BY_HAND: &str = "static OnceCell container, store per test";
const BY_HAND_TMPFS: &str = "the same with its data in memory";
const CONTAINER_EACH: &str = "container per test (8 tests × 12.5)";

fn main() {
    let ours = Subject::build("hundred");
    let by_hand = Subject::build("hundred_by_hand");
    let container_each = Subject::build("container_each");
    let mut table = Table::new(&[OURS, BY_HAND, BY_HAND_TMPFS, CONTAINER_EACH]);
    // The first round fills the page cache.
    let _ = (run(&ours, &[]), run(&by_hand, &[]));
    for _ in 0..ROUNDS {
        table.add(&[
            run(&ours, &[]),
            run(&by_hand, &[]),
            run(&by_hand, &[(TMPFS_VARIABLE, "1")]),
            run(&container_each, &[]) * TESTS / CONTAINERS,
        ]);
    }
    table.print(
        "A hundred small tests in one binary, two threads, from nothing to the process' end",
    );
    at_least(
        "faster than a container per test",
        table.median(CONTAINER_EACH) / table.median(OURS),
        15.0,
        " ×",
    );
    at_most(
        "#[s3_test] / by hand",
        table.median(OURS) / table.median(BY_HAND),
        0.6,
        " ×",
    );
    at_most(
        "#[s3_test] / by hand with its data in memory",
        table.median(OURS) / table.median(BY_HAND_TMPFS),
        0.6,
        " ×",
    );
}

/// Each run finds no container.
fn run(subject: &Subject, variables: &[(&str, &str)]) -> u128 {
    let place = Place::new();
    subject
        .run(&place, &["--test-threads=2"], variables)
        .whole()
}
