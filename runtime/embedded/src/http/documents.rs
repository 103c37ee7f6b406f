//! Documents: the XML and JSON bodies of requests such as DeleteObjects or PutBucketPolicy.
//!
//! The protocol layer parses them, but does not verify their digests. Bodies of objects are verified where they are received
//! (`operations/body.rs`).

use crate::{
    auth::marks::{PAYLOAD, is_sha256},
    errors,
    operations::digests,
    storage::{
        Body as Stored, Error,
        checksum::{Algorithm, Checksum, hex},
    },
    target::{Target, is_document},
};
use aws_lc_rs::digest::{SHA256, digest};
use http::Request;
use hyper::body::Incoming;
use s3s::{Body, S3Error, S3ErrorCode, S3Result};

/// The longest document that S3 accepts, in bytes; s3s has the same limit.
const LONGEST: usize = 20 << 20;

/// Verifies the digest of a document, if it has one, and passes the request on. Some documents must have one.
pub(crate) async fn verified(
    request: Request<Incoming>,
    target: &Target,
) -> S3Result<Request<Body>> {
    digests::check(&request, target)?;
    let mut request = request.map(Body::from);
    if !is_document(request.method(), target) {
        return Ok(request);
    }
    let header = |name: &str| Some(request.headers().get(name)?.to_str().ok()?.to_owned());
    let md5 = header("content-md5");
    // Checksums in the request that completes an upload are those of the object.
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
    if !claims || chunked {
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
