//! Signature Version 4 in the `Authorization` header (S3 API Reference, "Authenticating requests: using the Authorization
//! header"), which is how nearly every request to a test's server is signed.
//!
//! s3s checks these too, but derives the key anew for each request and hashes in Rust that a debug build does not optimize:
//! a signed payload of 64 MiB took it two seconds. Here keys are kept, and hashing is assembly in either profile.
//!
//! This module only ever accepts a signature. Every other request goes to s3s unchanged, which knows all the other ways to
//! sign a request and the errors for invalid signatures.

use crate::{
    auth::{
        marks::{DATE, PAYLOAD, is_presigned, is_sha256},
        signed_headers::unsigned,
        users::{Signer, Users},
    },
    storage::checksum::hex,
    target::is_form,
};
use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest::{self, SHA256},
    hmac::{self, HMAC_SHA256},
};
use futures_util::{StreamExt, stream};
use http::{
    HeaderMap, HeaderName, Request,
    header::{AUTHORIZATION, CONTENT_LENGTH},
};
use hyper::body::Body as _;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use s3s::{Body, dto::StreamingBlob};
use std::{
    borrow::Cow,
    collections::HashMap,
    io,
    sync::{Arc, Mutex, PoisonError},
};
use time::{Duration, OffsetDateTime, PrimitiveDateTime, macros::format_description};

/// Characters that stay unencoded in the canonical form of a query ("Create a canonical request"); a path keeps its `/` too.
pub(crate) const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
const IN_PATH: &AsciiSet = &IN_QUERY.remove(b'/');

/// The tolerance for a client's clock.
const SKEW: Duration = Duration::minutes(15);

const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Verifies signatures of users.
pub(crate) struct Signatures {
    users: Users,
    /// Signing keys by the text after `Credential=`: each user, day and region has one.
    keys: Mutex<HashMap<String, Arc<hmac::Key>>>,
}

impl Signatures {
    pub(crate) fn new(users: Users) -> Self {
        Self {
            users,
            keys: Mutex::default(),
        }
    }

    /// Replaces a valid signature by the name of the signer. The body then fails at its end if it differs from the signed one.
    pub(crate) fn settle(&self, mut request: Request<Body>) -> Request<Body> {
        let Some(signer) = self.signer(&request, OffsetDateTime::now_utc()) else {
            return request;
        };
        request.headers_mut().remove(AUTHORIZATION);
        request.extensions_mut().insert(signer);
        let payload = only(request.headers(), &PAYLOAD).filter(|payload| is_sha256(payload));
        if let Some(payload) = payload.map(str::to_owned)
            && !request.body().is_end_stream()
        {
            let body = std::mem::replace(request.body_mut(), Body::empty());
            *request.body_mut() = verified(body, payload);
        }
        request
    }

    fn signer(&self, request: &Request<Body>, now: OffsetDateTime) -> Option<Signer> {
        let (headers, query) = (request.headers(), request.uri().query().unwrap_or_default());
        let authorization = only(headers, &AUTHORIZATION)?.strip_prefix("AWS4-HMAC-SHA256 ")?;
        let mut fields = authorization.split(',').map(str::trim);
        let credential = fields.next()?.strip_prefix("Credential=")?;
        let signed_headers = fields.next()?.strip_prefix("SignedHeaders=")?;
        let signature = fields.next()?.strip_prefix("Signature=")?;
        if fields.next().is_some() {
            return None;
        }

        let (access_key, scope) = credential.split_once('/')?;
        let (day, region) = scope.strip_suffix("/s3/aws4_request")?.split_once('/')?;
        let secret = self.users.0.get(access_key)?;
        let date = only(headers, &DATE)?;
        let format = format_description!("[year][month][day]T[hour][minute][second]Z");
        let signed_at = PrimitiveDateTime::parse(date, format).ok()?.assume_utc();
        if region.contains('/') || !date.starts_with(day) || (now - signed_at).abs() > SKEW {
            return None;
        }

        let payload = only(headers, &PAYLOAD)?;
        let has_body = !request.body().is_end_stream();
        let settled = match payload {
            "UNSIGNED-PAYLOAD" => !has_body || headers.contains_key(CONTENT_LENGTH),
            EMPTY_SHA256 => true,
            // A request without a body is left for s3s to refuse.
            sha256 => is_sha256(sha256) && has_body && headers.contains_key(CONTENT_LENGTH),
        };
        let all_signed = unsigned(headers, signed_headers).next().is_none();
        if !settled || !all_signed || is_presigned(query) || is_form(request) {
            return None;
        }

        let canonical = format!(
            "{}\n{}\n{}\n{}\n{signed_headers}\n{payload}",
            request.method(),
            encoded(request.uri().path(), IN_PATH),
            canonical_query(query)?,
            canonical_headers(headers, signed_headers)?,
        );
        let digest = hex(digest::digest(&SHA256, canonical.as_bytes()).as_ref());
        let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{digest}");
        let known = self.keys().get(credential).cloned();
        let key = known
            .clone()
            .unwrap_or_else(|| Arc::new(signing_key(secret, day, region)));
        let expected = hex(hmac::sign(&key, text.as_bytes()).as_ref());
        verify_slices_are_equal(expected.as_bytes(), signature.as_bytes()).ok()?;
        // Only keys of valid signatures are kept: anybody can make up regions.
        if known.is_none() {
            self.keys().insert(credential.to_owned(), key);
        }
        Some(Signer(access_key.to_owned()))
    }

    fn keys(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<hmac::Key>>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn signing_key(secret: &str, day: &str, region: &str) -> hmac::Key {
    let start = hmac::Key::new(HMAC_SHA256, format!("AWS4{secret}").as_bytes());
    [day, region, "s3", "aws4_request"]
        .iter()
        .fold(start, |key, part| {
            hmac::Key::new(HMAC_SHA256, hmac::sign(&key, part.as_bytes()).as_ref())
        })
}

/// Returns the value of a header that occurs exactly once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// Encodes a path or query in the canonical form. Clients differ slightly in how they encode.
fn encoded(part: &str, kept: &'static AsciiSet) -> String {
    percent_encode(&Cow::from(percent_decode_str(part)), kept).to_string()
}

fn canonical_query(query: &str) -> Option<String> {
    // Some clients mean a space by it, others a plus.
    if query.contains('+') {
        return None;
    }
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let mut pairs = Vec::from_iter(pairs.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (encoded(name, IN_QUERY), encoded(value, IN_QUERY))
    }));
    pairs.sort();
    let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
    Some(Vec::from_iter(pairs).join("&"))
}

/// Returns a line for each signed header, or `None` if one is missing or they are not sorted.
fn canonical_headers(headers: &HeaderMap, signed: &str) -> Option<String> {
    if !signed.split(';').is_sorted_by(|one, next| one < next) {
        return None;
    }
    signed.split(';').try_fold(String::new(), |lines, name| {
        let values = headers.get_all(name).iter();
        let values = values.map(|value| {
            let words = str::from_utf8(value.as_bytes()).ok()?.split_whitespace();
            Some(Vec::from_iter(words).join(" "))
        });
        let values = values.collect::<Option<Vec<_>>>()?;
        (!values.is_empty()).then(|| lines + name + ":" + &values.join(",") + "\n")
    })
}

/// Fails at the end of a body with another SHA-256. The message is that of s3s, whose error type is private.
fn verified(body: Body, sha256: String) -> Body {
    let start = (body, digest::Context::new(&SHA256));
    let chunks = stream::try_unfold(start, move |(mut body, mut context)| {
        let sha256 = sha256.clone();
        async move {
            match body.next().await {
                Some(chunk) => {
                    let chunk = chunk.map_err(io::Error::other)?;
                    context.update(&chunk);
                    Ok(Some((chunk, (body, context))))
                }
                None if hex(context.finish().as_ref()) == sha256 => Ok(None),
                None => Err(io::Error::other("Sha256Mismatch")),
            }
        }
    });
    Body::from(StreamingBlob::wrap(chunks))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderValue, Method, Uri};
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2013-05-24 0:10 UTC);

    fn signatures() -> Signatures {
        let users = [(
            "AKIAIOSFODNN7EXAMPLE".to_owned(),
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
        )];
        Signatures::new(Users(Arc::new(users.into())))
    }

    /// Examples from the S3 API Reference, "Authenticating requests: using the Authorization header".
    fn examples() -> [Request<Body>; 4] {
        let request = |method, target: &str, signed: &str, signature: &str| {
            Request::builder()
                .method(method)
                .uri(format!("http://examplebucket.s3.amazonaws.com{target}"))
                .header("host", "examplebucket.s3.amazonaws.com")
                .header("x-amz-content-sha256", EMPTY_SHA256)
                .header("x-amz-date", "20130524T000000Z")
                .header(
                    "authorization",
                    format!(
                        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
                        SignedHeaders={signed},Signature={signature}"
                    ),
                )
        };
        let plain = "host;x-amz-content-sha256;x-amz-date";
        let body = "Welcome to Amazon S3.";
        let mut put = request(
            Method::PUT,
            "/test$file.text",
            "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        )
        .header("date", "Fri, 24 May 2013 00:00:00 GMT")
        .header("x-amz-storage-class", "REDUCED_REDUNDANCY")
        .header("content-length", body.len())
        .body(Body::from(body.to_owned()))
        .unwrap();
        let sha256 = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
        put.headers_mut()
            .insert(PAYLOAD, HeaderValue::from_static(sha256));
        [
            request(
                Method::GET,
                "/test.txt",
                "host;range;x-amz-content-sha256;x-amz-date",
                "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
            )
            .header("range", "bytes=0-9")
            .body(Body::empty())
            .unwrap(),
            put,
            request(
                Method::GET,
                "/?lifecycle",
                plain,
                "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
            )
            .body(Body::empty())
            .unwrap(),
            request(
                Method::GET,
                "/?max-keys=2&prefix=J",
                plain,
                "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
            )
            .body(Body::empty())
            .unwrap(),
        ]
    }

    #[test]
    fn the_examples_of_the_reference_are_right_with_a_new_key_and_with_a_kept_one() {
        let signatures = signatures();
        for request in examples().iter().chain(&examples()) {
            let signer = signatures.signer(request, NOW);
            assert_eq!(
                signer,
                Some(Signer("AKIAIOSFODNN7EXAMPLE".to_owned())),
                "{request:?}"
            );
        }
        assert_eq!(signatures.keys().len(), 1);
    }

    #[test]
    fn whatever_is_changed_is_not_settled() {
        type Change = fn(&mut Request<Body>);
        fn set(request: &mut Request<Body>, name: &'static str, value: &'static str) {
            let value = HeaderValue::from_static(value);
            request.headers_mut().insert(name, value);
        }
        fn replace(request: &mut Request<Body>, from: &str, to: &str) {
            let old = request.headers()[AUTHORIZATION].to_str().unwrap();
            let new = old.replacen(from, to, 1);
            assert_ne!(old, new);
            let new = new.parse().unwrap();
            request.headers_mut().insert(AUTHORIZATION, new);
        }
        let changes: [(&str, Change); 17] = [
            ("method", |request| *request.method_mut() = Method::DELETE),
            ("path", |request| {
                *request.uri_mut() = Uri::from_static("/other")
            }),
            ("query", |request| {
                let target = request.uri().path().to_owned() + "?versionId=1";
                *request.uri_mut() = target.parse().unwrap();
            }),
            ("plus", |request| {
                *request.uri_mut() = Uri::from_static("/?prefix=a+b")
            }),
            ("host", |request| set(request, "host", "elsewhere")),
            ("payload", |request| {
                set(request, "x-amz-content-sha256", "UNSIGNED-PAYLOAD")
            }),
            ("chunked payload", |request| {
                let payload = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
                set(request, "x-amz-content-sha256", payload);
            }),
            ("date", |request| {
                set(request, "x-amz-date", "20130524T000001Z")
            }),
            ("another day", |request| {
                set(request, "x-amz-date", "20130525T000000Z")
            }),
            ("second date", |request| {
                let value = HeaderValue::from_static("20130524T000000Z");
                request.headers_mut().append(DATE, value);
            }),
            ("header that is not signed", |request| {
                set(request, "x-amz-acl", "public-read")
            }),
            ("missing header", |request| {
                request.headers_mut().remove("host");
            }),
            ("user", |request| replace(request, "AKIA", "BKIA")),
            ("region", |request| {
                replace(request, "us-east-1", "us-east-2")
            }),
            ("service", |request| replace(request, "/s3/", "/sts/")),
            ("algorithm", |request| {
                replace(request, "HMAC-SHA256", "ECDSA-P256-SHA256")
            }),
            ("signature", |request| {
                replace(request, "Signature=", "Signature=0")
            }),
        ];
        let signatures = signatures();
        for (what, change) in changes {
            for mut request in examples() {
                change(&mut request);
                assert_eq!(
                    signatures.signer(&request, NOW),
                    None,
                    "{what}: {request:?}"
                );
            }
        }
        assert!(signatures.keys().is_empty());
    }

    #[test]
    fn a_clock_may_be_a_quarter_of_an_hour_off() {
        let signed_at = datetime!(2013-05-24 0:00 UTC);
        for (minutes, right) in [(-16, false), (-15, true), (15, true), (16, false)] {
            let now = signed_at + Duration::minutes(minutes);
            let signer = signatures().signer(&examples()[0], now);
            assert_eq!(signer.is_some(), right, "{minutes} minutes");
        }
    }
}
