//! The way to the server: the one place that sends requests on.

use std::{net::SocketAddr, sync::Arc};

use http::{
    HeaderMap, HeaderName, Request, Response, Uri,
    header::{CONNECTION, EXPECT},
    uri::{self, Authority, PathAndQuery, Scheme},
};
use http_body_util::BodyExt;
use hyper_util::{
    client::legacy::Client,
    rt::{TokioExecutor, TokioTimer},
};
use rustls::ClientConfig;

use super::{
    body::{Body, Gate, GatedBody},
    connector::Connector,
};
use crate::error::BoxError;

/// An idle connection to the server is closed below the 75 s after which RustFS closes it.
const IDLE_LIMIT: std::time::Duration = std::time::Duration::from_secs(60);

/// Headers about one connection, which say nothing about the next one.
const OF_A_CONNECTION: [HeaderName; 3] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// The end of a connection without an answer.
pub(super) enum Ended {
    /// In good order, for this reason.
    Closed(String),
    Reset,
}

/// Where a server listens.
#[derive(Debug)]
pub(super) struct Address {
    pub(super) authority: Authority,
    /// The only addresses of its host to connect to, if they were checked.
    pub(super) checked: Option<Vec<SocketAddr>>,
    /// The settings of TLS, if the server speaks it.
    pub(super) tls: Option<Arc<ClientConfig>>,
}

/// The way to one server.
#[derive(Debug)]
pub(super) struct Upstream {
    scheme: Scheme,
    authority: Authority,
    client: Client<Connector, Body>,
}

impl Upstream {
    pub(super) fn new(address: Address) -> Self {
        let Address {
            authority,
            checked,
            tls,
        } = address;
        let scheme = match tls {
            Some(_) => Scheme::HTTPS,
            None => Scheme::HTTP,
        };
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE_LIMIT)
            .pool_timer(TokioTimer::new())
            .http1_preserve_header_case(true)
            .build(Connector::new(checked, tls));
        Self {
            scheme,
            authority,
            client,
        }
    }

    /// Sends a request to the server and returns the head of its answer, with the body still to come.
    pub(super) async fn forward(&self, request: Request<Body>) -> Result<Response<Body>, Ended> {
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
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        let root = PathAndQuery::from_static("/");
        parts.path_and_query = Some(uri.path_and_query().cloned().unwrap_or(root));
        Uri::from_parts(parts).expect("scheme, authority and path are an address")
    }
}

/// Tells whether the client holds its body back until it is asked for.
pub(super) fn expects_continue(headers: &HeaderMap) -> bool {
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
