//! Corrections to the protocol layer's answer to a form.

use http::{
    HeaderValue, Response, StatusCode,
    header::{CONTENT_LENGTH, LOCATION},
};
use s3s::{Body, S3Error, S3ErrorCode};

use crate::errors;

/// The URL of the object, in the extensions of the answer to a form.
#[derive(Debug, Clone)]
pub(super) struct Location(pub(super) String);

pub(super) fn corrected(mut response: Response<Body>) -> Response<Body> {
    if breaks_policy(&response) {
        return errors::response(S3Error::with_message(
            S3ErrorCode::AccessDenied,
            "Invalid according to Policy: Policy Condition failed",
        ));
    }
    if let Some(Location(url)) = response.extensions_mut().remove() {
        locate(&mut response, url);
    }
    response
}

/// S3 answers 403 to a form that its own policy forbids. The protocol layer answers 400, as for a malformed policy.
fn breaks_policy(response: &Response<Body>) -> bool {
    let body = (response.status() == StatusCode::BAD_REQUEST)
        .then(|| response.body().bytes())
        .flatten();
    body.is_some_and(|body| {
        let text = String::from_utf8_lossy(&body);
        text.contains("<Code>InvalidPolicyDocument</Code><Message>Policy condition ")
    })
}

/// Names the object by its URL; the protocol layer names it by its path.
fn locate(response: &mut Response<Body>, url: String) {
    // The form itself names the location of a redirect.
    if response.status() == StatusCode::SEE_OTHER {
        return;
    }
    let document = response.body().bytes().unwrap_or_default();
    let document = String::from_utf8_lossy(&document);
    if let Some((start, rest)) = document.split_once("<Location>")
        && let Some((_, end)) = rest.split_once("</Location>")
    {
        let document = format!("{start}<Location>{url}</Location>{end}");
        response.headers_mut().remove(CONTENT_LENGTH);
        *response.body_mut() = Body::from(document);
    }
    let url = HeaderValue::try_from(url).map(|url| (LOCATION, url));
    response.headers_mut().extend(url);
}
