//! The requests that object_store has no function for: does the server answer, create a bucket, delete a bucket.
//! Signed with object_store's own authorizer and sent with its HTTP client.

mod emptying;
pub(crate) mod http_client;

use std::time::Duration;

use http::{Method, Request, StatusCode};
use object_store::{
    aws::{AwsAuthorizer, AwsCredential},
    client::{HttpClient, HttpErrorKind, HttpRequestBody},
};
use serde::Deserialize;

use crate::options::DEFAULT_REGION;

/// The limit of one request. A bucket is created in 20 ms; a machine under full load may need a hundred times that.
const LIMIT: Duration = Duration::from_secs(20);
/// What makes RustFS and MinIO delete a bucket with everything in it; others do not know it.
const FORCE: [(&str, &str); 2] = [
    ("x-rustfs-force-delete", "true"),
    ("x-minio-force-delete", "true"),
];

/// Who signs requests to which server.
#[derive(Debug)]
pub(crate) struct Admin {
    endpoint: String,
    region: String,
    credential: AwsCredential,
    http: HttpClient,
}

/// Why a request had no success.
#[derive(Debug)]
pub(crate) enum Failure {
    /// There is no such request; the message says why.
    Unsendable(String),
    /// No connection was made; the message is the operating system's.
    Unreachable(String),
    /// A connection was made, but it ended before an answer came, or none came in time.
    NoAnswer(String),
    /// What answered is no S3 server.
    NotS3,
    /// The server answered with an error.
    Refused(StatusCode, String),
    /// The bucket is there already, and not ours.
    Exists,
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
        }
    }
}

impl Admin {
    /// Of a server on this machine.
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

    /// The HTTP client for everything that is asked of this server.
    pub(crate) fn http(&self) -> &HttpClient {
        &self.http
    }

    /// Succeeds when the server accepts the keys and does its work. (S3 API reference: ListBuckets.)
    pub(crate) async fn check(&self) -> Result<(), Failure> {
        let listed = self.send(Method::GET, "", &[], "").await?;
        match listed.contains("ListAllMyBucketsResult") {
            true => Ok(()),
            false => Err(Failure::NotS3),
        }
    }

    /// Whether there is such a bucket, whosever it is. (S3 API reference: HeadBucket.)
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

    /// When the bucket was created, as the server writes it; nothing where it is not there. (S3 API reference:
    /// ListBuckets.)
    pub(crate) async fn creation_date(&self, bucket: &str) -> Result<Option<String>, Failure> {
        let listed = self.send(Method::GET, "", &[], "").await?;
        let listed: Listed = quick_xml::de::from_str(&listed)
            .map_err(|error| Failure::NoAnswer(format!("no list of buckets: {error}")))?;
        Ok(listed
            .buckets
            .bucket
            .into_iter()
            .find(|listed| listed.name == bucket)
            .map(|listed| listed.creation_date))
    }

    /// Creates the bucket. (S3 API reference: CreateBucket.)
    pub(crate) async fn create_bucket(&self, bucket: &str) -> Result<(), Failure> {
        // The first region is the one that must not be named.
        let configuration = match self.region.as_str() {
            DEFAULT_REGION => String::new(),
            region => format!(
                "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>{}\
                 </LocationConstraint></CreateBucketConfiguration>",
                quick_xml::escape::escape(region)
            ),
        };
        let created = self.send(Method::PUT, bucket, &[], &configuration);
        created.await.map(drop)
    }

    /// Deletes the bucket with everything in it; that it is not there is a success too. (S3 API reference:
    /// DeleteBucket.)
    pub(crate) async fn delete_bucket(&self, bucket: &str) -> Result<(), Failure> {
        match self.delete(bucket, &FORCE).await {
            // The server does not know the headers, or does not let these keys use them.
            Err(Failure::Refused(
                StatusCode::CONFLICT
                | StatusCode::FORBIDDEN
                | StatusCode::BAD_REQUEST
                | StatusCode::NOT_IMPLEMENTED,
                _,
            )) => {}
            other => return other,
        }
        emptying::empty(self, bucket).await?;
        self.delete(bucket, &[]).await
    }

    /// Deletes what the path names; that it is not there is a success too.
    pub(crate) async fn delete(&self, path: &str, headers: &[(&str, &str)]) -> Result<(), Failure> {
        match self.send(Method::DELETE, path, headers, "").await {
            Ok(_) | Err(Failure::Refused(StatusCode::NOT_FOUND, _)) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    /// Has the bucket keep versions. (S3 API reference: PutBucketVersioning.)
    pub(crate) async fn enable_versioning(&self, bucket: &str) -> Result<(), Failure> {
        const ENABLED: &str = "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                               <Status>Enabled</Status></VersioningConfiguration>";
        let path = format!("{bucket}?versioning");
        let enabled = self.send(Method::PUT, &path, &[], ENABLED);
        enabled.await.map(drop)
    }

    /// Reads what the path names.
    pub(crate) async fn get(&self, path: &str) -> Result<String, Failure> {
        self.send(Method::GET, path, &[], "").await
    }

    /// The body of the answer to a request, whose path (and query) is percent-encoded already.
    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<String, Failure> {
        let path = format!("/{path}");
        let address = format!("{}{path}", self.endpoint);
        // A URL takes `..` for the way up, also when it is encoded: what is asked for one bucket must not reach another.
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
        tokio::time::timeout(LIMIT, self.execute(request))
            .await
            .unwrap_or_else(|_elapsed| {
                Err(Failure::NoAnswer(format!(
                    "nothing came within {} s",
                    LIMIT.as_secs()
                )))
            })
    }

    async fn execute(&self, request: Request<HttpRequestBody>) -> Result<String, Failure> {
        let response = self.http.execute(request).await.map_err(|error| {
            let message = innermost(&error);
            // A firewall that swallows packets is a timeout to object_store; the client knows that it was connecting.
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
        let body = response
            .into_body()
            .bytes()
            .await
            .map_err(|error| Failure::NoAnswer(innermost(&error)))?;
        let body = String::from_utf8_lossy(&body);
        if status.is_success() {
            return Ok(body.into_owned());
        }
        Err(Failure::Refused(status, error_message(&body)))
    }
}

/// The answer to ListBuckets.
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

/// The path and the query as they are sent when this address is asked for.
fn sent_path(address: &str) -> Option<String> {
    let url = reqwest::Url::parse(address).ok()?;
    let path = url.path();
    Some(match url.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    })
}

/// The words of the error at the bottom of the chain, which say what the operating system said.
pub(crate) fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// `Code: Message` of an S3 error body (S3 API reference: Error responses), or the body as it is.
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
