//! The options of `#[s3_test]`: their names, values, rules and documentation, in one table.
//!
//! The attribute checks literals at compile time. The runtime checks constants, variables and `s3-test.toml` at run time.
//! Both take the options, the rules and the messages from this crate, and so do the tables of the documentation.
//!
//! This crate is an implementation detail without a stable interface. Depend on `s3-test`.
//!
//! ```
//! let port = s3_test_options::row("port").expect("an option");
//! assert_eq!(port.default.value, Some("9000"));
//! assert_eq!(port.variable().as_deref(), Some("S3_TEST_PORT"));
//! ```
mod bucket_name;
mod choice;
mod expectation;
mod fault;
mod row;
mod s3_names;
mod table;
mod value;

pub use bucket_name::{LONGEST_PREFIX, bucket, bucket_prefix};
pub use choice::{
    Backend, Flavor, Keep, UnfinishedUploads, backend, flavor, keep, unfinished_uploads,
};
pub use expectation::{Comparison, Expectation, expectation};
pub use fault::{Effect, Fault, FaultKey, fault};
pub use row::{Backends, DefaultValue, Kind, Row, Rule, Scope};
pub use s3_names::{ERROR_CODES, OPERATIONS};
pub use table::{
    NAMED_TWICE, NOT_SHARED, NOTHING_SHARED, OPTIONS, TABLE, Table, beside_shared, markdown,
    misplaced, names, row, suggestion,
};
pub use value::{count, duration, endpoint, fixture_prefix, port, size, text, variable_name};
