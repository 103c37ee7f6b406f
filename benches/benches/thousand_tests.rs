//! A thousand empty tests on the embedded server, beside a thousand that are given no bucket, and a thousand that start an
//! s3s-fs by hand.

use s3_test_benches::{
    docker::Place,
    subject::Subject,
    table::{Table, at_most},
};

const ROUNDS: usize = 5;
const OURS: &str = "#[s3_test] on the embedded server";
const BY_HAND: &str = "#[tokio::test] that starts an s3s-fs";
const WITHOUT: &str = "#[tokio::test]";

fn main() {
    let subjects = ["thousand", "thousand_s3s_fs", "thousand_without"].map(Subject::build);
    let place = Place::new();
    let mut table = Table::new(&[OURS, BY_HAND, WITHOUT]);
    for _ in 0..ROUNDS {
        let whole = |subject: &Subject| subject.run(&place, &["--test-threads=2"], &[]).whole();
        table.add(&subjects.each_ref().map(whole));
    }
    table.print(
        "A thousand empty tests in one binary, two threads, from the process' start to its end",
    );
    let (ours, without) = (table.median(OURS), table.median(WITHOUT));
    at_most("embedded / without", ours / without, 5.0, " ×");
    at_most("each test", ours / 1000.0, 1.5, " ms");
    at_most("embedded / s3s-fs", ours / table.median(BY_HAND), 1.0, " ×");
}
