//! The heads of a request and of its answer, without what would let somebody else send it again.

use std::time::{Instant, SystemTime};

use http::{HeaderMap, Method, Uri};
use percent_encoding::percent_decode_str;

/// The text in place of a secret.
const REDACTED: &str = "REDACTED";
/// Headers whose values are secrets.
const SECRET_HEADERS: [&str; 6] = [
    "authorization",
    "cookie",
    "proxy-authorization",
    "x-amz-copy-source-server-side-encryption-customer-key",
    "x-amz-security-token",
    "x-amz-server-side-encryption-customer-key",
];
/// Parameters of presigned addresses whose values are secrets, in lower case.
const SECRET_PARAMETERS: [&str; 5] = [
    "awsaccesskeyid",
    "signature",
    "x-amz-credential",
    "x-amz-security-token",
    "x-amz-signature",
];

/// The head of a request.
#[derive(Debug)]
pub(crate) struct SentHead {
    pub(crate) at: SystemTime,
    pub(crate) method: Method,
    /// The path with the query.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
}

/// The head of an answer.
#[derive(Debug)]
pub(crate) struct AnswerHead {
    pub(crate) at: Instant,
    pub(crate) headers: Vec<(String, String)>,
}

impl SentHead {
    pub(super) fn of<B>(request: &http::Request<B>) -> Self {
        Self {
            at: SystemTime::now(),
            method: request.method().clone(),
            target: target(request.uri()),
            headers: headers(request.headers()),
        }
    }
}

impl AnswerHead {
    pub(super) fn of(answer: &HeaderMap) -> Self {
        Self {
            at: Instant::now(),
            headers: headers(answer),
        }
    }
}

fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let shown = headers.iter().map(|(name, value)| {
        let value = match SECRET_HEADERS.contains(&name.as_str()) {
            true => REDACTED.to_owned(),
            false => String::from_utf8_lossy(value.as_bytes()).into_owned(),
        };
        (name.to_string(), value)
    });
    shown.collect()
}

fn target(uri: &Uri) -> String {
    let Some(query) = uri.query() else {
        return uri.path().to_owned();
    };
    let pairs = query.split('&').map(|pair| {
        let name = pair.split_once('=').map_or(pair, |(name, _)| name);
        let decoded = percent_decode_str(name).decode_utf8_lossy();
        match SECRET_PARAMETERS.contains(&decoded.to_ascii_lowercase().as_str()) {
            true => format!("{name}={REDACTED}"),
            false => pair.to_owned(),
        }
    });
    let pairs: Vec<String> = pairs.collect();
    format!("{}?{}", uri.path(), pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_is_remembered() {
        let request = http::Request::get(
            "/b/k%20?X-Amz-Credential=s3cret%2F1&x-amz-Signature=s3cret&X%2DAmz-Security-Token=s3cret&uploads&a=b&Signature=s3cret",
        )
        .header("Authorization", "AWS4-HMAC-SHA256 Credential=s3cret")
        .header("X-Amz-Security-Token", "s3cret")
        .header("x-amz-server-side-encryption-customer-key", "s3cret")
        .header("x-amz-date", "20260101T000000Z")
        .body(())
        .expect("a request");
        let head = SentHead::of(&request);
        assert!(!format!("{head:?}").contains("s3cret"), "{head:?}");
        assert_eq!(
            head.target,
            "/b/k%20?X-Amz-Credential=REDACTED&x-amz-Signature=REDACTED&X%2DAmz-Security-Token=REDACTED&uploads&a=b\
             &Signature=REDACTED"
        );
        let date = ("x-amz-date".to_owned(), "20260101T000000Z".to_owned());
        assert!(head.headers.contains(&date), "{head:?}");
    }
}
