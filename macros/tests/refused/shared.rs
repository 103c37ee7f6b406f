//! Shared data sets that are none.
use s3_test_macros::s3_test;

#[s3_test(shared, bucket = "uploads", versioning = true, keep = "always", fixtures("Cargo.toml"))]
async fn with_a_bucket_of_its_own() {}

#[s3_test]
async fn without_fixtures(#[bucket(shared)] _data: TestBucket) {}

#[s3_test]
async fn with_a_name(#[bucket("data", shared, fixtures("Cargo.toml"))] _data: TestBucket) {}

#[s3_test(shared = "yes")]
async fn no_switch() {}

#[s3_test(shared("src"))]
async fn in_parentheses() {}

fn main() {}
