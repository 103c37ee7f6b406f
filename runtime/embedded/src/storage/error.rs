//! Errors of the storage, in S3's terms but without its protocol.

use crate::storage::checksum::Algorithm;

/// Why an operation was refused. The protocol's codes and texts are given in `errors.rs`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Error {
    NoSuchBucket,
    BucketAlreadyExists,
    BucketAlreadyOwnedByYou,
    BucketNotEmpty,
    InvalidBucketState(&'static str),
    NoSuchKey,
    NoSuchVersion,
    InvalidVersionId,
    /// The current version is a delete marker: 404, and headers say why.
    DeleteMarker {
        version: String,
    },
    /// The version that was asked for by its id is a delete marker: 405.
    IsDeleteMarker {
        version: String,
    },
    NoSuchUpload,
    InvalidPart,
    InvalidPartOrder,
    /// The checksum of the whole is made of those of its parts, which the client has to know.
    MissingChecksumOfPart {
        algorithm: Algorithm,
        part: i32,
    },
    EntityTooSmall,
    EntityTooLarge,
    PreconditionFailed(&'static str),
    /// The object of a condition was deleted while the body arrived.
    ConditionalRequestConflict,
    NotModified {
        etag: String,
    },
    /// Object lock protects the version.
    Locked,
    BadDigest(String),
    InvalidRequest(&'static str),
    InvalidArgument(&'static str),
    MissingLockConfiguration,
    MalformedDocument,
}

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;
