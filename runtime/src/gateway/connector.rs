//! Connections to the server: plain or in TLS, and to checked addresses only where there are some.

use std::{
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
    vec,
};

use http::Uri;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::{
    client::legacy::connect::{HttpConnector, dns::Name},
    rt::TokioIo,
};
use rustls::ClientConfig;
use tokio::{net::TcpStream, time::timeout};
use tower_service::Service;

use crate::error::BoxError;

/// The limit of a connection's making, with its TLS handshake.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

type Connecting<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

/// Makes the connections to one server.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    tcp: HttpConnector<Addresses>,
    tls: Option<Arc<ClientConfig>>,
}

impl Connector {
    /// Connects to these addresses only, if there are some, and with these settings of TLS.
    pub(super) fn new(addresses: Option<Vec<SocketAddr>>, tls: Option<Arc<ClientConfig>>) -> Self {
        let mut tcp = HttpConnector::new_with_resolver(Addresses(addresses.map(Arc::from)));
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        Self { tcp, tls }
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tcp.poll_ready(context).map_err(BoxError::from)
    }

    fn call(&mut self, server: Uri) -> Self::Future {
        let connecting: Self::Future = match &self.tls {
            // The name that the certificate must have is the address' host.
            Some(tls) => HttpsConnector::from((self.tcp.clone(), tls.clone())).call(server),
            None => {
                let connecting = self.tcp.call(server);
                Box::pin(async { Ok(MaybeHttpsStream::Http(connecting.await?)) })
            }
        };
        Box::pin(async move {
            let limit = CONNECT_LIMIT.as_secs();
            let none = |_| Err(format!("no connection came about within {limit} s").into());
            timeout(CONNECT_LIMIT, connecting)
                .await
                .unwrap_or_else(none)
        })
    }
}

/// The addresses of the server's host: those that were checked, or those that the system knows.
#[derive(Debug, Clone)]
struct Addresses(Option<Arc<[SocketAddr]>>);

impl Service<Name> for Addresses {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, host: Name) -> Self::Future {
        let Self(checked) = self.clone();
        Box::pin(async move {
            let addresses: Vec<SocketAddr> = match checked {
                Some(checked) => checked.to_vec(),
                // The connector puts the port in.
                None => tokio::net::lookup_host((host.as_str(), 0)).await?.collect(),
            };
            Ok(addresses.into_iter())
        })
    }
}
