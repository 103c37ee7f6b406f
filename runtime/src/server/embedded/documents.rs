//! Documents: the XML and JSON bodies of requests such as DeleteObjects or PutBucketPolicy.
//!
//! The protocol layer parses them, but does not hold them against the digests that came with them. Bodies of objects are
//! verified where they are received (`service/body.rs`).

use super::{
    checksums::{Algorithm, Checksum, Md5},
    errors,
    storage::{Body as Stored, Error},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::{Method, Request};
use hyper::body::Incoming;
use s3s::{Body, S3Error, S3ErrorCode, S3Result};

/// S3 takes no document that is longer; s3s has the same limit.
const LONGEST: usize = 20 << 20;

/// Passes the request on once its document, if it is one and comes with a digest, has been found to be what was sent.
pub(super) async fn verified(request: Request<Incoming>) -> S3Result<Request<Body>> {
    let mut request = request.map(Body::from);
    let header = |name: &str| Some(request.headers().get(name)?.to_str().ok()?.to_owned());
    let md5 = header("content-md5");
    let checksums = Algorithm::ALL
        .into_iter()
        .filter_map(|algorithm| Some((algorithm, header(algorithm.header())?)));
    let checksums = checksums.collect::<Vec<_>>();
    let chunked =
        header("x-amz-content-sha256").is_some_and(|payload| payload.starts_with("STREAMING-"));
    if (md5.is_none() && checksums.is_empty()) || chunked || !is_document(&request) {
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
        let actual = Md5::of(&document);
        match BASE64_STANDARD.decode(claimed) {
            Ok(claimed) if claimed == actual => {}
            Ok(claimed) if claimed.len() == actual.len() => {
                return Err(Error::BadDigest("Content-MD5".to_owned()).into());
            }
            _ => {
                let message = "The Content-MD5 you specified was invalid.";
                return Err(S3Error::with_message(S3ErrorCode::InvalidDigest, message));
            }
        }
    }
    let document = Stored::new(vec![document]);
    for (algorithm, claimed) in checksums {
        if !algorithm.is_valid(&claimed) {
            return Err(errors::invalid_request(format!(
                "Value for {} header is invalid.",
                algorithm.header()
            )));
        }
        if Checksum::of(algorithm, &document).value != claimed {
            return Err(Error::BadDigest(algorithm.name().to_owned()).into());
        }
    }
    Ok(request)
}

/// A request with a subresource carries a document, unless that names a part of an upload. The checksums that come with the
/// document that completes an upload are those of the object.
fn is_document<T>(request: &Request<T>) -> bool {
    let query = request.uri().query().unwrap_or_default();
    let names = || {
        query
            .split('&')
            .filter_map(|pair| pair.split('=').next())
            .filter(|name| !name.is_empty())
    };
    matches!(*request.method(), Method::PUT | Method::POST)
        && names().any(|name| !name.starts_with("X-Amz-") && name != "x-id")
        && !names().any(|name| name == "uploadId" || name == "partNumber")
}
