//! Numbers and switches.
use s3_test_macros::s3_test;

const PORT: u16 = 9000;
const VERSIONED: bool = true;

#[s3_test(port = "9000")]
async fn quotes() {}

#[s3_test(port = 0, console_port = 65536)]
async fn out_of_range() {}

#[s3_test(port = -1)]
async fn negative() {}

#[s3_test(port = 9000.0)]
async fn point() {}

#[s3_test(port = PORT, console_port = 9000 + 1)]
async fn calculated() {}

#[s3_test(port = any)]
async fn word() {}

#[s3_test(versioning)]
async fn no_value() {}

#[s3_test(versioning = "true")]
async fn switch_in_quotes() {}

#[s3_test(versioning = "false")]
async fn switch_off_in_quotes() {}

#[s3_test(versioning = 1)]
async fn number_for_a_switch() {}

#[s3_test(versioning = yes)]
async fn word_for_a_switch() {}

#[s3_test(versioning = VERSIONED)]
async fn constant_for_a_switch() {}

fn main() {
    let _ = (PORT, VERSIONED);
}
