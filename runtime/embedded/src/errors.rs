//! S3's error codes, statuses and texts (S3 API Reference, "Error responses").

use crate::storage::Error;
use http::{
    HeaderMap, HeaderName, HeaderValue, Response, StatusCode,
    header::{ALLOW, CONTENT_TYPE, ETAG},
};
use s3s::{Body, S3Error, S3ErrorCode};

/// An internal header that carries `name=text` of an element to the document of the error. It is never sent.
pub(crate) const ELEMENT: HeaderName = HeaderName::from_static("x-s3-test-element");

/// Returns an error with a code that s3s does not know.
pub(crate) fn custom(
    code: &'static str,
    status: StatusCode,
    message: impl Into<String>,
) -> S3Error {
    let mut error = S3Error::with_message(S3ErrorCode::Custom(code.into()), message.into());
    error.set_status_code(status);
    error
}

pub(crate) fn not_implemented(what: impl std::fmt::Display) -> S3Error {
    S3Error::with_message(
        S3ErrorCode::NotImplemented,
        format!("{what} is not implemented"),
    )
}

pub(crate) fn invalid_argument(message: impl Into<String>) -> S3Error {
    S3Error::with_message(S3ErrorCode::InvalidArgument, message.into())
}

pub(crate) fn invalid_request(message: impl Into<String>) -> S3Error {
    S3Error::with_message(S3ErrorCode::InvalidRequest, message.into())
}

pub(crate) fn access_denied() -> S3Error {
    S3Error::with_message(S3ErrorCode::AccessDenied, "Access Denied")
}

pub(crate) fn headers_not_signed(names: &[&str]) -> S3Error {
    let message = "There were headers present in the request which were not signed";
    with_headers(
        S3Error::with_message(S3ErrorCode::AccessDenied, message),
        [(ELEMENT, format!("HeadersNotSigned={}", names.join(", ")))],
    )
}

/// Returns the error for a body that differs from the signed one.
pub(crate) fn payload_mismatch() -> S3Error {
    custom(
        "XAmzContentSHA256Mismatch",
        StatusCode::BAD_REQUEST,
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
    )
}

/// Replaces the headers of an error, and sets the type of its document again.
pub(crate) fn with_headers(
    mut error: S3Error,
    headers: impl IntoIterator<Item = (HeaderName, String)>,
) -> S3Error {
    let document = (CONTENT_TYPE, "application/xml".to_owned());
    let headers = [document]
        .into_iter()
        .chain(headers)
        .filter_map(|(name, value)| Some((name, HeaderValue::try_from(value).ok()?)));
    error.set_headers(headers.collect::<HeaderMap>());
    error
}

/// Returns the error as an answer.
pub(crate) fn response(error: S3Error) -> Response<Body> {
    error.to_http_response().unwrap_or_else(|_| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}

fn marker_headers(version: String) -> [(HeaderName, String); 2] {
    [
        (
            HeaderName::from_static("x-amz-delete-marker"),
            "true".to_owned(),
        ),
        (HeaderName::from_static("x-amz-version-id"), version),
    ]
}

/// Returns S3's text for an error that the protocol layer raises without one.
pub(crate) fn text(code: &str) -> Option<&'static str> {
    Some(match code {
        "IncompleteBody" => {
            "You did not provide the number of bytes specified by the Content-Length HTTP header."
        }
        "InvalidBucketName" => "The specified bucket is not valid.",
        "InvalidRange" => "The requested range is not satisfiable",
        "InvalidURI" => "Couldn't parse the specified URI.",
        "KeyTooLongError" => "Your key is too long",
        "MalformedXML" => {
            "The XML you provided was not well-formed or did not validate against our published schema"
        }
        "MethodNotAllowed" => "The specified method is not allowed against this resource.",
        "MissingContentLength" => "You must provide the Content-Length HTTP header.",
        "MissingRequestBodyError" => "Request Body is empty",
        "SignatureDoesNotMatch" => {
            "The request signature we calculated does not match the signature you provided. Check your key and signing method."
        }
        _ => return None,
    })
}

impl From<Error> for S3Error {
    fn from(error: Error) -> Self {
        use S3ErrorCode as Code;
        let new = |code, message: &str| Self::with_message(code, message.to_owned());
        match error {
            Error::NoSuchBucket => new(Code::NoSuchBucket, "The specified bucket does not exist"),
            Error::BucketAlreadyExists => new(
                Code::BucketAlreadyExists,
                "The requested bucket name is not available. Please select a different name and try again.",
            ),
            Error::BucketAlreadyOwnedByYou => new(
                Code::BucketAlreadyOwnedByYou,
                "Your previous request to create the named bucket succeeded and you already own it.",
            ),
            Error::BucketNotEmpty => new(
                Code::BucketNotEmpty,
                "The bucket you tried to delete is not empty",
            ),
            Error::InvalidBucketState(why) => new(Code::InvalidBucketState, why),
            Error::NoSuchKey => new(Code::NoSuchKey, "The specified key does not exist."),
            Error::NoSuchVersion => {
                new(Code::NoSuchVersion, "The specified version does not exist.")
            }
            Error::InvalidVersionId => new(Code::InvalidArgument, "Invalid version id specified"),
            Error::DeleteMarker { version } => with_headers(
                new(Code::NoSuchKey, "The specified key does not exist."),
                marker_headers(version),
            ),
            Error::IsDeleteMarker { version } => {
                let error = new(
                    Code::MethodNotAllowed,
                    "The specified method is not allowed against this resource.",
                );
                let allow = [(ALLOW, "DELETE".to_owned())];
                with_headers(error, marker_headers(version).into_iter().chain(allow))
            }
            Error::NoSuchUpload => new(
                Code::NoSuchUpload,
                "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
            ),
            Error::InvalidPart => new(
                Code::InvalidPart,
                "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
            ),
            Error::InvalidPartOrder => new(
                Code::InvalidPartOrder,
                "The list of parts was not in ascending order. Parts must be ordered by part number.",
            ),
            Error::MissingChecksumOfPart { algorithm, part } => invalid_request(format!(
                "The upload was created using a {} checksum. The complete request must include the checksum for each part. It was missing for part {part} in the request.",
                algorithm.name().to_lowercase()
            )),
            Error::EntityTooSmall => new(
                Code::EntityTooSmall,
                "Your proposed upload is smaller than the minimum allowed size",
            ),
            Error::EntityTooLarge => new(
                Code::EntityTooLarge,
                "Your proposed upload exceeds the maximum allowed size",
            ),
            Error::PreconditionFailed(condition) => with_headers(
                new(
                    Code::PreconditionFailed,
                    "At least one of the pre-conditions you specified did not hold",
                ),
                [(ELEMENT, format!("Condition={condition}"))],
            ),
            Error::ConditionalRequestConflict => new(
                Code::ConditionalRequestConflict,
                "The conditional request cannot succeed due to a conflicting operation against this resource.",
            ),
            Error::NotModified { etag } => with_headers(
                Self::new(Code::NotModified),
                [(ETAG, format!("\"{etag}\""))],
            ),
            Error::Locked => new(
                Code::AccessDenied,
                "Access Denied because object protected by object lock.",
            ),
            Error::BadDigest(what) => new(
                Code::BadDigest,
                &format!("The {what} you specified did not match the calculated checksum."),
            ),
            Error::InvalidRequest(why) => new(Code::InvalidRequest, why),
            Error::InvalidArgument(why) => new(Code::InvalidArgument, why),
            Error::MissingLockConfiguration => {
                invalid_request("Bucket is missing Object Lock Configuration")
            }
            Error::MalformedDocument => new(
                Code::MalformedXML,
                "The XML you provided was not well-formed or did not validate against our published schema",
            ),
        }
    }
}
