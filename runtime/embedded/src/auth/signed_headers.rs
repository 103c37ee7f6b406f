//! Headers that a signature must cover, so that nobody can turn a signed request into another one (S3 API Reference,
//! "Create a canonical request": "any x-amz-* headers that you plan to include in your request must also be added").

use crate::{auth::marks::PAYLOAD, errors, target::query_value};
use http::{HeaderMap, HeaderName, Uri, header::AUTHORIZATION};
use s3s::S3Result;

/// Refuses a request with headers that its signature, in the header or the URL, does not cover.
pub(crate) fn check(uri: &Uri, headers: &HeaderMap) -> S3Result<()> {
    let in_header = || {
        let fields = headers.get(AUTHORIZATION)?.to_str().ok()?;
        let (_, names) = fields.split_once("SignedHeaders=")?;
        Some(names.split(',').next()?.trim().to_owned())
    };
    let Some(signed) = query_value(uri, "X-Amz-SignedHeaders").or_else(in_header) else {
        return Ok(());
    };
    // A header that is also in the query is signed there (`corrections.rs`), and must have the same value here.
    let in_query = |name: &HeaderName| {
        let signed = query_value(uri, name.as_str());
        let mut values = headers.get_all(name).iter();
        signed.is_some_and(|signed| values.all(|value| value.as_bytes() == signed.as_bytes()))
    };
    match unsigned(headers, &signed)
        .filter(|name| !in_query(name))
        .map(HeaderName::as_str)
        .collect::<Vec<_>>()
    {
        names if names.is_empty() => Ok(()),
        names => Err(errors::headers_not_signed(&names)),
    }
}

/// Returns the headers that should be among `signed`, a list separated by semicolons, and are not.
pub(crate) fn unsigned<'a>(
    headers: &'a HeaderMap,
    signed: &str,
) -> impl Iterator<Item = &'a HeaderName> {
    headers.keys().filter(move |name| {
        name.as_str().starts_with("x-amz-")
            && *name != PAYLOAD
            && !signed.split(';').any(|signed| *name == signed)
    })
}
