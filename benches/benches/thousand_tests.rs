//! A thousand empty tests on the embedded server, beside a thousand that are given no bucket.

use s3_test_benches::{
    docker::Place,
    subject::Subject,
    table::{Table, at_most},
};

const ROUNDS: usize = 7;
const OURS: &str = "#[s3_test] on the embedded server";
const WITHOUT: &str = "#[tokio::test]";

fn main() {
    let (ours, without) = (
        Subject::build("thousand"),
        Subject::build("thousand_without"),
    );
    let place = Place::new();
    let mut table = Table::new(&[OURS, WITHOUT]);
    let whole = |subject: &Subject| subject.run(&place, &["--test-threads=2"], &[]).whole();
    for round in 0..ROUNDS {
        if round % 2 == 0 {
            let ours = whole(&ours);
            table.add(&[ours, whole(&without)]);
        } else {
            let without = whole(&without);
            table.add(&[whole(&ours), without]);
        }
    }
    table.print(
        "A thousand empty tests in one binary, two threads, from the process' start to its end",
    );
    let (ours, without) = (table.median(OURS), table.median(WITHOUT));
    at_most("embedded / without", ours / without, 5.0, " ×");
    at_most("each test", ours / 1000.0, 1.5, " ms");
}
