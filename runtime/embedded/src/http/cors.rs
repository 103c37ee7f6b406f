//! Evaluation of a bucket's CORS configuration (S3 User Guide, "Using cross-origin resource sharing").

use crate::{errors, storage::Storage};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS,
        ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
        ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD,
        ORIGIN, VARY,
    },
};
use s3s::{S3Error, S3ErrorCode, S3Result, dto::CORSRule};

/// Answers an `OPTIONS` request with headers, or refuses it.
pub(crate) fn preflight(
    storage: &Storage,
    bucket: &str,
    headers: &HeaderMap,
) -> S3Result<HeaderMap> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let insufficient = |what| {
        let message = format!("Insufficient information. {what} request header needed.");
        errors::custom("BadRequest", StatusCode::BAD_REQUEST, message)
    };
    let origin = text(ORIGIN).ok_or_else(|| insufficient("Origin"))?;
    let method = text(ACCESS_CONTROL_REQUEST_METHOD)
        .ok_or_else(|| insufficient("Access-Control-Request-Method"))?;
    let requested = text(ACCESS_CONTROL_REQUEST_HEADERS).unwrap_or_default();
    let requested = requested
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect::<Vec<_>>();
    let answer = storage.read(bucket, |bucket| {
        let cors = bucket.settings.cors.as_ref().ok_or("CORSResponse: CORS is not enabled for this bucket.")?;
        let rule = cors.cors_rules.iter().find(|rule| {
            allows(rule, origin, method)
                && requested.iter().all(|name| rule.allowed_headers.iter().flatten().any(|allowed| like(allowed, name)))
        });
        let rule = rule.ok_or(
            "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
        )?;
        let mut answer = granted(rule, origin);
        insert(&mut answer, ACCESS_CONTROL_ALLOW_HEADERS, &requested.join(", "));
        if let Some(seconds) = rule.max_age_seconds {
            insert(&mut answer, ACCESS_CONTROL_MAX_AGE, &seconds.to_string());
        }
        Ok::<_, &str>(answer)
    })?;
    answer.map_err(|message| errors::custom("AccessForbidden", StatusCode::FORBIDDEN, message))
}

/// The origin of an actual request, and the method that rules are compared with: the one that a preflight would ask for, if
/// the request names one (`test_cors_origin_response` in Ceph's s3-tests).
pub(crate) struct CrossOrigin {
    origin: String,
    method: String,
}

impl CrossOrigin {
    pub(crate) fn new(method: &Method, headers: &HeaderMap) -> Option<Self> {
        let text = |name: HeaderName| Some(headers.get(name)?.to_str().ok()?.to_owned());
        let origin = text(ORIGIN).filter(|_| *method != Method::OPTIONS)?;
        let asked = text(ACCESS_CONTROL_REQUEST_METHOD);
        let method = asked.unwrap_or_else(|| method.as_str().to_owned());
        Some(Self { origin, method })
    }
}

/// The headers that let a browser's script read the answer to an actual request.
pub(crate) fn actual(
    storage: &Storage,
    bucket: &str,
    CrossOrigin { origin, method }: &CrossOrigin,
) -> Option<HeaderMap> {
    let granted = storage.read(bucket, |bucket| {
        let rules = &bucket.settings.cors.as_ref()?.cors_rules;
        rules
            .iter()
            .find(|rule| allows(rule, origin, method))
            .map(|rule| granted(rule, origin))
    });
    granted.ok()?
}

fn allows(rule: &CORSRule, origin: &str, method: &str) -> bool {
    rule.allowed_methods.iter().any(|allowed| allowed == method)
        && rule
            .allowed_origins
            .iter()
            .any(|allowed| like(allowed, origin))
}

fn granted(rule: &CORSRule, origin: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if rule.allowed_origins.iter().any(|allowed| allowed == "*") {
        insert(&mut headers, ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    } else {
        insert(&mut headers, ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        insert(&mut headers, ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
    }
    insert(
        &mut headers,
        ACCESS_CONTROL_ALLOW_METHODS,
        &rule.allowed_methods.join(", "),
    );
    insert(
        &mut headers,
        ACCESS_CONTROL_EXPOSE_HEADERS,
        &rule
            .expose_headers
            .iter()
            .flatten()
            .cloned()
            .collect::<Vec<_>>()
            .join(", "),
    );
    insert(
        &mut headers,
        VARY,
        "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
    );
    headers
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Some(value) = Some(value)
        .filter(|value| !value.is_empty())
        .and_then(|value| HeaderValue::from_str(value).ok())
    {
        headers.insert(name, value);
    }
}

/// Compares with a pattern that has at most one `*`. Case does not matter in origins and header names.
fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_ascii_lowercase(), text.to_ascii_lowercase());
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, end)) => {
            text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end)
        }
    }
}

/// Returns the error for `OPTIONS` outside of a bucket.
pub(crate) fn no_bucket() -> S3Error {
    S3Error::with_message(
        S3ErrorCode::MethodNotAllowed,
        "The specified method is not allowed against this resource.",
    )
}
