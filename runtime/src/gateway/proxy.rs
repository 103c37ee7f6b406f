//! Forwards requests to the server, and notes them down.

use std::sync::Arc;

use http::{
    HeaderMap, HeaderName, Request, Response, Uri,
    header::{CONNECTION, EXPECT},
    uri::{self, Authority, PathAndQuery, Scheme},
};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};

use super::{
    body::{Body, Gate, GatedBody, ReceivedBody, SentBody},
    breaker::Breaker,
    faults::{Cut, InsteadKind, Kind, Rules, plain},
    log::Log,
    request::Request as Logged,
    shaped::ShapedBody,
};
use crate::error::BoxError;

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
    rules: Arc<Rules>,
}

impl Proxy {
    pub(super) fn new(upstream: Authority, log: Arc<Log>, rules: Arc<Rules>) -> Self {
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
            rules,
        }
    }

    /// Answers one request; an error closes the client's connection.
    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
        breaker: Breaker,
    ) -> Result<Response<Body>, NoAnswer> {
        let logged = Logged::of(&request);
        let fault = self.rules.decide(&logged);
        let entry = self.log.begin(logged);
        if let Some(fault) = fault {
            entry.fault(&fault.to_string());
        }
        let request = request.map(|body| {
            let body = body.map_err(BoxError::from);
            SentBody::new(body.boxed_unsync(), entry.clone()).boxed_unsync()
        });
        let answer = match fault {
            Some(fault) => self.fail(fault, request).await,
            None => self.forward(request).await,
        };
        match answer {
            Ok(answer) => {
                entry.answered(answer.status(), answer.headers());
                Ok(answer.map(|body| ReceivedBody::new(body, entry).boxed_unsync()))
            }
            Err(Ended::Closed(reason)) => {
                entry.failed(&reason);
                Err(NoAnswer)
            }
            Err(Ended::Reset) => {
                entry.failed("a fault reset the connection");
                breaker.reset();
                std::future::pending().await
            }
        }
    }

    /// Does to a request what a fault says.
    async fn fail(&self, fault: Kind, request: Request<Body>) -> Result<Response<Body>, Ended> {
        match fault {
            Kind::Error(error) => {
                receive(request).await;
                Ok(error.answer(error.status()))
            }
            Kind::ErrorInside200(error) => {
                receive(request).await;
                Ok(error.answer(200))
            }
            Kind::Status(status) => {
                receive(request).await;
                Ok(plain(status, String::new()))
            }
            Kind::Reset => Err(Ended::Reset),
            Kind::CommitThen(instead) => {
                let answer = self.forward(request).await?;
                drain(answer.into_body()).await;
                match instead {
                    InsteadKind::Error(error) => Ok(error.answer(error.status())),
                    InsteadKind::Cut(Cut::BeforeAnswer) => Err(Ended::Reset),
                    InsteadKind::Cut(Cut::ClosedBeforeAnswer) => {
                        Err(Ended::Closed("a fault closed the connection".to_owned()))
                    }
                }
            }
            Kind::Delay(delay) => {
                tokio::time::sleep(delay).await;
                self.forward(request).await
            }
            Kind::Twice => {
                let (parts, body) = request.into_parts();
                let body = body.collect().await;
                let body = body.map_err(|error| Ended::Closed(error.to_string()))?;
                let body = Full::new(body.to_bytes()).map_err(|never| match never {});
                let again = || Request::from_parts(parts.clone(), body.clone().boxed_unsync());
                let first = self.forward(again()).await?;
                drain(first.into_body()).await;
                self.forward(again()).await
            }
            Kind::Shape(shape) => {
                let answer = self.forward(request).await?;
                Ok(answer.map(|body| ShapedBody::new(body, shape).boxed_unsync()))
            }
        }
    }

    /// Sends a request to the server and returns the head of its answer, with the body still to come.
    async fn forward(&self, request: Request<Body>) -> Result<Response<Body>, Ended> {
        let gate = expects_continue(request.headers()).then(Gate::default);
        let mut request = request.map(|body| match &gate {
            Some(gate) => GatedBody::new(body, gate.clone()).boxed_unsync(),
            None => body,
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
        let response = response.map_err(|error| Ended::Closed(innermost(&error)))?;
        Ok(response.map(|body| body.map_err(BoxError::from).boxed_unsync()))
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

/// The end of a connection without an answer.
enum Ended {
    /// In good order, for this reason.
    Closed(String),
    Reset,
}

/// Receives the body of a request that the server does not see, unless the client holds it back until it is asked for.
async fn receive(request: Request<Body>) {
    if !expects_continue(request.headers()) {
        drain(request.into_body()).await;
    }
}

async fn drain(mut body: Body) {
    while let Some(Ok(_)) = body.frame().await {}
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
