#![doc = include_str!("../../README.md")]
// What only one backend uses is not superfluous where that backend is left out.
#![cfg_attr(
    not(all(feature = "container", feature = "embedded")),
    allow(dead_code, unused_imports, unused_variables)
)]

mod bucket;
mod error;
mod fixtures;
mod gateway;
mod options;
mod parameters;
mod process;
mod s3;
mod server;
mod state;
mod test;

pub use bucket::TestBucket;
pub use error::Error;
pub use gateway::{
    Any, Cost, Cut, Expectation, Fault, FaultRule, Faults, Instead, Operation, Operations, Request,
    RequestList, Requests, S3Error, UnknownOperation, WaitError,
};
pub use object_store;
#[cfg(feature = "object_store_0_12")]
pub use object_store_0_12;
#[cfg(feature = "object_store_0_13")]
pub use object_store_0_13;
#[cfg(feature = "opendal")]
pub use opendal;
pub use options::Backend;
pub use parameters::{BoxError, FromBucket};
pub use s3_test_macros::s3_test;

/// What the attribute's expansion calls. Not part of the stable interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::options::Options;
    pub use crate::test::{Buckets, Test, run, run_blocking};
}

/// An S3 server inside this process, for tests that want one to themselves and for programs that want to be one.
#[cfg(feature = "embedded")]
pub mod embedded {
    pub use s3_test_embedded::{Server, ServerBuilder};
}
