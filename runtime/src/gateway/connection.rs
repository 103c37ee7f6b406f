//! The connections of clients: accepting them, serving them, and ending them in the way a fault asks for.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::{breaker::Breaker, proxy::Proxy};

/// The wait before another attempt to accept a connection, when there are too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// Serves connections until the task is aborted, which closes them all.
pub(super) async fn serve(proxy: Proxy, listener: TcpListener) {
    let proxy = Arc::new(proxy);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    // Heads are small and are waited for.
                    let _ = stream.set_nodelay(true);
                    connections.spawn(serve_connection(proxy.clone(), stream));
                }
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve_connection(proxy: Arc<Proxy>, stream: TcpStream) {
    let breaker = Breaker::default();
    let of_requests = breaker.clone();
    let reused = AtomicBool::new(false);
    let service = service_fn(move |request| {
        let (proxy, breaker) = (proxy.clone(), of_requests.clone());
        let reused = reused.swap(true, Ordering::Relaxed);
        async move { proxy.answer(request, reused, breaker).await }
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // A signature covers lower-case names, but a server may look at more than the signature.
        .preserve_header_case(true)
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        biased;
        () = breaker.broken() => {
            let stream = connection.into_parts().io.into_inner();
            let _ = stream.set_zero_linger();
        }
        // A client that goes away in the middle of something is no concern of the gateway's.
        _ = &mut connection => {}
    }
}
