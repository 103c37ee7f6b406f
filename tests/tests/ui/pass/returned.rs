//! Everything that a test may return.
#![deny(warnings)]
// These need no parameter.
#![allow(deprecated)]
use s3_test::{TestBucket, object_store, s3_test};
use std::process::{ExitCode, Termination};

struct Verdict;

impl Termination for Verdict {
    fn report(self) -> ExitCode {
        ExitCode::SUCCESS
    }
}

#[s3_test]
async fn nothing() {}

#[s3_test]
async fn unit() -> () {}

#[s3_test]
async fn result() -> Result<(), String> {
    Err("why not".to_owned())?;
    Ok(())
}

#[s3_test]
async fn alias(_: TestBucket) -> object_store::Result<()> {
    Ok(())
}

#[s3_test]
async fn boxed() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    Ok(())
}

// No `Send`: the most usual error of a test has none.
#[s3_test(timeout = "5s")]
async fn boxed_without_send() -> Result<(), Box<dyn std::error::Error>> {
    Ok(())
}

#[s3_test]
async fn code() -> ExitCode {
    ExitCode::SUCCESS
}

#[s3_test]
async fn result_with_a_code() -> Result<ExitCode, &'static str> {
    Ok(ExitCode::SUCCESS)
}

#[s3_test]
async fn own_type() -> Verdict {
    Verdict
}

#[s3_test]
async fn implementation() -> impl Termination {
    Verdict
}

#[s3_test]
async fn never() -> ! {
    panic!("at the disco")
}
