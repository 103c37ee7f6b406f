//! What is not a function.
use s3_test_macros::s3_test;

#[s3_test]
struct Uploads;

#[s3_test(bukcket = "test-uploads")]
mod uploads {}

#[s3_test]
impl Uploads {}

fn main() {
    let _ = Uploads;
}
