//! The embedded server under 64 clients at once, beside RustFS in its container.

use s3_test_benches::measure::{bench, load};

fn main() {
    bench(5, load::measure);
}
