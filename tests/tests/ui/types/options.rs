//! Values that are no constant string.
use s3_test::s3_test;

const NUMBER: u16 = 5;
const OWNED: String = String::new();

fn calculated() -> &'static str {
    "5s"
}

#[s3_test(bucket = NUMBER)]
async fn number() {}

#[s3_test(image = OWNED)]
async fn owned_string() {}

#[s3_test(timeout = calculated())]
async fn not_constant() {}

#[s3_test(region = format!("eu-west-{}", 1))]
async fn formatted() {}

#[s3_test(keep = NOT_THERE)]
async fn unknown_constant() {}

#[s3_test(command("server", NUMBER))]
async fn word_of_a_command() {}

#[s3_test(environment(NAME = NUMBER, OTHER = "value"))]
async fn variable() {}

#[s3_test(fixtures("Cargo.toml" => NUMBER))]
async fn prefix() {}

#[s3_test(dump = NUMBER)]
async fn folder_of_a_dump() {}

#[s3_test(dump_limit = NUMBER)]
async fn size_of_a_dump() {}

#[s3_test(unfinished_uploads = OWNED)]
async fn choice() {}

#[s3_test(bucket = NUMBER, timeout = calculated())]
async fn two_mistakes(#[bucket(NUMBER)] _: s3_test::TestBucket) {}
