//! A hundred small tests under cargo-nextest, beside a hundred that do nothing.

use s3_test_benches::measure::{bench, nextest};

fn main() {
    bench(5, nextest::measure);
}
