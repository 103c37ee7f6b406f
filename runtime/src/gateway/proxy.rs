//! Forwards requests to the server, and notes them down.

use std::sync::Arc;

use http::{
    HeaderMap, HeaderName, Request, Response, Uri,
    header::{CONNECTION, EXPECT},
    uri::{self, Authority, PathAndQuery, Scheme},
};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};

use super::{
    body::{Body, Gate, GatedBody, ReceivedBody, SentBody},
    connection::Breaker,
    log::{Entry, Log},
    request::Request as Logged,
};
use crate::BoxError;

/// The error after which hyper closes a client's connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the request has no answer")]
pub(super) struct NoAnswer;

/// An idle connection to the server is closed below the 75 s after which RustFS closes it.
const IDLE_LIMIT: std::time::Duration = std::time::Duration::from_secs(60);
/// The limit of a connection's making.
const CONNECT_LIMIT: std::time::Duration = std::time::Duration::from_secs(5);

/// Headers about one connection, which say nothing about the next one.
const OF_A_CONNECTION: [HeaderName; 3] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// The way to one server.
#[derive(Debug)]
pub(super) struct Proxy {
    upstream: Authority,
    client: Client<HttpConnector, Body>,
    log: Arc<Log>,
}

impl Proxy {
    pub(super) fn new(upstream: Authority, log: Arc<Log>) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT_LIMIT));
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE_LIMIT)
            .pool_timer(TokioTimer::new())
            .http1_preserve_header_case(true)
            .build(connector);
        Self {
            upstream,
            client,
            log,
        }
    }

    /// Answers one request; an error closes the client's connection.
    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
        _breaker: Breaker,
    ) -> Result<Response<Body>, NoAnswer> {
        let entry = self.log.begin(Logged::of(&request));
        let request =
            request.map(|body| body.map_err(|error| BoxError::from(error)).boxed_unsync());
        self.forward(request, &entry)
            .await
            .map(|response| response.map(|body| ReceivedBody::new(body, entry).boxed_unsync()))
    }

    /// Sends a request to the server and returns the head of its answer, with the body still to come.
    async fn forward(
        &self,
        request: Request<Body>,
        entry: &Entry,
    ) -> Result<Response<Body>, NoAnswer> {
        let gate = expects_continue(request.headers()).then(Gate::default);
        let mut request = request.map(|body| {
            let body = SentBody::new(body, entry.clone());
            match &gate {
                Some(gate) => GatedBody::new(body, gate.clone()).boxed_unsync(),
                None => body.boxed_unsync(),
            }
        });
        *request.uri_mut() = self.address(request.uri());
        remove_connection_headers(request.headers_mut());
        if let Some(gate) = &gate {
            let gate = gate.clone();
            hyper::ext::on_informational(&mut request, move |interim| {
                if interim.status() == http::StatusCode::CONTINUE {
                    gate.open();
                }
            });
        }
        let response = self.client.request(request).await;
        if let Some(gate) = gate {
            // The final answer came first: the server does not want the body.
            gate.close();
        }
        let response = response.map_err(|error| {
            entry.failed(&innermost(&error));
            NoAnswer
        })?;
        entry.answered(response.status());
        Ok(response.map(|body| body.map_err(|error| BoxError::from(error)).boxed_unsync()))
    }

    /// Returns the address of the request on the server, with every byte of path and query as it came.
    fn address(&self, uri: &Uri) -> Uri {
        let mut parts = uri::Parts::default();
        parts.scheme = Some(Scheme::HTTP);
        parts.authority = Some(self.upstream.clone());
        let root = PathAndQuery::from_static("/");
        parts.path_and_query = Some(uri.path_and_query().cloned().unwrap_or(root));
        Uri::from_parts(parts).expect("scheme, authority and path are an address")
    }
}

fn expects_continue(headers: &HeaderMap) -> bool {
    let expected = headers.get(EXPECT);
    expected.is_some_and(|it| it.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}

fn remove_connection_headers(headers: &mut HeaderMap) {
    for name in OF_A_CONNECTION {
        headers.remove(name);
    }
}

/// Returns the cause of an error, which is the part that tells something.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
