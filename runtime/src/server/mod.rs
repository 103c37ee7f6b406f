//! Where buckets live.

#[cfg(feature = "embedded")]
pub(crate) mod embedded;
