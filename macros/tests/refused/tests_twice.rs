//! A function that is made a test twice.
use s3_test_macros::s3_test;

#[s3_test]
#[test]
async fn plain() {}

#[s3_test]
#[tokio::test]
async fn tokio_below() {}

#[tokio::test]
#[s3_test]
async fn tokio_above() {}

#[s3_test]
#[s3_test]
async fn twice() {}

fn main() {}
