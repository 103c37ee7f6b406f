//! Values of the wrong type, and values that make no sense.
use s3_test_macros::s3_test;

const BUCKET: &str = "test-uploads";

#[s3_test(bucket = 5)]
async fn number_for_a_name() {}

#[s3_test(bucket = b"test-uploads")]
async fn bytes_for_a_name() {}

#[s3_test(bucket = BUCKET)]
async fn constant() {}

#[s3_test(bucket = concat!("test-", "uploads"))]
async fn calculated() {}

#[s3_test(image = "", access_key = "", secret_key = " ", region = "")]
async fn empty() {}

#[s3_test(timeout = 30)]
async fn duration_without_a_unit() {}

#[s3_test(timeout = 1.5)]
async fn duration_with_a_point() {}

#[s3_test(startup_timeout = "soon")]
async fn no_duration() {}

#[s3_test(idle_timeout = "30")]
async fn no_unit() {}

#[s3_test(timeout = "0s")]
async fn no_time_at_all() {}

#[s3_test(backend = "minio")]
async fn unknown_backend() {}

#[s3_test(crate = 5)]
async fn number_for_a_crate() {}

#[s3_test(crate = "not a path")]
async fn text_for_a_crate() {}

fn main() {}
