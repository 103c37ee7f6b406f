//! HTTP clients that all stores of a process share.
//!
//! Building a client takes milliseconds, and connections that belong to one test's runtime break when that test ends.
//! So these live on the background runtime.

use std::{sync::OnceLock, time::Duration};

use object_store::{
    ClientOptions,
    client::{HttpClient, HttpConnector, SpawnService},
};
use reqwest::{Certificate, ClientBuilder, redirect};

use super::{Pinned, Trust};
use crate::process::background;

/// Returns the client for servers on this machine. They speak plain HTTP, so it knows no certificate authority: reading
/// the system's takes 100 ms in a debug build.
pub(crate) fn shared() -> &'static HttpClient {
    static CLIENT: OnceLock<HttpClient> = OnceLock::new();
    CLIENT.get_or_init(|| {
        spawned(builder().tls_certs_only([])).expect(
            "an HTTP client without proxy and certificates needs nothing that can be missing",
        )
    })
}

/// Begins to build that client in the background, so that it is there when a test has found its container.
#[cfg(feature = "container")]
pub(crate) fn prepare() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        background::handle().spawn(async {
            shared();
        });
    });
}

/// Builds a client for one service, which finds its host at the addresses only that were checked.
pub(crate) fn pinned(service: &Pinned) -> reqwest::Result<HttpClient> {
    let builder = builder().resolve_to_addrs(&service.host, &service.addresses);
    spawned(match &service.trust {
        Trust::Nobody => builder.tls_certs_only([]),
        Trust::System => builder,
        Trust::Only(authorities) => {
            let authorities = authorities.iter().map(|it| Certificate::from_der(it));
            builder.tls_certs_only(authorities.collect::<Result<Vec<_>, _>>()?)
        }
    })
}

/// Returns the settings of all clients. They use no proxy of the developer's shell and follow no redirect.
fn builder() -> ClientBuilder {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .http1_only()
        // These are object_store's own defaults: its `ClientOptions` do not reach a shared client.
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(30))
        // Below the 75 s after which RustFS closes an idle connection.
        .pool_idle_timeout(Duration::from_secs(60))
}

fn spawned(builder: ClientBuilder) -> reqwest::Result<HttpClient> {
    let client = builder.build()?;
    Ok(HttpClient::new(SpawnService::new(
        client,
        background::handle().clone(),
    )))
}

/// Gives an existing client to a store.
#[derive(Debug)]
pub(crate) struct SharedConnector(pub(crate) HttpClient);

impl HttpConnector for SharedConnector {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(self.0.clone())
    }
}
