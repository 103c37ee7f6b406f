//! A hundred small tests (put, get, list) in one binary on two threads, beside the same written by hand.

use s3_test_benches::measure::{bench, hundred_tests};

fn main() {
    bench(5, hundred_tests::measure);
}
