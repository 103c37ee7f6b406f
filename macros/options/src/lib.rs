//! What the options of `#[s3_test]` are called and what they may be.
//!
//! The attribute refuses a wrong literal when a test is compiled, and the runtime refuses a wrong constant, variable or
//! line of `s3-test.toml` when it runs: both with the rules and the words of this crate. Not for use by itself; depend
//! on `s3-test`.
mod bucket_name;
mod table;
mod value;

pub use bucket_name::{LONGEST_PREFIX, bucket, bucket_prefix};
pub use table::{OPTIONS, Row, bucket_options, misplaced, row, suggestion};
pub use value::{
    Backend, Flavor, Keep, backend, count, duration, endpoint, fixture_prefix, flavor, keep, port,
    text, variable_name,
};
