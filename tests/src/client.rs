//! Signed requests made by hand, for looking at a server behind s3-test's back.

use http::{Method, Request};
use object_store::{
    ClientOptions,
    aws::{AwsAuthorizer, AwsCredential},
    client::{HttpClient, HttpConnector, HttpRequestBody, ReqwestConnector},
};

/// A client of one server.
#[derive(Debug, Clone)]
pub struct Client {
    endpoint: String,
    access_key: String,
    secret_key: String,
    http: HttpClient,
}

/// An answer of a server.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: String,
}

impl Client {
    /// A client of the server at `endpoint`.
    ///
    /// # Panics
    ///
    /// When there is no HTTP client to be had.
    #[must_use]
    pub fn new(endpoint: &str, access_key: &str, secret_key: &str) -> Self {
        let options = ClientOptions::new().with_allow_http(true);
        Self {
            endpoint: endpoint.to_owned(),
            access_key: access_key.to_owned(),
            secret_key: secret_key.to_owned(),
            http: ReqwestConnector::default()
                .connect(&options)
                .expect("an HTTP client"),
        }
    }

    /// Sends a request; `path` has no slash at its start, and is percent-encoded where that is needed.
    ///
    /// # Errors
    ///
    /// When no answer comes.
    ///
    /// # Panics
    ///
    /// When there is no such request.
    pub async fn try_send(&self, method: &str, path: &str, body: &str) -> Result<Answer, String> {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}/{path}", self.endpoint))
            .body(match body {
                "" => HttpRequestBody::empty(),
                body => body.to_owned().into(),
            })
            .expect("a request");
        let credential = AwsCredential {
            key_id: self.access_key.clone(),
            secret_key: self.secret_key.clone(),
            token: None,
        };
        AwsAuthorizer::new(&credential, "s3", "us-east-1")
            .try_authorize(&mut request, None)
            .expect("it is signed");
        let response = self.http.execute(request).await;
        let response = response.map_err(|error| error.to_string())?;
        let status = response.status().as_u16();
        let body = response.into_body().bytes().await;
        let body = body.map_err(|error| error.to_string())?;
        Ok(Answer {
            status,
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    }

    /// The same, which must succeed.
    ///
    /// # Panics
    ///
    /// When the server refuses or does not answer.
    pub async fn send(&self, method: &str, path: &str, body: &str) -> String {
        let answer = self.try_send(method, path, body).await.expect("an answer");
        assert!(
            (200..300).contains(&answer.status),
            "{method} {path}: {answer:?}"
        );
        answer.body
    }

    /// The names of all buckets.
    ///
    /// # Panics
    ///
    /// When the server does not tell them.
    pub async fn buckets(&self) -> Vec<String> {
        let listed = self.send("GET", "", "").await;
        let names = listed.split("<Name>").skip(1);
        names
            .filter_map(|rest| Some(rest.split_once("</Name>")?.0.to_owned()))
            .collect()
    }
}
