//! A hundred small tests (put, get, list) in one binary on two threads, beside the same written by hand.

use super::{Measured, Setting, in_turns};
use crate::{
    docker::Place,
    figure::{Figure, Goal},
    peer::TMPFS_VARIABLE,
    subject::Subject,
    table::Table,
};

const TESTS: u128 = 100;
/// The number of tests with a container each.
const CONTAINERS: u128 = 8;

const OURS: &str = "#[s3_test]";
const BY_HAND: &str = "static OnceCell container, store per test";
const BY_HAND_TMPFS: &str = "the same with its data in memory";
const CONTAINER_EACH: &str = "container per test (8 tests × 12.5)";

/// Measures from nothing to the process' end.
#[must_use]
pub fn measure(setting: Setting) -> Measured {
    let subject = |name| Subject::build(name, setting.profile);
    let ours = subject("hundred");
    let by_hand = subject("hundred_by_hand");
    let container_each = subject("container_each");
    let mut table = Table::new(&[OURS, BY_HAND, BY_HAND_TMPFS, CONTAINER_EACH]);
    // The first round fills the page cache.
    let _ = (run(&ours, &[]), run(&by_hand, &[]));
    for round in 0..setting.rounds {
        table.add(&in_turns(
            round,
            [
                &|| run(&ours, &[]),
                &|| run(&by_hand, &[]),
                &|| run(&by_hand, &[(TMPFS_VARIABLE, "1")]),
                &|| run(&container_each, &[]) * TESTS / CONTAINERS,
            ],
        ));
    }
    let figures = vec![
        Figure::ratio(
            "100 tests on RustFS: faster than a container per test",
            table.ratios(CONTAINER_EACH, OURS),
            Goal::AtLeast(30.0),
        ),
        Figure::ratio(
            "100 tests on RustFS: of the time of hand-written `OnceCell` sharing",
            table.ratios(OURS, BY_HAND),
            Goal::AtMost(0.3),
        ),
        Figure::ratio(
            "the same, where the hand-written one has its data in memory too",
            table.ratios(OURS, BY_HAND_TMPFS),
            Goal::None,
        ),
    ];
    Measured {
        title: "A hundred small tests in one binary, two threads, from nothing to the process' end",
        table,
        figures,
    }
}

/// Each run finds no container.
fn run(subject: &Subject, variables: &[(&str, &str)]) -> u128 {
    let place = Place::new();
    subject
        .run(&place, &["--test-threads=2"], variables)
        .whole()
}
