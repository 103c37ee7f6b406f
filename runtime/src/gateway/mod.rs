//! The gateway: a reverse proxy in front of the test's server that sees every request of every client.
//!
//! `proxy` answers, by `upstream` or `failing`, `log` remembers, `requests` is what a test sees of it, and `faults` is what
//! it does to it. Nothing here knows of the test, the bucket or
//! the server: the gateway takes the endpoint of one server, with what was found out about it, and has an endpoint of its own.
//!
//! Requests are forwarded as they came: path and query are never normalised and no header is changed but those that
//! belong to one connection, so that signatures hold.

mod body;
mod breaker;
mod connection;
mod connector;
mod cost;
mod deletion;
mod exchange;
mod expectations;
mod expected;
mod failing;
mod faults;
mod inline;
mod list;
mod log;
mod operation;
mod pages;
mod proxy;
mod request;
mod requests;
mod shaped;
mod target;
mod upstream;

#[cfg(test)]
mod tests;

use std::{io, net::Ipv4Addr, sync::Arc};

use http::Uri;
use tokio::{runtime::Handle, task::AbortHandle};

pub use self::{
    cost::Cost,
    expectations::Expectation,
    faults::{Any, Cut, Fault, FaultRule, Faults, Instead, Operations, S3Error},
    list::RequestList,
    operation::{Operation, UnknownOperation},
    request::Request,
    requests::{Requests, WaitError},
};
use self::{faults::Rules, log::Log, proxy::Proxy, upstream::Address};
use crate::s3::Pinned;

/// A running reverse proxy. It ends, with all its connections, when this is dropped.
#[derive(Debug)]
pub(crate) struct Gateway {
    endpoint: String,
    log: Arc<Log>,
    rules: Arc<Rules>,
    serving: AbortHandle,
}

/// The reason why there is no gateway.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// The settings of TLS could not be made.
    #[error(
        "the gateway cannot check the certificate of the server at {endpoint}: {reason}. Set S3_TEST_CA_BUNDLE to a PEM \
         file with the certificate of the authority that signed it."
    )]
    Tls {
        endpoint: String,
        reason: rustls::Error,
    },
    /// No port of this machine was free.
    #[error(
        "the gateway could not listen on 127.0.0.1: {0}. Run fewer tests at once (`--test-threads`), or raise the limit of \
         open files (`ulimit -n`)."
    )]
    Listen(#[from] io::Error),
}

impl Gateway {
    /// Starts a gateway on a free port of 127.0.0.1, in front of the server at `upstream` (`http://host:port`), or in front
    /// of one that was `pinned`.
    pub(crate) fn start(
        upstream: &str,
        pinned: Option<&Pinned>,
        runtime: &Handle,
    ) -> Result<Self, StartError> {
        let tls = pinned.map_or(Ok(None), Pinned::tls);
        let tls = tls.map_err(|reason| StartError::Tls {
            endpoint: upstream.to_owned(),
            reason,
        })?;
        let uri: Uri = upstream.parse().expect("a server's endpoint is an address");
        let server = Address {
            authority: uri.authority().cloned().expect("it has a host"),
            checked: pinned.map(|it| it.addresses().to_vec()),
            tls,
        };
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let listener = {
            let _entered = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let log = Arc::new(Log::default());
        let rules = Arc::new(Rules::default());
        let proxy = Proxy::new(server, log.clone(), rules.clone());
        let serving = runtime.spawn(connection::serve(proxy, listener));
        Ok(Self {
            endpoint,
            log,
            rules,
            serving: serving.abort_handle(),
        })
    }

    /// Returns the address that clients use instead of the server's: `http://127.0.0.1:PORT`.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Returns the requests that reach this gateway.
    pub(crate) fn requests(&self) -> Requests {
        Requests::new(self.log.clone())
    }

    /// Returns all requests so far, also those that the test has taken out of the log.
    pub(crate) fn all_requests(&self) -> RequestList {
        self.log.all().into()
    }

    /// Returns the way to have requests to this gateway fail.
    pub(crate) fn faults(&self) -> Faults {
        Faults::new(self.rules.clone())
    }

    /// Adds the expectations and the faults of an attribute, which are checked when the test is compiled.
    pub(crate) fn add_rules(&self, expect: &[&str], faults: &[&str]) -> Result<(), String> {
        let requests = self.requests();
        let mut expect = expect.iter();
        expect.try_for_each(|text| inline::expect(&requests, text))?;
        let rules = self.faults();
        let mut faults = faults.iter();
        faults.try_for_each(|text| inline::add_fault(&rules, text))
    }

    /// Checks the test's expectations, at its end, and that its faults happened. The error says what did not.
    pub(crate) fn verify(&self) -> Result<(), String> {
        match (self.log.verify(), self.rules.verify()) {
            (Err(expected), Err(faults)) => Err(format!("{expected}\n{faults}")),
            (one, other) => one.and(other),
        }
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
