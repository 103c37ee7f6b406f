#![doc = include_str!("../../README.md")]

mod admin;
mod background;
mod bucket;
mod cleanup;
mod client;
mod error;
mod options;
mod report;
mod run;
mod server;
mod state;
mod stderr;
mod turn;

pub use bucket::{BoxError, FromBucket, TestBucket};
pub use error::Error;
pub use object_store;
pub use options::Backend;
pub use s3_test_macros::s3_test;

/// What the attribute's expansion calls. Not part of the stable interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::options::{Backend, Options};
    pub use crate::run::{Flavor, Test, run};
}
