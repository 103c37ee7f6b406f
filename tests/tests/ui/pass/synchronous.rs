//! Tests without `async`.
#![deny(warnings)]
// These need no parameter.
#![allow(deprecated)]
use s3_test::{TestBucket, object_store::ObjectStore, s3_test};
use std::{process::ExitCode, sync::Arc};

#[s3_test]
fn nothing() {}

#[s3_test(bucket = "test-uploads", timeout = "5s")]
fn parameters(bucket: TestBucket, shared: &TestBucket, store: Arc<dyn ObjectStore>, object: &dyn ObjectStore) {
    drop((bucket, store));
    let _ = (shared, object);
}

#[s3_test]
#[should_panic]
fn panics(_: &mut TestBucket) {}

#[s3_test]
fn result() -> Result<(), Box<dyn std::error::Error>> {
    Err("why not")?;
    Ok(())
}

#[s3_test]
fn code(_: TestBucket) -> ExitCode {
    ExitCode::SUCCESS
}

#[s3_test]
fn implementation(_: TestBucket) -> impl std::process::Termination {
    ExitCode::SUCCESS
}

#[s3_test]
fn never(_: TestBucket) -> ! {
    panic!("at the disco")
}
