//! Signed requests that object_store has no function for, such as CreateBucket.
//!
//! object_store's own authorizer signs them and its HTTP client sends them.

use std::time::Duration;

use http::{HeaderMap, Method, Request, StatusCode};
use object_store::{
    aws::{AwsAuthorizer, AwsCredential},
    client::{HttpClient, HttpErrorKind, HttpRequestBody, HttpResponse},
};
use serde::Deserialize;

use super::http_client;

/// The limit for one request. Creating a bucket takes 20 ms, and a hundred times that on a machine under full load.
const LIMIT: Duration = Duration::from_secs(20);
/// The region whose buckets are created without naming it. (S3 API reference: CreateBucket, LocationConstraint.)
const UNNAMED_REGION: &str = "us-east-1";

/// A server with the keys that sign requests to it.
#[derive(Debug)]
pub(crate) struct Admin {
    endpoint: String,
    region: String,
    credential: AwsCredential,
    http: HttpClient,
}

/// The reason why a request failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The request cannot be sent as it is; the message says why.
    Unsendable(String),
    /// No connection was made. The message is the operating system's.
    Unreachable(String),
    /// A connection was made, but it ended without an answer, or the answer came too late.
    NoAnswer(String),
    /// The answer is not that of an S3 server.
    NotS3,
    /// The server answered with an error.
    Refused(StatusCode, String),
    /// The bucket exists and is not ours.
    Exists,
    /// It took so long to mark the bucket as ours that it may be another's.
    TooSlow(Duration),
}

impl Failure {
    /// Returns true if the server finds the time of the request too far from its own. (S3 API reference: Error responses.)
    pub(crate) fn is_about_clocks(&self) -> bool {
        matches!(self, Self::Refused(_, message) if message.starts_with("RequestTimeTooSkewed"))
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unsendable(message) => f.write_str(message),
            Self::Unreachable(message) => write!(f, "no connection: {message}"),
            Self::NoAnswer(message) => write!(f, "no answer: {message}"),
            Self::NotS3 => f.write_str("what answers there is no S3 service"),
            Self::Refused(status, message) if message.is_empty() => write!(f, "{status}"),
            Self::Refused(status, message) => write!(f, "{status}: {message}"),
            Self::Exists => f.write_str("it exists already"),
            Self::TooSlow(took) => write!(f, "it took {took:?} to mark it"),
        }
    }
}

impl Admin {
    /// Creates the client of a server on this machine.
    pub(crate) fn new(endpoint: &str, region: &str, access_key: &str, secret_key: &str) -> Self {
        let http = http_client::shared().clone();
        Self::with_client(endpoint, region, access_key, secret_key, http)
    }

    pub(crate) fn with_client(
        endpoint: &str,
        region: &str,
        access_key: &str,
        secret_key: &str,
        http: HttpClient,
    ) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            region: region.to_owned(),
            credential: AwsCredential {
                key_id: access_key.to_owned(),
                secret_key: secret_key.to_owned(),
                token: None,
            },
            http,
        }
    }

    /// Returns the HTTP client for all requests to this server.
    pub(crate) fn http(&self) -> &HttpClient {
        &self.http
    }

    /// Succeeds if the server accepts the keys and answers. (S3 API reference: ListBuckets.)
    pub(crate) async fn check(&self) -> Result<(), Failure> {
        let listed = self.send(Method::GET, "", &[], "").await?;
        match listed.contains("ListAllMyBucketsResult") {
            true => Ok(()),
            false => Err(Failure::NotS3),
        }
    }

    /// Returns true if the bucket exists, whoever owns it. (S3 API reference: HeadBucket.)
    pub(crate) async fn bucket_exists(&self, bucket: &str) -> Result<bool, Failure> {
        match self.send(Method::HEAD, bucket, &[], "").await {
            Ok(_) => Ok(true),
            Err(Failure::Refused(StatusCode::NOT_FOUND, _)) => Ok(false),
            // The answer to HEAD has no body that would say more.
            Err(Failure::Refused(status @ StatusCode::FORBIDDEN, _)) => Err(Failure::Refused(
                status,
                "it is somebody else's, or these keys may not look whether it is there".to_owned(),
            )),
            // It is in another region.
            Err(Failure::Refused(status, _)) if status.is_redirection() => Ok(true),
            Err(failure) => Err(failure),
        }
    }

    /// Returns the name of each bucket with its date of creation as the server writes it. (S3 API reference: ListBuckets.)
    pub(crate) async fn creation_dates(&self) -> Result<Vec<(String, String)>, Failure> {
        let listed = self.send(Method::GET, "", &[], "").await?;
        let listed: Listed = quick_xml::de::from_str(&listed)
            .map_err(|error| Failure::NoAnswer(format!("no list of buckets: {error}")))?;
        let buckets = listed.buckets.bucket.into_iter();
        Ok(buckets
            .map(|listed| (listed.name, listed.creation_date))
            .collect())
    }

    /// Returns the bucket's date of creation as the server writes it, or `None` if there is no such bucket.
    pub(crate) async fn creation_date(&self, bucket: &str) -> Result<Option<String>, Failure> {
        let mut dates = self.creation_dates().await?.into_iter();
        Ok(dates.find(|(name, _)| name == bucket).map(|(_, date)| date))
    }

    /// Creates the bucket. (S3 API reference: CreateBucket.)
    pub(crate) async fn create_bucket(&self, bucket: &str) -> Result<(), Failure> {
        let configuration = match self.region.as_str() {
            UNNAMED_REGION => String::new(),
            region => format!(
                "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>{}\
                 </LocationConstraint></CreateBucketConfiguration>",
                quick_xml::escape::escape(region)
            ),
        };
        let created = self.send(Method::PUT, bucket, &[], &configuration);
        created.await.map(drop)
    }

    /// Deletes the resource at a path. A missing one counts as deleted.
    pub(crate) async fn delete(&self, path: &str, headers: &[(&str, &str)]) -> Result<(), Failure> {
        match self.send(Method::DELETE, path, headers, "").await {
            Ok(_) | Err(Failure::Refused(StatusCode::NOT_FOUND, _)) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    /// Switches versioning on. (S3 API reference: PutBucketVersioning.)
    pub(crate) async fn enable_versioning(&self, bucket: &str) -> Result<(), Failure> {
        const ENABLED: &str = "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                               <Status>Enabled</Status></VersioningConfiguration>";
        let path = format!("{bucket}?versioning");
        let enabled = self.send(Method::PUT, &path, &[], ENABLED);
        enabled.await.map(drop)
    }

    /// Returns the resource at a path.
    pub(crate) async fn get(&self, path: &str) -> Result<String, Failure> {
        self.send(Method::GET, path, &[], "").await
    }

    /// Replaces the resource at a path.
    pub(super) async fn put(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<(), Failure> {
        let put = self.send(Method::PUT, path, headers, body);
        put.await.map(drop)
    }

    /// Returns the headers of the resource at a path.
    pub(crate) async fn head(&self, path: &str) -> Result<HeaderMap, Failure> {
        let request = self.request(Method::HEAD, path, &[], "")?;
        let answered = within_limit(self.answer(request)).await?;
        Ok(answered.into_parts().0.headers)
    }

    /// Returns the resource at a path, whose body is still to come and has no limit of time.
    pub(crate) async fn open(&self, path: &str) -> Result<HttpResponse, Failure> {
        let request = self.request(Method::GET, path, &[], "")?;
        within_limit(self.answer(request)).await
    }

    /// Sends a request and returns the body of its answer. The path and the query are percent-encoded already.
    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<String, Failure> {
        let request = self.request(method, path, headers, body)?;
        within_limit(async { text(self.answer(request).await?).await }).await
    }

    /// Makes a signed request.
    fn request(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Request<HttpRequestBody>, Failure> {
        let path = format!("/{path}");
        let address = format!("{}{path}", self.endpoint);
        // In a URL `..` leads up, even encoded, so a request for one bucket could reach another.
        if sent_path(&address).as_ref() != Some(&path) {
            return Err(Failure::Unsendable(format!(
                "{address} cannot be asked for, since it means another address"
            )));
        }
        let mut request = Request::builder().method(method).uri(address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_empty() {
            HttpRequestBody::empty()
        } else {
            body.to_owned().into()
        };
        let mut request = request
            .body(body)
            .map_err(|error| Failure::Unsendable(error.to_string()))?;
        AwsAuthorizer::new(&self.credential, "s3", &self.region)
            .try_authorize(&mut request, None)
            .map_err(|error| Failure::Unsendable(error.to_string()))?;
        Ok(request)
    }

    /// Sends a request and returns the head of its answer, if that is one of success.
    async fn answer(&self, request: Request<HttpRequestBody>) -> Result<HttpResponse, Failure> {
        let response = self.http.execute(request).await.map_err(|error| {
            let message = innermost(&error);
            // object_store reports a firewall that drops packets as a timeout; only the client knows that it was connecting.
            let connecting = std::error::Error::source(&error)
                .and_then(|source| source.downcast_ref::<reqwest::Error>())
                .is_some_and(reqwest::Error::is_connect);
            if connecting || error.kind() == HttpErrorKind::Connect {
                Failure::Unreachable(message)
            } else {
                Failure::NoAnswer(message)
            }
        })?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        Err(Failure::Refused(
            status,
            error_message(&text(response).await?),
        ))
    }
}

async fn within_limit<T>(answer: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::time::timeout(LIMIT, answer)
        .await
        .unwrap_or_else(|_elapsed| {
            Err(Failure::NoAnswer(format!(
                "nothing came within {} s",
                LIMIT.as_secs()
            )))
        })
}

async fn text(response: HttpResponse) -> Result<String, Failure> {
    let body = response.into_body().bytes().await;
    let body = body.map_err(|error| Failure::NoAnswer(innermost(&error)))?;
    Ok(String::from_utf8_lossy(&body).into_owned())
}

/// An answer to ListBuckets.
#[derive(Deserialize)]
struct Listed {
    #[serde(rename = "Buckets", default)]
    buckets: ListedBuckets,
}

#[derive(Deserialize, Default)]
struct ListedBuckets {
    #[serde(rename = "Bucket", default)]
    bucket: Vec<ListedBucket>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListedBucket {
    name: String,
    creation_date: String,
}

/// Returns the path and the query that a client sends for an address.
fn sent_path(address: &str) -> Option<String> {
    let url = reqwest::Url::parse(address).ok()?;
    let path = url.path();
    Some(match url.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    })
}

/// Returns the message of the innermost error, which is that of the operating system.
pub(crate) fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// Returns `Code: Message` of an S3 error (S3 API reference: Error responses), or the body unchanged.
fn error_message(body: &str) -> String {
    let element = |name: &str| {
        let (_, rest) = body.split_once(&format!("<{name}>"))?;
        Some(rest.split_once(&format!("</{name}>"))?.0)
    };
    let message = match (element("Code"), element("Message")) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        _ => body.trim().to_owned(),
    };
    // It becomes a part of a sentence.
    message.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_request_for_one_bucket_never_reaches_another() {
        // Nobody listens there.
        let admin = Admin::new("http://127.0.0.1:1", "us-east-1", "key", "secret");
        for path in [
            "ours/../theirs/key?versionId=1",
            "ours/%2E%2E/theirs/key",
            "ours/.%2e/theirs/key",
            "ours/./key",
            "ours/key#fragment",
            "ours/a b",
        ] {
            let sent = admin.delete(path, &[]).await;
            assert!(
                matches!(sent, Err(Failure::Unsendable(_))),
                "{path}: {sent:?}"
            );
        }
        for path in [
            "",
            "ours",
            "ours//a%20b%2B/...?versionId=1",
            "ours?uploads&encoding-type=url",
        ] {
            let sent = admin.delete(path, &[]).await;
            assert!(
                matches!(sent, Err(Failure::Unreachable(_))),
                "{path}: {sent:?}"
            );
        }
    }

    #[test]
    fn the_code_and_the_message_of_an_error_body_are_found() {
        let body = "<?xml version=\"1.0\"?><Error><Code>NoSuchBucket</Code><Message>It is gone.</Message></Error>";
        assert_eq!(error_message(body), "NoSuchBucket: It is gone");
        assert_eq!(error_message(" plain text\n"), "plain text");
    }
}
