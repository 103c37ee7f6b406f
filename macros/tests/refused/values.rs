//! Values of the wrong type, and values that make no sense.
use s3_test_macros::s3_test;

#[s3_test(bucket = 5)]
async fn number_for_a_name() {}

#[s3_test(bucket = b"test-uploads")]
async fn bytes_for_a_name() {}

#[s3_test(bucket = 'b')]
async fn character_for_a_name() {}

#[s3_test(bucket = c"test-uploads")]
async fn c_string_for_a_name() {}

#[s3_test(bucket = true, image = 1.5, keep = false, region = 5)]
async fn no_strings() {}

#[s3_test(bucket = uploads)]
async fn name_without_quotes() {}

#[s3_test(backend = container, timeout = none)]
async fn more_without_quotes() {}

#[s3_test(bucket = test-uploads-for-me)]
async fn hyphens_without_quotes() {}

#[s3_test(image = rustfs/rustfs:latest)]
async fn image_without_quotes() {}

#[s3_test(bucket = "a" +)]
async fn no_expression() {}

#[s3_test(image = "", access_key = "", secret_key = " ", region = "")]
async fn empty() {}

#[s3_test(timeout = 30)]
async fn duration_without_a_unit() {}

#[s3_test(timeout = 0)]
async fn no_duration_without_a_unit() {}

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

#[s3_test(keep = "on_failure")]
async fn unknown_time_to_keep() {}

#[s3_test(endpoint = "localhost:9000")]
async fn endpoint_without_a_scheme() {}

#[s3_test(endpoint = "http://localhost:9000/bucket")]
async fn endpoint_with_a_path() {}

#[s3_test(endpoint = "http://key:secret@localhost:9000")]
async fn endpoint_with_keys() {}

#[s3_test(crate = 5)]
async fn number_for_a_crate() {}

#[s3_test(crate = "not a path")]
async fn text_for_a_crate() {}

fn main() {}
