//! From a process' start to its first test's body, where the container runs already.

use s3_test_benches::measure::{bench, warm_process};

fn main() {
    bench(30, warm_process::measure);
}
