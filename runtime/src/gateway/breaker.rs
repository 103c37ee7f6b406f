//! A way for a request to end its own connection.

use std::sync::Arc;

use tokio::sync::Notify;

/// A way to end a connection from within one of its requests.
#[derive(Debug, Clone, Default)]
pub(super) struct Breaker(Arc<Notify>);

impl Breaker {
    /// Resets the connection, so that the client sees `ECONNRESET` and not the end of a stream.
    pub(super) fn reset(&self) {
        self.0.notify_one();
    }

    /// Returns when the connection is to be reset.
    pub(super) async fn broken(&self) {
        self.0.notified().await;
    }
}
