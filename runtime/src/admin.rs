//! The requests that object_store has no function for: does the server answer, create a bucket, delete a bucket.
//! Signed with object_store's own authorizer and sent with its HTTP client.

use std::time::Duration;

use http::{Method, Request, StatusCode};
use object_store::{
    aws::{AwsAuthorizer, AwsCredential},
    client::{HttpErrorKind, HttpRequestBody},
};

use crate::client;

/// The limit of one request. A bucket is created in 20 ms; a machine under full load may need a hundred times that.
const LIMIT: Duration = Duration::from_secs(20);

/// Who signs requests to which server.
#[derive(Debug)]
pub(crate) struct Admin {
    endpoint: String,
    region: String,
    credential: AwsCredential,
}

/// Why a request had no success.
#[derive(Debug)]
pub(crate) enum Failure {
    /// No connection was made; the message is the operating system's.
    Unreachable(String),
    /// A connection was made, but it ended before an answer came, or none came in time.
    NoAnswer(String),
    /// The server answered with an error.
    Refused(StatusCode, String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreachable(message) => write!(f, "no connection: {message}"),
            Self::NoAnswer(message) => write!(f, "no answer: {message}"),
            Self::Refused(status, message) => write!(f, "{status}: {message}"),
        }
    }
}

impl Admin {
    pub(crate) fn new(endpoint: &str, region: &str, access_key: &str, secret_key: &str) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            region: region.to_owned(),
            credential: AwsCredential {
                key_id: access_key.to_owned(),
                secret_key: secret_key.to_owned(),
                token: None,
            },
        }
    }

    /// Succeeds when the server accepts the keys and does its work. (S3 API reference: ListBuckets.)
    pub(crate) async fn check(&self) -> Result<(), Failure> {
        self.send(Method::GET, "", &[], "").await
    }

    /// Creates the bucket. (S3 API reference: CreateBucket.)
    pub(crate) async fn create_bucket(&self, bucket: &str) -> Result<(), Failure> {
        self.send(Method::PUT, bucket, &[], "").await
    }

    /// Deletes the bucket with everything in it; that it is not there is a success too.
    ///
    /// The header is RustFS' extension of DeleteBucket: contents, versions and unfinished uploads go with the bucket.
    pub(crate) async fn delete_bucket(&self, bucket: &str) -> Result<(), Failure> {
        let force = [("x-rustfs-force-delete", "true")];
        match self.send(Method::DELETE, bucket, &force, "").await {
            Err(Failure::Refused(StatusCode::NOT_FOUND, _)) => Ok(()),
            other => other,
        }
    }

    /// Has the bucket keep versions. (S3 API reference: PutBucketVersioning.)
    pub(crate) async fn enable_versioning(&self, bucket: &str) -> Result<(), Failure> {
        const ENABLED: &str = "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                               <Status>Enabled</Status></VersioningConfiguration>";
        let target = format!("{bucket}?versioning");
        self.send(Method::PUT, &target, &[], ENABLED).await
    }

    async fn send(
        &self,
        method: Method,
        bucket: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<(), Failure> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}/{bucket}", self.endpoint));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request
            .body(HttpRequestBody::from(body.to_owned()))
            .map_err(|error| Failure::Unreachable(format!("{}: {error}", self.endpoint)))?;
        AwsAuthorizer::new(&self.credential, "s3", &self.region)
            .try_authorize(&mut request, None)
            .map_err(|error| Failure::Unreachable(error.to_string()))?;
        tokio::time::timeout(LIMIT, self.execute(request))
            .await
            .unwrap_or_else(|_elapsed| {
                Err(Failure::NoAnswer(format!(
                    "nothing came within {} s",
                    LIMIT.as_secs()
                )))
            })
    }

    async fn execute(&self, request: Request<HttpRequestBody>) -> Result<(), Failure> {
        let response = client::shared().execute(request).await.map_err(|error| {
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
        if status.is_success() {
            return Ok(());
        }
        let body = String::from_utf8_lossy(&body);
        Err(Failure::Refused(status, error_message(&body)))
    }
}

/// The words of the error at the bottom of the chain, which say what the operating system said.
fn innermost(error: &dyn std::error::Error) -> String {
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

    #[test]
    fn the_code_and_the_message_of_an_error_body_are_found() {
        let body = "<?xml version=\"1.0\"?><Error><Code>NoSuchBucket</Code><Message>It is gone.</Message></Error>";
        assert_eq!(error_message(body), "NoSuchBucket: It is gone");
        assert_eq!(error_message(" plain text\n"), "plain text");
    }
}
