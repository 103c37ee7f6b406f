//! Functions that cannot set up a test.
use s3_test::{TestBucket, s3_test};

fn synchronous(_: &TestBucket) {}

async fn without_parameters() {}

async fn takes_a_number(_: usize) {}

async fn returns_a_number(_: &TestBucket) -> usize {
    5
}

#[s3_test(setup = synchronous)]
async fn one() {}

#[s3_test(setup = without_parameters)]
async fn two() {}

#[s3_test(setup = takes_a_number)]
async fn three() {}

#[s3_test(setup = returns_a_number)]
async fn four() {}

#[s3_test(setup = no_such_function)]
async fn five() {}
