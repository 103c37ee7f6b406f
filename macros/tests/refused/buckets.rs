//! Buckets of parameters.
use s3_test_macros::s3_test;

#[s3_test]
async fn same_name(#[bucket("archive")] _: u8, #[bucket("archive")] _: u8, #[bucket(bucket = "archive")] _: u8) {}

#[s3_test(bucket = "archive")]
async fn name_of_the_test(_: u8, #[bucket("archive")] _: u8) {}

#[s3_test]
async fn twice(#[bucket("archive")] #[bucket] _: u8) {}

#[s3_test]
async fn name_twice(#[bucket("archive", bucket = "backup")] _: u8) {}

#[s3_test]
async fn name_and_prefix(#[bucket("archive", bucket_prefix = "archive")] _: u8) {}

#[s3_test]
async fn option_of_the_test(#[bucket("archive", image = "rustfs/rustfs:latest", crate = s3_test)] _: u8) {}

#[s3_test]
async fn no_such_option(#[bucket("archive", versionning = true, colour = "red")] _: u8) {}

#[s3_test]
async fn no_value(#[bucket(versioning)] _: u8) {}

#[s3_test]
async fn wrong_name(#[bucket("Archive")] _: u8) {}

#[s3_test]
async fn number_for_a_name(#[bucket(5)] _: u8) {}

#[s3_test]
async fn no_quotes(#[bucket(archive)] _: u8) {}

#[s3_test]
async fn name_behind_a_sign(#[bucket = "archive"] _: u8) {}

#[s3_test]
async fn name_that_is_not_the_first(#[bucket(versioning = true, "archive")] _: u8) {}

#[s3_test]
async fn colon(#[bucket(versioning: true)] _: u8) {}

#[s3_test]
async fn nothing_there(#[bucket("archive", fixtures("no/such/folder"))] _: u8) {}

fn main() {}
