//! Digests of bodies: which requests require one, and how it is verified.

use crate::{
    errors,
    storage::{Error, checksum::Algorithm},
    target::{Target, is_document},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use s3s::{S3Error, S3ErrorCode, S3Result};

const MD5: HeaderName = HeaderName::from_static("content-md5");

/// Refuses a request without its required digest, or with an empty one.
pub(crate) fn check<T>(request: &Request<T>, target: &Target) -> S3Result<()> {
    let (method, headers) = (request.method(), request.headers());
    match headers.get(MD5).map(HeaderValue::is_empty) {
        Some(true) => return Err(invalid_md5()),
        Some(false) => return Ok(()),
        None => {}
    }
    // S3 API Reference, "DeleteObjects".
    let deletes = *method == Method::POST && is_document(method, target) && target.key().is_none();
    if deletes && !has_checksum(headers) {
        let message = "Missing required header for this request: Content-MD5";
        return Err(errors::invalid_request(message));
    }
    // S3 API Reference, "PutObject".
    if locks(headers) && puts_object(request, target) && !has_checksum(headers) {
        let message = "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters";
        return Err(errors::invalid_request(message));
    }
    Ok(())
}

pub(crate) fn verify_md5(claimed: &str, actual: &[u8; 16]) -> S3Result<()> {
    match BASE64_STANDARD.decode(claimed) {
        Ok(claimed) if claimed == actual => Ok(()),
        Ok(claimed) if claimed.len() == actual.len() => {
            Err(Error::BadDigest("Content-MD5".to_owned()).into())
        }
        _ => Err(invalid_md5()),
    }
}

pub(crate) fn invalid_checksum(algorithm: Algorithm) -> S3Error {
    let header = algorithm.header();
    errors::invalid_request(format!("Value for {header} header is invalid."))
}

fn invalid_md5() -> S3Error {
    let message = "The Content-MD5 you specified was invalid.";
    S3Error::with_message(S3ErrorCode::InvalidDigest, message)
}

/// Returns true if a checksum is present or announced.
fn has_checksum(headers: &HeaderMap) -> bool {
    let announced = ["x-amz-sdk-checksum-algorithm", "x-amz-trailer"];
    let mut names = Algorithm::ALL.map(Algorithm::header).into_iter();
    names.any(|name| headers.contains_key(name))
        || announced.iter().any(|name| headers.contains_key(*name))
}

fn puts_object<T>(request: &Request<T>, target: &Target) -> bool {
    *request.method() == Method::PUT
        && target.key().is_some()
        && !is_document(request.method(), target)
        && !target.has("partNumber")
        && !request.headers().contains_key("x-amz-copy-source")
}

fn locks(headers: &HeaderMap) -> bool {
    let mut names = headers.keys().map(HeaderName::as_str);
    names.any(|name| name.starts_with("x-amz-object-lock-"))
}
