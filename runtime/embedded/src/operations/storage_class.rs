//! Storage classes are validated and returned (S3 User Guide, "Understanding and managing Amazon S3 storage classes").

use crate::storage::{Headers, Object};
use s3s::{S3Error, S3ErrorCode, S3Result, dto::StorageClass};

const STANDARD: &str = "STANDARD";

/// Validates the storage class of a request.
pub(super) fn given(class: Option<&StorageClass>) -> S3Result<Option<String>> {
    match class.map(StorageClass::as_str) {
        None => Ok(None),
        Some(
            known @ (STANDARD
            | "REDUCED_REDUNDANCY"
            | "STANDARD_IA"
            | "ONEZONE_IA"
            | "INTELLIGENT_TIERING"
            | "GLACIER"
            | "DEEP_ARCHIVE"
            | "GLACIER_IR"),
        ) => Ok(Some(known.to_owned())),
        Some(_) => Err(S3Error::with_message(
            S3ErrorCode::InvalidStorageClass,
            "The storage class you specified is not valid",
        )),
    }
}

/// Returns the storage class as listings show it.
pub(super) fn of(headers: &Headers) -> String {
    let class = headers.storage_class.as_deref();
    class.unwrap_or(STANDARD).to_owned()
}

/// Returns the storage class as the headers of an object show it: `STANDARD` is left out.
pub(super) fn unusual(headers: &Headers) -> Option<StorageClass> {
    let class = headers.storage_class.clone();
    class.filter(|class| class != STANDARD).map(Into::into)
}

/// Refuses to read archived objects, which cannot be restored here (S3 API Reference, "GetObject").
pub(super) fn check_readable(object: &Object) -> S3Result<()> {
    match object.attributes.headers.storage_class.as_deref() {
        Some("GLACIER" | "DEEP_ARCHIVE") => Err(S3Error::with_message(
            S3ErrorCode::InvalidObjectState,
            "The operation is not valid for the object's storage class",
        )),
        _ => Ok(()),
    }
}
