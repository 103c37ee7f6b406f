//! Variables for the server.
use s3_test_macros::s3_test;

#[s3_test(environment)]
async fn nothing() {}

#[s3_test(environment())]
async fn nothing_inside() {}

#[s3_test(environment = "RUST_LOG=debug")]
async fn one_string() {}

#[s3_test(environment(RUST_LOG = "debug", RUST_LOG = "info"))]
async fn twice() {}

#[s3_test(environment(RUSTFS_ACCESS_KEY = "me", RUSTFS_SECRET_KEY = "secret"))]
async fn owned_by_options() {}

#[s3_test(environment(RUST_LOG))]
async fn no_value() {}

#[s3_test(environment(WORKERS = 5))]
async fn number() {}

#[s3_test(environment(other.name = "value"))]
async fn name_without_quotes() {}

#[s3_test(environment("" = "value", "A=B" = "value"))]
async fn impossible_names() {}

#[s3_test(environment(5 = "value"))]
async fn number_for_a_name() {}

#[s3_test(environment(LEVEL = debug))]
async fn word() {}

fn main() {}
