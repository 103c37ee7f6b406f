//! Options that do not go together.
use s3_test_macros::s3_test;

const BACKEND: &str = "embedded";
const KEEP: &str = "always";

#[s3_test(bucket = "test-uploads", bucket_prefix = "uploads")]
async fn name_and_prefix() {}

#[s3_test(
    backend = "embedded",
    image = "rustfs/rustfs:latest",
    port = 9000,
    console_port = 9001,
    command("server", "/data"),
    environment(NAME = "value"),
    startup_timeout = "60s",
    idle_timeout = "10s",
    keep = "always",
    access_key = "this-is-fine"
)]
async fn embedded() {}

#[s3_test(
    backend = "external",
    endpoint = "http://localhost:9000",
    image = "rustfs/rustfs:latest",
    port = 9000,
    console_port = 9001,
    command("server", "/data"),
    environment(NAME = "value"),
    idle_timeout = "10s",
    keep = "always",
    startup_timeout = "60s"
)]
async fn external() {}

#[s3_test(endpoint = "http://localhost:9000", image = "rustfs/rustfs:latest")]
async fn external_by_its_endpoint() {}

#[s3_test(backend = "container", endpoint = "http://localhost:9000")]
async fn endpoint_of_a_container() {}

#[s3_test(backend = "auto", endpoint = "http://localhost:9000")]
async fn endpoint_of_either() {}

#[s3_test(backend = "embedded", keep = "on-failure")]
async fn kept(#[bucket("archive", keep = "always")] _: u8) {}

// What a constant says is not known here.
#[s3_test(backend = BACKEND, image = "rustfs/rustfs:latest", keep = "always")]
async fn constant() {}

#[s3_test(backend = "embedded", keep = KEEP)]
async fn kept_by_a_constant(#[bucket(keep = "never")] _: u8) {}

fn main() {
    let _ = (BACKEND, KEEP);
}
