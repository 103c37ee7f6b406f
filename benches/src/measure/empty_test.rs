//! A test with an empty body on a warm container, beside the bare requests that create and delete its bucket.

use super::{Measured, Setting, in_turns};
use crate::{
    docker::{Place, WARM},
    figure::{Figure, Goal},
    subject::Subject,
    table::Table,
};

const TESTS: u128 = 100;

const BY_HAND: &str = "create and delete a bucket by hand";
const EMPTY_TEST: &str = "#[s3_test] with an empty body";

/// Measures a hundred of them, one after the other.
#[must_use]
pub fn measure(setting: Setting) -> Measured {
    let subject = Subject::build("empty", setting.profile);
    let place = Place::new();
    let mut table = Table::new(&[BY_HAND, EMPTY_TEST]);
    // The first round starts the container.
    let _ = (by_hand(&subject, &place), empty_test(&subject, &place));
    for round in 0..setting.rounds {
        let turns: [&dyn Fn() -> u128; 2] = [&|| by_hand(&subject, &place), &|| {
            empty_test(&subject, &place)
        }];
        table.add(&in_turns(round, turns));
    }
    let figures = vec![Figure::ratio(
        "empty test on a warm container: of the time to create and delete a bucket by hand",
        table.ratios(EMPTY_TEST, BY_HAND),
        Goal::AtMost(0.4),
    )];
    Measured {
        title: "An empty test on a warm container: 100 of them one after the other, for each of them",
        table,
        figures,
    }
}

fn by_hand(subject: &Subject, place: &Place) -> u128 {
    let run = subject.run(place, &["--ignored", "--exact", "by_hand"], WARM);
    run.told("requests") / TESTS
}

/// From the body of the first test to the process' end: everything that a hundred tests do, clean-up included.
fn empty_test(subject: &Subject, place: &Place) -> u128 {
    let run = subject.run(place, &["--test-threads=1"], WARM);
    (run.ended - run.told("body")) / TESTS
}
