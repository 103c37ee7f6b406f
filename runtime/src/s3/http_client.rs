//! One HTTP client for each server's connections. Building one costs milliseconds, and a pool that belonged to one
//! test's runtime would break the next test's requests; so all stores share these, which live on the background runtime.

use std::{net::SocketAddr, sync::OnceLock, time::Duration};

use object_store::{
    ClientOptions,
    client::{HttpClient, HttpConnector, SpawnService},
};
use reqwest::{Certificate, ClientBuilder, redirect};

use crate::process::background;

/// The client of every server on this machine. It knows no certificate authority, as reading the system's takes 100 ms
/// in a debug build and these servers speak plain HTTP.
pub(crate) fn shared() -> &'static HttpClient {
    static CLIENT: OnceLock<HttpClient> = OnceLock::new();
    CLIENT.get_or_init(|| {
        spawned(builder().tls_certs_only([])).expect(
            "an HTTP client without proxy and certificates needs nothing that can be missing",
        )
    })
}

/// A client for the server at `host`, which it finds at these addresses and nowhere else: they were checked.
///
/// It believes the certificate authorities that it is given, else the system's.
pub(crate) fn pinned(
    host: &str,
    addresses: &[SocketAddr],
    authorities: Option<Vec<Certificate>>,
) -> reqwest::Result<HttpClient> {
    let builder = builder().resolve_to_addrs(host, addresses);
    spawned(match authorities {
        Some(authorities) => builder.tls_certs_only(authorities),
        None => builder,
    })
}

/// What every client has in common. `HTTP_PROXY` of the developer's shell must not stand between a test and its server,
/// and a server must not lead a test elsewhere.
fn builder() -> ClientBuilder {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .http1_only()
        // object_store's own defaults, which its `ClientOptions` cannot hand to a shared client.
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

/// Hands a client that is there already to a store.
#[derive(Debug)]
pub(crate) struct SharedConnector(pub(crate) HttpClient);

impl HttpConnector for SharedConnector {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(self.0.clone())
    }
}
