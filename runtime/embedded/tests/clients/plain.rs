//! Requests that are sent as they are: nothing signs them but their addresses.

use http::{HeaderName, HeaderValue, Method, StatusCode, header::CONTENT_LENGTH};
use object_store::{
    ClientOptions,
    client::{HttpClient, HttpConnector, HttpRequest, HttpRequestBody, ReqwestConnector},
};

/// Sends requests for anybody who has an address.
#[derive(Debug)]
pub(crate) struct Plain(HttpClient);

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) etag: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Returns the answer if it is a success.
    pub(crate) fn ok(self) -> Self {
        assert!(self.status.is_success(), "{} {}", self.status, self.text());
        self
    }
}

impl Plain {
    pub(crate) fn new() -> Self {
        let options = ClientOptions::new().with_allow_http(true);
        Self(ReqwestConnector::default().connect(&options).unwrap())
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        address: &str,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> Answer {
        let body = body.into();
        let length = HeaderValue::from(body.len());
        let mut request = HttpRequest::new(HttpRequestBody::from(body));
        // Of an empty body nothing would be said otherwise.
        if matches!(method, Method::PUT | Method::POST) {
            request.headers_mut().insert(CONTENT_LENGTH, length);
        }
        *request.method_mut() = method;
        *request.uri_mut() = address.parse().unwrap();
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            request.headers_mut().append(name, value.parse().unwrap());
        }
        let Self(client) = self;
        let (parts, body) = client.execute(request).await.unwrap().into_parts();
        let etag = parts.headers.get("etag");
        Answer {
            status: parts.status,
            etag: etag.map_or("", |it| it.to_str().unwrap()).to_owned(),
            body: body.bytes().await.unwrap().to_vec(),
        }
    }
}
