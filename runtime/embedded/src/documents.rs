//! Documents: the XML and JSON bodies of requests such as DeleteObjects or PutBucketPolicy.
//!
//! The protocol layer parses them, but does not hold them against the digests that came with them. Bodies of objects are
//! verified where they are received (`service/body.rs`).

use super::{
    checksums::{Algorithm, Checksum, hex},
    digests, errors,
    signature::{PAYLOAD, is_sha256},
    storage::{Body as Stored, Error},
    target::Target,
};
use aws_lc_rs::digest::{SHA256, digest};
use http::{Method, Request};
use hyper::body::Incoming;
use s3s::{Body, S3Error, S3ErrorCode, S3Result};

/// S3 takes no document that is longer; s3s has the same limit.
const LONGEST: usize = 20 << 20;

/// Passes the request on once its document, if it is one and comes with a digest, has been found to be what was sent. Some
/// must come with one.
pub(super) async fn verified(
    request: Request<Incoming>,
    target: &Target,
) -> S3Result<Request<Body>> {
    digests::check(&request, target)?;
    let mut request = request.map(Body::from);
    let header = |name: &str| Some(request.headers().get(name)?.to_str().ok()?.to_owned());
    let md5 = header("content-md5");
    // Those that come with the document that completes an upload are the object's.
    let own = !target.has("uploadId");
    let checksums = Algorithm::ALL
        .into_iter()
        .filter_map(|algorithm| Some((algorithm, header(algorithm.header())?)));
    let checksums = checksums.filter(|_| own).collect::<Vec<_>>();
    let payload = header(PAYLOAD.as_str());
    let chunked = payload
        .as_deref()
        .is_some_and(|payload| payload.starts_with("STREAMING-"));
    let sha256 = payload.filter(|payload| is_sha256(payload));
    let claims = md5.is_some() || sha256.is_some() || !checksums.is_empty();
    if !claims || chunked || !is_document(request.method(), target) {
        return Ok(request);
    }
    let document = request
        .body_mut()
        .store_all_limited(LONGEST)
        .await
        .map_err(|_| {
            S3Error::with_message(
                S3ErrorCode::MaxMessageLengthExceeded,
                "Your request was too big.",
            )
        })?;
    if let Some(claimed) = md5 {
        digests::verify_md5(&claimed, &fast_md5::digest(&document))?;
    }
    if sha256.is_some_and(|claimed| hex(digest(&SHA256, &document).as_ref()) != claimed) {
        return Err(errors::payload_mismatch());
    }
    let document = Stored::new(vec![document]);
    for (algorithm, claimed) in checksums {
        if !algorithm.is_valid(&claimed) {
            return Err(digests::invalid_checksum(algorithm));
        }
        if Checksum::of(algorithm, &document).value != claimed {
            return Err(Error::BadDigest(algorithm.name().to_owned()).into());
        }
    }
    Ok(request)
}

/// The subresources of an object that are put as a document; that of an upload completes it. With any other query, which S3
/// ignores, a PUT is that of the object.
const OF_OBJECTS: [&str; 5] = ["acl", "legal-hold", "retention", "tagging", "uploadId"];

/// Whether the body is no object's.
pub(super) fn is_document(method: &Method, target: &Target) -> bool {
    match *method {
        Method::PUT if target.has("partNumber") => false,
        Method::PUT | Method::POST if target.key().is_some() => target.has_any(&OF_OBJECTS),
        Method::PUT => true,
        // The other one is a form.
        Method::POST => target.has("delete"),
        _ => false,
    }
}
