//! The command of a container.
use s3_test_macros::s3_test;

#[s3_test(command)]
async fn nothing() {}

#[s3_test(command())]
async fn nothing_inside() {}

#[s3_test(command = "server /data")]
async fn one_string() {}

#[s3_test(command = ["server", "/data"])]
async fn array() {}

#[s3_test(command(server, "--port", 9000))]
async fn no_strings() {}

#[s3_test(command("server" "/data"))]
async fn no_comma() {}

#[s3_test(command("server", , "/data"))]
async fn two_commas() {}

fn main() {}
