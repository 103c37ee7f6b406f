//! One HTTP client for the whole process. Building one costs milliseconds, and a pool that belonged to one test's
//! runtime would break the next test's requests; so all stores share this one, which lives on the background runtime.

use std::{sync::OnceLock, time::Duration};

use object_store::{
    ClientOptions,
    client::{HttpClient, HttpConnector, SpawnService},
};

use crate::background;

/// The shared client. It knows no proxy: `HTTP_PROXY` of the developer's shell must not stand between a test and a
/// server on this machine. It knows no certificate authority either, as reading the system's takes 100 ms in a debug
/// build and containers speak plain HTTP.
pub(crate) fn shared() -> &'static HttpClient {
    static CLIENT: OnceLock<HttpClient> = OnceLock::new();
    CLIENT.get_or_init(|| {
        let client = reqwest::Client::builder()
            .no_proxy()
            .http1_only()
            .tls_certs_only([])
            // object_store's own defaults, which its `ClientOptions` cannot hand to a shared client.
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(30))
            // Below the 75 s after which RustFS closes an idle connection.
            .pool_idle_timeout(Duration::from_secs(60))
            .build()
            .expect(
                "an HTTP client without proxy and certificates needs nothing that can be missing",
            );
        HttpClient::new(SpawnService::new(client, background::handle().clone()))
    })
}

/// Hands a client that is there already to a store.
#[derive(Debug)]
pub(crate) struct SharedConnector(pub(crate) HttpClient);

impl HttpConnector for SharedConnector {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(self.0.clone())
    }
}
