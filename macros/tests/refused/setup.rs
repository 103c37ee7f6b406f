//! Set-ups that are not the path of a function.
use s3_test_macros::s3_test;

#[s3_test(setup = fill())]
async fn called() {}

#[s3_test(setup = "fixtures::fill")]
async fn in_quotes() {}

#[s3_test(setup = |bucket| async {})]
async fn closure() {}

#[s3_test(setup = 5)]
async fn number() {}

#[s3_test(setup)]
async fn nothing() {}

#[s3_test(setup(fill))]
async fn in_parentheses() {}

#[s3_test(setup = fill more)]
async fn two_words() {}

#[s3_test]
async fn of_a_bucket(#[bucket(setup = fill)] _bucket: TestBucket) {}

fn main() {}
