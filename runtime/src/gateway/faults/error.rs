//! Errors as S3 sends them.

use std::time::Duration;

use bytes::Bytes;
use http::{
    HeaderValue, Response,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use http_body_util::{BodyExt, Full};

use crate::gateway::body::Body;

/// An error that S3 answers with: HTTP status, code and message.
///
/// ```
/// use std::time::Duration;
///
/// use s3_test::S3Error;
///
/// let busy = S3Error::SLOW_DOWN.retry_after(Duration::from_secs(1));
/// let own = S3Error::new(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
/// assert_eq!((busy.status(), own.code()), (503, "EntityTooLarge"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct S3Error {
    status: u16,
    code: &'static str,
    message: &'static str,
    retry_after: Option<Duration>,
}

macro_rules! errors {
    ($($name:ident = $status:literal $code:literal $message:literal;)*) => {
        impl S3Error {
            $(
                #[doc = concat!("S3's `", $code, "`, status ", stringify!($status), ".")]
                pub const $name: Self = Self::new($status, $code, $message);
            )*

            pub(in super::super) const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
}

errors! {
    ACCESS_DENIED = 403 "AccessDenied" "Access Denied";
    CONDITIONAL_REQUEST_CONFLICT = 409 "ConditionalRequestConflict"
        "The conditional request cannot succeed due to a conflicting operation against this resource.";
    EXPIRED_TOKEN = 400 "ExpiredToken" "The provided token has expired.";
    INTERNAL_ERROR = 500 "InternalError" "We encountered an internal error. Please try again.";
    NO_SUCH_KEY = 404 "NoSuchKey" "The specified key does not exist.";
    NO_SUCH_UPLOAD = 404 "NoSuchUpload" "The specified multipart upload does not exist.";
    OPERATION_ABORTED = 409 "OperationAborted"
        "A conflicting conditional operation is currently in progress against this resource.";
    PRECONDITION_FAILED = 412 "PreconditionFailed"
        "At least one of the pre-conditions you specified did not hold";
    REQUEST_TIME_TOO_SKEWED = 403 "RequestTimeTooSkewed"
        "The difference between the request time and the current time is too large.";
    REQUEST_TIMEOUT = 400 "RequestTimeout"
        "Your socket connection to the server was not read from or written to within the timeout period.";
    SERVICE_UNAVAILABLE = 503 "ServiceUnavailable" "Please reduce your request rate.";
    SLOW_DOWN = 503 "SlowDown" "Please reduce your request rate.";
}

impl S3Error {
    /// Returns the error of this code, if it is one of the constants.
    pub(in super::super) fn of_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|error| error.code == code)
    }

    /// Returns an error with an HTTP status, a code and a message of one's own.
    #[must_use]
    pub const fn new(status: u16, code: &'static str, message: &'static str) -> Self {
        Self {
            status,
            code,
            message,
            retry_after: None,
        }
    }

    /// Adds the header `Retry-After`, in whole seconds.
    #[must_use]
    pub const fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Returns the HTTP status, such as 503.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// Returns the code in the error document, such as `SlowDown`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// Returns the answer, with a status that need not be the error's own.
    pub(in super::super) fn answer(&self, status: u16) -> Response<Body> {
        self.answer_with(status, "")
    }

    /// Returns the answer with more elements in its document.
    pub(in super::super) fn answer_with(&self, status: u16, more: &str) -> Response<Body> {
        let Self { code, message, .. } = self;
        let mut answer = document(
            status,
            &format!(
                "<Error><Code>{code}</Code><Message>{message}</Message>{more}<RequestId>s3-test</RequestId></Error>"
            ),
        );
        if let Some(wait) = self.retry_after {
            let headers = answer.headers_mut();
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        }
        answer
    }

    /// Returns the error of one key, as an entry of DeleteObjects' answer. Key and version are escaped already.
    pub(in super::super) fn entry(&self, key: &str, version: Option<&str>) -> String {
        let Self { code, message, .. } = self;
        let version = version.map_or_else(String::new, |it| format!("<VersionId>{it}</VersionId>"));
        format!(
            "<Error><Key>{key}</Key>{version}<Code>{code}</Code><Message>{message}</Message></Error>"
        )
    }
}

/// Returns an answer with a document of XML, without its declaration.
pub(in super::super) fn document(status: u16, root: &str) -> Response<Body> {
    let mut answer = plain(
        status,
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{root}"),
    );
    let xml = HeaderValue::from_static("application/xml");
    answer.headers_mut().insert(CONTENT_TYPE, xml);
    answer
}

/// Returns an answer with nothing but a status and a body.
pub(in super::super) fn plain(status: u16, body: String) -> Response<Body> {
    let body = Full::new(Bytes::from(body)).map_err(|never| match never {});
    let mut answer = Response::new(body.boxed_unsync());
    // No status of three digits is refused, and no other is let in (`FaultRule::respond_status`).
    *answer.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    answer
}
