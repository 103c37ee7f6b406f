#![doc = include_str!("guides/crate.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
// Some code is unused if the feature of a backend is off.
#![cfg_attr(
    not(all(feature = "container", feature = "embedded")),
    allow(dead_code, unused_imports, unused_variables)
)]

mod bucket;
mod builder;
#[cfg(feature = "cli")]
mod cli;
mod dump;
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
mod words;

pub use bucket::{Snapshot, TestBucket, UnfinishedUpload};
pub use builder::{BucketBuilder, OwnedBucket, bucket};
pub use error::opaque::Error;
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
pub use options::{Backend, Fixture};
pub use parameters::{BoxError, FromBucket};
pub use s3_test_macros::s3_test;

/// Guides, one for each topic.
pub mod guide {
    #[doc = include_str!("guides/servers.md")]
    pub mod servers {}
    #[doc = include_str!("guides/isolation.md")]
    pub mod isolation {}
    #[doc = include_str!("guides/fixtures.md")]
    pub mod fixtures {}
    #[doc = include_str!("guides/clients.md")]
    pub mod clients {}
    #[doc = include_str!("guides/external.md")]
    pub mod external {}
    #[doc = include_str!("guides/without-the-macro.md")]
    pub mod without_the_macro {}
    #[doc = include_str!("guides/from_bucket.md")]
    pub mod from_bucket {}
    #[doc = include_str!("guides/ci.md")]
    pub mod ci {}
    #[doc = include_str!("guides/coming_from.md")]
    pub mod coming_from {}
    #[doc = include_str!("guides/troubleshooting.md")]
    pub mod troubleshooting {}
    #[doc = include_str!("guides/failing-tests.md")]
    pub mod failing_tests {}
    #[doc = include_str!("guides/faults.md")]
    pub mod faults {}
}

/// The functions and types that the attribute's expansion uses. They are not part of the stable interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::options::Options;
    pub use crate::parameters::{Arguments, Parameter};
    pub use crate::test::{Body, Conclusion, Test, body, run, run_blocking, set_up};

    /// The warning that a test takes no parameter: its expansion names this function.
    #[deprecated = "this test takes no parameter, so it cannot reach its bucket. Take one, such as `store: &dyn \
                    ObjectStore`, or write `#[allow(deprecated)]` above the test if it needs none."]
    pub fn a_test_without_parameters() {}
}

/// The program `s3-test`. It is not part of the stable interface.
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod __cli {
    pub use crate::cli::main;
}

/// An S3 server inside this process, for programs and tests that need one without a bucket of their own.
///
/// It is the crate `s3-test-embedded`, which can be used alone.
#[cfg(feature = "embedded")]
pub mod embedded {
    pub use s3_test_embedded::{BucketTaken, Server, ServerBuilder};
}
