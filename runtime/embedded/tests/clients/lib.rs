//! Clients of different makers against one bucket, each doing the same: put, get, ranges, a multipart upload of three
//! parts, copy, list many keys in pages, delete many, presigned up- and download, conditional put.
//!
//! They run on the embedded server here, and through the gateway on every server in the suite.

#![cfg(feature = "clients")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]
#![allow(
    clippy::missing_panics_doc,
    reason = "every function here is a test that panics when it fails"
)]

mod aws;
mod boto3;
mod opendal;
mod plain;
mod rusty_s3;

pub use self::{
    aws::aws_sdk_s3,
    boto3::{boto3, has_boto3},
    opendal::opendal,
    rusty_s3::rusty_s3,
};

const MIB: usize = 1 << 20;
/// The number of keys on a page of a listing, and in one request that deletes many.
const PAGE: usize = 1000;

/// An empty bucket, and how a client reaches it.
#[derive(Debug)]
pub struct Place<'a> {
    /// The address of the server: `http://host:port`.
    pub endpoint: &'a str,
    /// The access key.
    pub key: &'a str,
    /// The secret key.
    pub secret: &'a str,
    /// The name of the bucket.
    pub bucket: &'a str,
    /// The number of keys that are listed and deleted: more than the 1000 that are on a page.
    pub keys: usize,
    /// Whether HEAD with the number of a part is about that part. RustFS 1.0.1 answers about the whole object.
    pub heads_parts: bool,
}

impl Place<'_> {
    /// Returns the numbers of keys on the pages of a listing.
    fn pages(&self) -> Vec<usize> {
        let starts = (0..self.keys).step_by(PAGE);
        starts.map(|start| PAGE.min(self.keys - start)).collect()
    }
}

/// Returns three parts, of which two have the least size that S3 takes.
fn large() -> Vec<u8> {
    (0..11 * MIB).map(|index| (index / 1000) as u8).collect()
}
