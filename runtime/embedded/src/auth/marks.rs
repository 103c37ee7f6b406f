//! The headers and parameters that a signed request carries.

use http::HeaderName;

pub(crate) const DATE: HeaderName = HeaderName::from_static("x-amz-date");
pub(crate) const PAYLOAD: HeaderName = HeaderName::from_static("x-amz-content-sha256");

pub(crate) fn is_sha256(payload: &str) -> bool {
    payload.len() == 64
        && payload
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

pub(crate) fn is_presigned(query: &str) -> bool {
    query.contains("Signature")
}
