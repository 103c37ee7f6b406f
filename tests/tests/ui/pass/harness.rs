//! The attributes of the harness, of conditions, lints and documentation, and those of the function itself.
#![deny(warnings, missing_docs, unreachable_pub)]
use s3_test::{TestBucket, s3_test};

#[s3_test]
#[ignore]
async fn ignored() {}

#[s3_test]
#[ignore = "takes an hour"]
async fn ignored_with_a_reason() {}

#[s3_test]
#[cfg_attr(all(), ignore)]
async fn ignored_on_a_condition() {}

#[cfg_attr(all(), ignore)]
#[s3_test]
async fn ignored_on_a_condition_above() {}

#[s3_test]
#[should_panic]
async fn panics() {}

#[s3_test]
#[should_panic(expected = "at the disco")]
async fn panics_as_expected() -> () {}

#[s3_test]
#[cfg_attr(all(), should_panic(expected = "at the disco"), allow(unused_variables))]
async fn panics_on_a_condition(bucket: TestBucket) {}

#[s3_test]
#[cfg(any())]
async fn not_there(bucket: NoSuchType) {}

#[s3_test]
#[cfg_attr(any(), no_such_attribute)]
async fn condition_that_does_not_hold() {}

/// A comment in front,
#[s3_test]
/// and behind.
#[doc(hidden)]
#[must_use]
pub async fn documented() {}

#[s3_test]
#[allow(unused_variables)]
async fn allowed(bucket: TestBucket) {}

#[s3_test]
#[expect(unused_variables, reason = "to see that the expectation is met")]
async fn expected(bucket: TestBucket) {}

#[s3_test]
#[warn(dead_code)]
#[deny(unused_mut)]
#[forbid(unsafe_code)]
#[rustfmt::skip]
#[inline]
async fn levels() {}

#[s3_test(flavor = "multi_thread", worker_threads = 2, bucket = "test-uploads", backend = "container")]
async fn options() {}

#[s3_test(
    image = "rustfs/rustfs:latest",
    access_key = "access-key",
    secret_key = "secret-key",
    region = "eu-west-1",
    environment(RUST_LOG = "debug", "other.name" = "value"),
    backend = "auto",
    startup_timeout = "1m 30s",
    idle_timeout = "10s",
    timeout = "500ms",
    flavor = "current_thread",
)]
pub(crate) async fn more_options() {}
