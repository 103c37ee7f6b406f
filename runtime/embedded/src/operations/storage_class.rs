//! Storage classes (S3 User Guide, "Understanding and managing Amazon S3 storage classes"): said, and given back.

use crate::storage::{Headers, Object};
use s3s::{S3Error, S3ErrorCode, S3Result, dto::StorageClass};

const STANDARD: &str = "STANDARD";

/// The class that a request names.
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

/// As listings show it.
pub(super) fn of(headers: &Headers) -> String {
    let class = headers.storage_class.as_deref();
    class.unwrap_or(STANDARD).to_owned()
}

/// As the headers of an object show it.
pub(super) fn unusual(headers: &Headers) -> Option<StorageClass> {
    let class = headers.storage_class.clone();
    class.filter(|class| class != STANDARD).map(Into::into)
}

/// Refuses to read archived objects, which nothing restores here (S3 API Reference, "GetObject").
pub(super) fn check_readable(object: &Object) -> S3Result<()> {
    match object.attributes.headers.storage_class.as_deref() {
        Some("GLACIER" | "DEEP_ARCHIVE") => Err(S3Error::with_message(
            S3ErrorCode::InvalidObjectState,
            "The operation is not valid for the object's storage class",
        )),
        _ => Ok(()),
    }
}
