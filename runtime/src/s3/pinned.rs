//! A service whose addresses were checked: where clients connect to, and whose certificates they believe.

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::CertificateDer,
};
use rustls_platform_verifier::BuilderVerifierExt;

/// The service, for the HTTP clients that are made for it.
#[derive(Debug)]
pub(crate) struct Pinned {
    pub(super) host: String,
    pub(super) addresses: Vec<SocketAddr>,
    pub(super) trust: Trust,
    /// Made when it is first asked for: reading the system's authorities takes 100 ms in a debug build.
    tls: OnceLock<Arc<ClientConfig>>,
}

/// The certificates that clients of a service believe.
#[derive(Debug)]
pub(crate) enum Trust {
    /// None, since the service speaks plain http.
    Nobody,
    /// Those of the system's authorities.
    System,
    /// Those of these authorities alone.
    Only(Vec<CertificateDer<'static>>),
}

impl Pinned {
    /// Describes a service by its host, as its certificate names it, and the addresses that were checked.
    pub(crate) fn new(host: &str, addresses: Vec<SocketAddr>, trust: Trust) -> Self {
        Self {
            host: host.to_owned(),
            addresses,
            trust,
            tls: OnceLock::new(),
        }
    }

    /// Returns the only addresses that clients may connect to.
    pub(crate) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Returns the settings of connections, or nothing where they are plain.
    pub(crate) fn tls(&self) -> Result<Option<Arc<ClientConfig>>, rustls::Error> {
        if let Trust::Nobody = self.trust {
            return Ok(None);
        }
        if let Some(tls) = self.tls.get() {
            return Ok(Some(tls.clone()));
        }
        let made = Arc::new(self.configure()?);
        Ok(Some(self.tls.get_or_init(|| made).clone()))
    }

    /// Makes the settings that reqwest makes of the same authorities.
    fn configure(&self) -> Result<ClientConfig, rustls::Error> {
        let provider = CryptoProvider::get_default().cloned();
        let provider = provider.unwrap_or_else(|| Arc::new(aws_lc_rs::default_provider()));
        let builder = ClientConfig::builder_with_provider(provider);
        let builder = builder.with_safe_default_protocol_versions()?;
        let builder = match &self.trust {
            Trust::Only(authorities) => {
                let mut roots = RootCertStore::empty();
                let mut authorities = authorities.iter().cloned();
                authorities.try_for_each(|authority| roots.add(authority))?;
                builder.with_root_certificates(roots)
            }
            Trust::Nobody | Trust::System => builder.with_platform_verifier()?,
        };
        let mut config = builder.with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}
