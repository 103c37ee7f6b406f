//! Errors of the storage, in S3's terms but without its protocol.

use crate::storage::checksum::Algorithm;

/// The reason why an operation was refused. S3's codes and texts for these are in `errors.rs`.
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
    /// The current version is a delete marker: 404, with headers that say so.
    DeleteMarker {
        version: String,
    },
    /// The version with the given id is a delete marker: 405.
    IsDeleteMarker {
        version: String,
    },
    NoSuchUpload,
    InvalidPart,
    InvalidPartOrder,
    /// A composite checksum is made of those of the parts, which the client must send.
    MissingChecksumOfPart {
        algorithm: Algorithm,
        part: i32,
    },
    EntityTooSmall,
    EntityTooLarge,
    PreconditionFailed(&'static str),
    /// The object was deleted while the body of a conditional write arrived.
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
