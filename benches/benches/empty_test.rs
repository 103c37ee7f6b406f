//! A test with an empty body on a warm container, beside the bare requests that create and delete its bucket.

use s3_test_benches::{
    docker::Place,
    subject::Subject,
    table::{Table, at_most},
};

const ROUNDS: usize = 7;
const TESTS: u128 = 100;

/// The container stays between the processes.
const WARM: &[(&str, &str)] = &[("S3_TEST_IDLE_TIMEOUT", "30s")];

const BY_HAND: &str = "create and delete a bucket by hand";
const EMPTY_TEST: &str = "#[s3_test] with an empty body";

fn main() {
    let subject = Subject::build("empty");
    let place = Place::new();
    let mut table = Table::new(&[BY_HAND, EMPTY_TEST]);
    // The first round starts the container.
    let _ = (by_hand(&subject, &place), empty_test(&subject, &place));
    for round in 0..ROUNDS {
        if round % 2 == 0 {
            let by_hand = by_hand(&subject, &place);
            table.add(&[by_hand, empty_test(&subject, &place)]);
        } else {
            let empty_test = empty_test(&subject, &place);
            table.add(&[by_hand(&subject, &place), empty_test]);
        }
    }
    table.print(
        "An empty test on a warm container: 100 of them one after the other, for each of them",
    );
    at_most(
        "empty test / by hand",
        table.median(EMPTY_TEST) / table.median(BY_HAND),
        1.3,
        " ×",
    );
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
