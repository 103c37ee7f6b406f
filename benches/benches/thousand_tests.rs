//! A thousand empty tests on the embedded server, beside a thousand that are given no bucket, and a thousand that start an
//! s3s-fs by hand.

use s3_test_benches::measure::{bench, thousand_tests};

fn main() {
    bench(5, thousand_tests::measure_with_files);
}
