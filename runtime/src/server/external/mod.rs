//! An S3 service that somebody else runs: a cluster, a service container of a CI job, a test account of a cloud.

mod endpoint;
mod identity;
mod service;

pub(super) use self::service::acquire;
