//! Clients of different makers against the embedded server, each doing the same: put, get, ranges, a multipart upload of
//! three parts, copy, list 2,500 keys in pages, delete many, presigned up- and download, conditional put.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

#[path = "../support/mod.rs"]
mod support;

mod aws;
mod boto3;
mod opendal;
mod rusty_s3;

const MIB: usize = 1 << 20;
const KEYS: usize = 2500;

/// Three parts, of which two have the least size that S3 takes.
fn large() -> Vec<u8> {
    (0..11 * MIB).map(|index| (index / 1000) as u8).collect()
}
