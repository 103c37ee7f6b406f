//! Corrections to requests and answers where the protocol layer decides otherwise than S3.

use crate::{auth::marks::is_presigned, operations::attributes::NoDate, target::Target};
use http::{
    HeaderName, HeaderValue, Method, Request, Response, StatusCode,
    header::{
        AUTHORIZATION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, EXPIRES, IF_MATCH,
        IF_NONE_MATCH,
    },
};
use s3s::{
    Body,
    dto::{ETagCondition, Timestamp, TimestampFormat},
};

/// The parts of a request that decide how its answer is corrected.
pub(crate) struct Correction {
    method: Method,
    asks_for_attributes: bool,
}

impl Correction {
    pub(crate) fn of(method: &Method, target: &Target) -> Self {
        Self {
            method: method.clone(),
            asks_for_attributes: *method == Method::GET
                && target.key().is_some()
                && target.has("attributes"),
        }
    }

    pub(crate) fn after(&self, response: &mut Response<Body>) {
        // A status that the protocol layer cannot set.
        if let Some(status) = response.extensions_mut().remove::<StatusCode>() {
            *response.status_mut() = status;
        }
        // The protocol layer answers 206 to a GET only.
        if self.method == Method::HEAD
            && response.headers().contains_key(CONTENT_RANGE)
            && response.status() == StatusCode::OK
        {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        }
        if self.asks_for_attributes {
            unquote_etag(response);
        }
        // RFC 9110, section 15.4.5: a 304 has no content, and must not announce any.
        if response.status() == StatusCode::NOT_MODIFIED {
            *response.body_mut() = Body::empty();
            response.headers_mut().remove(CONTENT_TYPE);
        }
    }
}

/// Copies parameters of a presigned URL to headers. S3 accepts a header in either place, and the signature covers both.
pub(crate) fn hoisted<T>(mut request: Request<T>, target: &Target) -> Request<T> {
    // A signature of version 2 does not cover the whole query.
    if !target.has("X-Amz-Signature") {
        return request;
    }
    for (name, value) in target.parameters().filter(|(name, _)| is_hoisted(name)) {
        let name = HeaderName::try_from(name).ok();
        let value = HeaderValue::try_from(value).ok();
        if let (Some(name), Some(value)) = (name, value) {
            request.headers_mut().entry(name).or_insert(value);
        }
    }
    request
}

/// Returns true for a header. The parameters of the signature itself begin with a capital.
fn is_hoisted(parameter: &str) -> bool {
    parameter.starts_with("x-amz-")
}

/// Relaxes headers as S3 does: a malformed entity tag matches nothing, an unpaired quote is ignored, and an `Expires` that is no
/// date is kept. The protocol layer refuses all three. These headers can be changed only if their signature was already
/// verified.
pub(crate) fn relaxed(mut request: Request<Body>) -> Request<Body> {
    if request.headers().contains_key(AUTHORIZATION)
        || is_presigned(request.uri().query().unwrap_or_default())
    {
        return request;
    }
    for name in [
        IF_MATCH,
        IF_NONE_MATCH,
        HeaderName::from_static("x-amz-copy-source-if-match"),
        HeaderName::from_static("x-amz-copy-source-if-none-match"),
    ] {
        let Some(value) = request.headers().get(&name) else {
            continue;
        };
        if ETagCondition::parse_http_header(value.as_bytes()).is_err() {
            let text = String::from_utf8_lossy(value.as_bytes()).replace('"', "");
            let quoted = format!("\"{}\"", text.replace(|c: char| !c.is_ascii_graphic(), ""));
            if let Ok(quoted) = HeaderValue::try_from(quoted) {
                request.headers_mut().insert(name, quoted);
            }
        }
    }
    let expires = request.headers().get(EXPIRES);
    if let Some(text) = expires.and_then(|expires| expires.to_str().ok().map(str::to_owned))
        && Timestamp::parse(TimestampFormat::HttpDate, &text).is_err()
    {
        request.headers_mut().remove(EXPIRES);
        request.extensions_mut().insert(NoDate(text));
    }
    request
}

/// GetObjectAttributes alone shows an ETag without its quotes.
fn unquote_etag(response: &mut Response<Body>) {
    let Some(body) = response.body().bytes() else {
        return;
    };
    let document = String::from_utf8_lossy(&body);
    let unquoted = document
        .replace("<ETag>\"", "<ETag>")
        .replace("\"</ETag>", "</ETag>");
    response.headers_mut().remove(CONTENT_LENGTH);
    *response.body_mut() = Body::from(unquoted);
}
