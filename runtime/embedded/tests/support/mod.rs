//! Support for tests of the embedded server: a server each, stores on it, and requests written by hand.

#![allow(dead_code, reason = "every test binary uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

pub(crate) mod raw;

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, Method};
use object_store::{
    ClientOptions,
    aws::{
        AmazonS3, AmazonS3Builder, AwsAuthorizer, AwsCredential, S3ConditionalPut,
        S3CopyIfNotExists,
    },
    client::{HttpClient, HttpConnector, HttpRequest, HttpRequestBody, ReqwestConnector},
};
use s3_test_embedded::Server;
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;

pub(crate) const KEY: &str = "KEY";
pub(crate) const SECRET: &str = "SECRET";
/// A second user, who owns nothing.
pub(crate) const OTHER: (&str, &str) = ("OTHER", "OTHER-SECRET");
pub(crate) const BUCKET: &str = "bucket";

/// A server of its own for one test.
pub(crate) struct Fixture {
    pub(crate) server: Server,
    pub(crate) client: Client,
}

impl Fixture {
    /// With an empty bucket named [`BUCKET`].
    pub(crate) async fn new() -> Self {
        let fixture = Self::without_bucket();
        let created = fixture.client.put("/bucket", &[], "").await;
        assert_eq!(created.status, 200, "{}", created.text());
        fixture
    }

    pub(crate) fn without_bucket() -> Self {
        let builder = Server::builder().user(KEY, SECRET).user(OTHER.0, OTHER.1);
        let server = builder.start(&Handle::current()).unwrap();
        let client = Client::new(&server, Some((KEY, SECRET)));
        Self { server, client }
    }

    /// So that requests need no signature.
    pub(crate) async fn let_everybody_in(&self) {
        let policy = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":["arn:aws:s3:::bucket","arn:aws:s3:::bucket/*"]}}"#;
        self.client.put("/bucket?policy", &[], policy).await.ok();
    }

    pub(crate) fn as_user(&self, user: Option<(&str, &str)>) -> Client {
        Client::new(&self.server, user)
    }

    pub(crate) fn builder(&self) -> AmazonS3Builder {
        AmazonS3Builder::new()
            .with_endpoint(self.server.endpoint())
            .with_allow_http(true)
            .with_access_key_id(KEY)
            .with_secret_access_key(SECRET)
            .with_bucket_name(BUCKET)
            .with_conditional_put(S3ConditionalPut::ETagMatch)
            .with_copy_if_not_exists(S3CopyIfNotExists::Multipart)
    }

    pub(crate) fn store(&self) -> AmazonS3 {
        self.builder().build().unwrap()
    }
}

/// Sends requests as they are written, signed for one user or not at all.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) endpoint: String,
    credential: Option<std::sync::Arc<AwsCredential>>,
    http: HttpClient,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: bytes::Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The text of the first such element.
    pub(crate) fn element(&self, name: &str) -> Option<String> {
        let text = self.text();
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        Some(rest.split_once(&format!("</{name}>"))?.0.to_owned())
    }

    pub(crate) fn elements(&self, name: &str) -> Vec<String> {
        let text = self.text();
        let opening = format!("<{name}>");
        let found = text.split(&opening).skip(1);
        found
            .map(|rest| rest.split("</").next().unwrap().to_owned())
            .collect()
    }

    /// The status and S3's error code, as one thing to compare.
    pub(crate) fn error(&self) -> (u16, String) {
        (self.status, self.element("Code").unwrap_or_default())
    }

    pub(crate) fn ok(self) -> Self {
        assert!(self.status < 300, "{} {}", self.status, self.text());
        self
    }
}

impl Client {
    fn new(server: &Server, user: Option<(&str, &str)>) -> Self {
        let options = ClientOptions::new().with_allow_http(true);
        let credential = user.map(|(key, secret)| {
            std::sync::Arc::new(AwsCredential {
                key_id: key.to_owned(),
                secret_key: secret.to_owned(),
                token: None,
            })
        });
        let http = ReqwestConnector::default().connect(&options).unwrap();
        Self {
            endpoint: server.endpoint().to_owned(),
            credential,
            http,
        }
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<bytes::Bytes>,
    ) -> Answer {
        let uri = match path.starts_with("http") {
            true => path.to_owned(),
            false => format!("{}{path}", self.endpoint),
        };
        let body = body.into();
        let length = http::HeaderValue::from(body.len());
        let mut request = HttpRequest::new(HttpRequestBody::from(body));
        *request.method_mut() = method;
        *request.uri_mut() = uri.parse().unwrap();
        // Of an empty body nothing would be said otherwise.
        if matches!(*request.method(), Method::PUT | Method::POST) {
            let headers = request.headers_mut();
            headers.insert(http::header::CONTENT_LENGTH, length);
        }
        for (name, value) in headers {
            let name: http::HeaderName = name.parse().unwrap();
            request.headers_mut().append(
                name,
                http::HeaderValue::from_bytes(value.as_bytes()).unwrap(),
            );
        }
        if let Some(credential) = &self.credential {
            AwsAuthorizer::new(credential, "s3", "us-east-1")
                .try_authorize(&mut request, None)
                .unwrap();
        }
        let (parts, body) = self.http.execute(request).await.unwrap().into_parts();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.bytes().await.unwrap(),
        }
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, headers, "").await
    }

    pub(crate) async fn head(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::HEAD, path, headers, "").await
    }

    pub(crate) async fn put(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<bytes::Bytes>,
    ) -> Answer {
        self.send(Method::PUT, path, headers, body).await
    }

    pub(crate) async fn post(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<bytes::Bytes>,
    ) -> Answer {
        self.send(Method::POST, path, headers, body).await
    }

    /// DeleteObjects, with the digest that it must have.
    pub(crate) async fn delete_many(&self, headers: &[(&str, &str)], xml: &str) -> Answer {
        let sha256 = BASE64_STANDARD.encode(Sha256::digest(xml));
        let headers = [headers, &[("x-amz-checksum-sha256", &sha256)]].concat();
        self.post("/bucket?delete", &headers, xml.to_owned()).await
    }

    pub(crate) async fn delete(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::DELETE, path, headers, "").await
    }
}
