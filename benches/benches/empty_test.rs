//! A test with an empty body on a warm container, beside the bare requests that create and delete its bucket.

use s3_test_benches::measure::{bench, empty_test};

fn main() {
    bench(7, empty_test::measure);
}
