//! Answers of the embedded server, request by request: statuses, error codes and headers as S3 documents them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

#[path = "../support/mod.rs"]
mod support;

mod access;
mod authentication;
mod buckets;
mod checksums;
mod conditions;
mod configuration;
mod edges;
mod encryption;
mod errors;
mod forms;
mod lifecycle;
mod listing;
mod locking;
mod multipart;
mod objects;
mod policies;
mod presigned;
mod public_access;
mod rights;
mod signatures;
mod versions;
mod ways_around;
