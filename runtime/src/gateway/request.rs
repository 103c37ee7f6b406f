//! One request, as the log tells of it.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use http::{
    HeaderMap, HeaderName,
    header::{IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_UNMODIFIED_SINCE, RANGE},
};

use super::{
    exchange::{AnswerHead, SentHead},
    operation::Operation,
    pages::{self, Pages},
    target::Target,
};

/// The conditional headers, with those of a copy's source.
const CONDITIONS: [HeaderName; 8] = [
    IF_MATCH,
    IF_NONE_MATCH,
    IF_MODIFIED_SINCE,
    IF_UNMODIFIED_SINCE,
    HeaderName::from_static("x-amz-copy-source-if-match"),
    HeaderName::from_static("x-amz-copy-source-if-none-match"),
    HeaderName::from_static("x-amz-copy-source-if-modified-since"),
    HeaderName::from_static("x-amz-copy-source-if-unmodified-since"),
];

/// A request that reached the test's endpoint, as it was when the log was asked.
///
/// [`Display`](fmt::Display) shows what is the same in every run: operation, key, conditions, range, status, error code.
///
/// ```
/// use s3_test::{Operation, Requests, TestBucket, s3_test};
///
/// #[s3_test(backend = "embedded")]
/// async fn the_first_request(bucket: TestBucket, requests: Requests) -> object_store::Result<()> {
///     use object_store::{ObjectStoreExt, path::Path};
///
///     bucket.store()?.put(&Path::from("greeting"), "hello".into()).await?;
///     let put = requests.iter().next().expect("a request");
///     assert_eq!(put.operation(), Operation::PutObject);
///     assert_eq!((put.key(), put.status()), (Some("greeting"), Some(200)));
///     assert_eq!(put.to_string(), "PutObject greeting 200");
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Request {
    pub(super) number: usize,
    operation: Operation,
    bucket: Option<String>,
    key: Option<String>,
    prefix: Option<String>,
    continues: bool,
    page: Option<usize>,
    reused: bool,
    version: Option<String>,
    part_number: Option<u32>,
    range: Option<String>,
    conditions: Vec<(String, String)>,
    attempt: Option<u32>,
    pub(super) status: Option<u16>,
    pub(super) code: Option<String>,
    pub(super) failure: Option<String>,
    pub(super) fault: Option<String>,
    pub(super) bytes_sent: u64,
    pub(super) bytes_received: u64,
    began: Instant,
    pub(super) ended: Option<Instant>,
    sent: Arc<SentHead>,
    pub(super) answer: Option<Arc<AnswerHead>>,
}

impl Request {
    /// Reads a request that has just arrived.
    pub(super) fn of<B>(request: &http::Request<B>, pages: &Pages, reused: bool) -> Self {
        let headers = request.headers();
        let target = Target::of(request.uri(), headers);
        let operation = Operation::of(request.method(), &target, headers);
        let parameter = |name| target.value(name).filter(|value| !value.is_empty());
        let conditions = CONDITIONS.into_iter().filter_map(|name| {
            let value = text(headers, &name)?;
            Some((name.to_string(), value))
        });
        Self {
            number: 0,
            operation,
            prefix: parameter("prefix").map(str::to_owned),
            continues: pages::is_continued(&target),
            page: pages.number(operation, &target),
            reused,
            version: parameter("versionId").map(str::to_owned),
            part_number: parameter("partNumber").and_then(|it| it.parse().ok()),
            range: text(headers, &RANGE),
            conditions: conditions.collect(),
            attempt: attempt(headers),
            bucket: target.bucket,
            key: target.key,
            status: None,
            code: None,
            failure: None,
            fault: None,
            bytes_sent: 0,
            bytes_received: 0,
            began: Instant::now(),
            ended: None,
            sent: Arc::new(SentHead::of(request)),
            answer: None,
        }
    }

    /// Returns the request's place in the order of arrival, from 1.
    #[must_use]
    pub fn number(&self) -> usize {
        self.number
    }

    /// Returns S3's name for what was asked.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// Returns the bucket in the address, if there is one.
    #[must_use]
    pub fn bucket(&self) -> Option<&str> {
        self.bucket.as_deref()
    }

    /// Returns the key in the address, decoded, if there is one.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// Returns the prefix that a listing asks for, if it names one.
    #[must_use]
    pub fn prefix(&self) -> Option<&str> {
        self.prefix.as_deref()
    }

    /// Tells whether a listing goes on after an earlier page.
    #[must_use]
    pub fn is_continuation(&self) -> bool {
        self.continues
    }

    /// Returns the number of the page of a listing, from 1, if the request asks for one.
    ///
    /// A page that a client asks for again keeps its number. Pages are counted for each listing by its parameters, so two
    /// listings of the same prefix at the same time count as one.
    #[must_use]
    pub fn page(&self) -> Option<usize> {
        self.page
    }

    /// Tells whether the client's connection has served an earlier request (HTTP keep-alive).
    #[must_use]
    pub fn is_on_reused_connection(&self) -> bool {
        self.reused
    }

    /// Returns the version that is asked for (`versionId`), if one is.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Returns the number of the part (`partNumber`), if the request is about one.
    #[must_use]
    pub fn part_number(&self) -> Option<u32> {
        self.part_number
    }

    /// Returns the header `Range` as it was sent, such as `bytes=0-299`.
    #[must_use]
    pub fn range(&self) -> Option<&str> {
        self.range.as_deref()
    }

    /// Returns the conditional headers that were sent, names in lower case: `if-none-match`, `*`.
    pub fn conditions(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.conditions.iter();
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the number of the attempt, from 1, where the client says it (the AWS SDKs' header `amz-sdk-request`).
    #[must_use]
    pub fn attempt(&self) -> Option<u32> {
        self.attempt
    }

    /// Returns the HTTP status of the answer; nothing while there is none, or when none came.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// Returns the code in the answer's error document, such as `NoSuchKey`; also of an error that comes with status 200.
    #[must_use]
    pub fn error_code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Returns the reason why the server gave no answer, if it gave none.
    #[must_use]
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Returns the fault that was done to the request or its answer, such as `respond SlowDown`, if one was.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// Returns the number of bytes of the request's body that passed the gateway so far.
    #[must_use]
    pub fn bytes_sent(&self) -> u64 {
        self.bytes_sent
    }

    /// Returns the number of bytes of the answer's body that passed the gateway so far.
    #[must_use]
    pub fn bytes_received(&self) -> u64 {
        self.bytes_received
    }

    /// Returns the moment when the request's head had arrived.
    #[must_use]
    pub fn began(&self) -> Instant {
        self.began
    }

    /// Returns the moment when the answer had passed, or broke off; nothing while the request is in flight.
    #[must_use]
    pub fn ended(&self) -> Option<Instant> {
        self.ended
    }

    /// Returns the time from the beginning to the end; nothing while the request is in flight.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        Some(self.ended?.duration_since(self.began))
    }

    /// Returns the head of the request, without its secrets.
    pub(crate) fn sent(&self) -> &SentHead {
        &self.sent
    }

    /// Returns the head of the answer, if there is one.
    pub(crate) fn answer(&self) -> Option<&AnswerHead> {
        self.answer.as_deref()
    }

    /// Returns the part of [`Display`](fmt::Display) that is known when the request arrives.
    pub(super) fn asked(&self) -> Asked<'_> {
        Asked(self)
    }

    /// Tells whether the answer's body may be an error document, which these operations also send with status 200.
    pub(super) fn may_be_error(&self) -> bool {
        use Operation::{CompleteMultipartUpload, CopyObject, DeleteObjects, UploadPartCopy};
        let late = [
            CompleteMultipartUpload,
            CopyObject,
            DeleteObjects,
            UploadPartCopy,
        ];
        self.status != Some(200) && self.status != Some(206) || late.contains(&self.operation)
    }
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// Reads `amz-sdk-request: attempt=2; max=3`.
fn attempt(headers: &HeaderMap) -> Option<u32> {
    let value = headers.get("amz-sdk-request")?.to_str().ok()?;
    let mut pairs = value.split(';').map(str::trim);
    pairs.find_map(|pair| pair.strip_prefix("attempt=")?.parse().ok())
}

/// A request without its answer.
pub(super) struct Asked<'a>(&'a Request);

impl fmt::Display for Asked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let request = self.0;
        write!(f, "{}", request.operation)?;
        if let Some(key) = &request.key {
            write!(f, " {}", key.escape_debug())?;
        }
        if let Some(prefix) = &request.prefix {
            write!(f, " prefix={}", prefix.escape_debug())?;
        }
        if request.continues {
            f.write_str(" continued")?;
        }
        if let Some(part) = request.part_number {
            write!(f, " part={part}")?;
        }
        if let Some(range) = &request.range {
            write!(f, " {}", range.escape_debug())?;
        }
        for (name, value) in request.conditions() {
            // A date or an ETag of many parts differs from run to run.
            match value {
                "*" => write!(f, " {name}: *")?,
                _ => write!(f, " {name}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.asked())?;
        match self.status {
            Some(status) => write!(f, " {status}")?,
            None if self.ended.is_some() => f.write_str(" no answer")?,
            None => f.write_str(" in flight")?,
        }
        if let Some(code) = &self.code {
            write!(f, " {}", code.escape_debug())?;
        }
        if let Some(fault) = &self.fault {
            write!(f, " (fault: {fault})")?;
        }
        Ok(())
    }
}
