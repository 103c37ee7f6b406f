//! Code that is being typed.
use s3_test_macros::s3_test;

#[s3_test]
async fn no_body();

fn main() {}
