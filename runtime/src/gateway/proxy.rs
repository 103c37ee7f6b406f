//! Answers requests: forwards each to the server or does to it what a fault says, and notes it down.

use std::sync::Arc;

use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::{
    body::{Body, ReceivedBody, SentBody},
    breaker::Breaker,
    failing::fail,
    faults::Rules,
    log::Log,
    pages::Pages,
    request::Request as Logged,
    upstream::{Address, Ended, Upstream},
};
use crate::error::BoxError;

/// The error after which hyper closes a client's connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the request has no answer")]
pub(super) struct NoAnswer;

/// The gateway's treatment of requests to one server.
#[derive(Debug)]
pub(super) struct Proxy {
    upstream: Upstream,
    log: Arc<Log>,
    rules: Arc<Rules>,
    pages: Pages,
}

impl Proxy {
    pub(super) fn new(server: Address, log: Arc<Log>, rules: Arc<Rules>) -> Self {
        Self {
            upstream: Upstream::new(server),
            log,
            rules,
            pages: Pages::default(),
        }
    }

    /// Answers one request; an error closes the client's connection, which has served one before if it is `reused`.
    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
        reused: bool,
        breaker: Breaker,
    ) -> Result<Response<Body>, NoAnswer> {
        let logged = Logged::of(&request, &self.pages, reused);
        let fault = self.rules.decide(&logged);
        let entry = self.log.begin(logged);
        if let Some(fault) = &fault {
            entry.fault(&fault.to_string());
        }
        let request = request.map(|body| {
            let body = body.map_err(BoxError::from);
            SentBody::new(body.boxed_unsync(), entry.clone()).boxed_unsync()
        });
        let answer = match fault {
            Some(fault) => fail(&self.upstream, fault, request, &breaker).await,
            None => self.upstream.forward(request).await,
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
}
