//! Receives bodies. A body is complete and verified before anything is done with it.

use crate::{
    errors,
    operations::{digests, threaded_md5::IncomingMd5},
    storage::{
        Body, Error,
        checksum::{Algorithm, Checksum, Hasher},
        multipart::MAX_PART_SIZE,
    },
};
use bytes::Bytes;
use futures_util::StreamExt;
use http::{
    HeaderMap, StatusCode,
    header::{CONTENT_LENGTH, TRANSFER_ENCODING},
};
use s3s::{S3Error, S3ErrorCode, S3Result, StdError, TrailingHeaders, dto::StreamingBlob};

/// The claims of a request about its body.
#[derive(Debug, Default)]
pub(super) struct Claims {
    length: Option<i64>,
    md5: Option<String>,
    checksum: Option<(Algorithm, String)>,
    trailer: Option<Algorithm>,
}

/// Refuses a body of unknown length, as S3 does (S3 API Reference, "PutObject": "Content-Length" is required).
pub(super) fn length_is_told(headers: &HeaderMap) -> S3Result<()> {
    if headers.contains_key(CONTENT_LENGTH) || headers.contains_key("x-amz-decoded-content-length")
    {
        return Ok(());
    }
    Err(match headers.contains_key(TRANSFER_ENCODING) {
        true => S3Error::with_message(
            S3ErrorCode::NotImplemented,
            "A header you provided implies functionality that is not implemented: Transfer-Encoding",
        ),
        false => S3Error::new(S3ErrorCode::MissingContentLength),
    })
}

impl Claims {
    /// `declared` tells whether `x-amz-sdk-checksum-algorithm` is present. At most one checksum may be given, in a header or
    /// the trailer.
    pub(super) fn new(
        length: Option<i64>,
        md5: Option<String>,
        checksums: [(Algorithm, Option<String>); 5],
        declared: bool,
        headers: &HeaderMap,
    ) -> S3Result<Self> {
        if length.is_some_and(|length| length.unsigned_abs() > MAX_PART_SIZE) {
            return Err(Error::EntityTooLarge.into());
        }
        let mut checksums = checksums
            .into_iter()
            .filter_map(|(algorithm, value)| Some((algorithm, value?)));
        let checksum = checksums.next();
        if checksums.next().is_some() {
            return Err(errors::invalid_request(
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
            ));
        }
        if let Some((algorithm, value)) = &checksum
            && !algorithm.is_valid(value)
        {
            return Err(digests::invalid_checksum(*algorithm));
        }
        let trailer = headers.get("x-amz-trailer").and_then(|names| {
            let names = names.to_str().ok()?;
            let named = |algorithm: &Algorithm| {
                names
                    .split(',')
                    .any(|name| name.trim().eq_ignore_ascii_case(algorithm.header()))
            };
            Algorithm::ALL.into_iter().find(named)
        });
        if declared && checksum.is_none() && trailer.is_none() {
            return Err(errors::invalid_request(
                "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
            ));
        }
        Ok(Self {
            length,
            md5,
            checksum,
            trailer,
        })
    }

    pub(super) fn algorithm(&self) -> Option<Algorithm> {
        self.checksum
            .as_ref()
            .map(|(algorithm, _)| *algorithm)
            .or(self.trailer)
    }
}

/// A verified body.
pub(super) struct Received {
    pub(super) body: Body,
    pub(super) md5: [u8; 16],
    pub(super) checksum: Option<Checksum>,
}

/// Reads the whole body. `also` is a checksum to compute if the request claims none.
pub(super) async fn receive(
    stream: Option<StreamingBlob>,
    claims: Claims,
    trailers: Option<TrailingHeaders>,
    also: Option<Algorithm>,
) -> S3Result<Received> {
    let mut md5 = IncomingMd5::new(claims.length.unwrap_or_default().unsigned_abs());
    let mut hasher = claims.algorithm().or(also).map(Hasher::new);
    let mut chunks = Chunks::default();
    if let Some(mut stream) = stream {
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|error| broken_stream(&error))?;
            md5.update(&chunk);
            if let Some(hasher) = &mut hasher {
                hasher.update(&chunk);
            }
            chunks.push(chunk);
        }
    }
    let body = chunks.finish();
    let checksum = hasher.map(Hasher::finish);
    if claims
        .length
        .is_some_and(|length| length.unsigned_abs() != body.len())
    {
        return Err(incomplete());
    }
    let md5 = md5.finish().await?;
    if let Some(claimed) = &claims.md5 {
        digests::verify_md5(claimed, &md5)?;
    }
    if let Some(actual) = &checksum {
        let trailer = |algorithm: Algorithm| {
            let trailers = trailers
                .as_ref()?
                .read(|trailers| trailers.get(algorithm.header()).cloned())??;
            Some(trailers.to_str().ok()?.to_owned())
        };
        let claimed = match (claims.checksum, claims.trailer) {
            (Some((_, value)), _) => Some(value),
            // An announced trailer must arrive.
            (None, Some(algorithm)) => Some(trailer(algorithm).ok_or_else(malformed_trailer)?),
            (None, None) => None,
        };
        if claimed.is_some_and(|claimed| claimed != actual.value) {
            return Err(Error::BadDigest(actual.algorithm.name().to_owned()).into());
        }
    }
    Ok(Received {
        body,
        md5,
        checksum,
    })
}

fn incomplete() -> S3Error {
    S3Error::new(S3ErrorCode::IncompleteBody)
}

fn malformed_trailer() -> S3Error {
    errors::custom(
        "MalformedTrailerError",
        StatusCode::BAD_REQUEST,
        "The request contained trailing data that was not well-formed or did not conform to our published schema.",
    )
}

/// Maps an error of the stream. s3s verifies signatures and SHA-256 while the payload is read, but its error types are private.
fn broken_stream(error: &StdError) -> S3Error {
    let text = error.to_string();
    if text.contains("Sha256Mismatch") {
        errors::payload_mismatch()
    } else if text.contains("SignatureMismatch") {
        S3Error::with_message(
            S3ErrorCode::SignatureDoesNotMatch,
            "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        )
    } else if text.contains("FormatError") || text.contains("Trailer") {
        malformed_trailer()
    } else {
        incomplete()
    }
}

/// The chunks of a body as they arrive. Small ones are joined: each is a slice of a much larger read buffer, which it would
/// keep alive, so that a body of a few bytes would cost many kilobytes.
#[derive(Default)]
struct Chunks {
    whole: Vec<Bytes>,
    small: Vec<u8>,
}

/// Chunks that are smaller than this are joined.
const SMALL: usize = 64 << 10;

impl Chunks {
    fn push(&mut self, chunk: Bytes) {
        if chunk.len() < SMALL {
            if self.small.len() + chunk.len() > 4 * SMALL {
                self.flush();
            }
            self.small.extend_from_slice(&chunk);
        } else {
            self.flush();
            self.whole.push(chunk);
        }
    }

    fn flush(&mut self) {
        if !self.small.is_empty() {
            let mut small = std::mem::take(&mut self.small);
            small.shrink_to_fit();
            self.whole.push(Bytes::from(small));
        }
    }

    fn finish(mut self) -> Body {
        self.flush();
        Body::new(self.whole)
    }
}
