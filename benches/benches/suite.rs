//! A hundred small tests on the embedded server, beside the same on other servers that need no container.

use s3_test_benches::measure::{bench, suite};

fn main() {
    bench(5, suite::measure);
}
