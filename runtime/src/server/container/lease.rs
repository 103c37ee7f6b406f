//! The lease of a process on a shared container. It tells the container that it is in use, and the process that its server
//! is gone.
//!
//! A lease is an open TCP connection to the server's port, held as long as the process lives. The kernel closes it
//! whatever ends the process; the container's watchdog counts such connections.

use std::{sync::Arc, time::Duration};

use tokio::{
    io::AsyncReadExt,
    net::TcpStream,
    sync::watch,
    task::AbortHandle,
    time::{Instant, sleep},
};

use crate::process::background;

/// A connection that ended sooner was never with the server: Docker's proxy accepts connections for a container whose
/// server does not listen, and closes them at once.
const SHORTEST: Duration = Duration::from_secs(1);
/// The waits between the attempts to connect again, after which the server counts as gone.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(10),
    Duration::from_millis(50),
    Duration::from_millis(200),
];
/// The wait between attempts while the server starts.
const START_PAUSE: Duration = Duration::from_millis(20);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The server is not known to be ready: failures mean nothing.
    Starting,
    Held,
    Lost,
}

/// Keeps the server at an address alive until it is dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    state: Arc<watch::Sender<State>>,
    holder: AbortHandle,
}

impl Lease {
    /// Begins to connect to `address` (`host:port`) and goes on doing so.
    pub(crate) fn open(address: String) -> Self {
        let state = Arc::new(watch::Sender::new(State::Starting));
        let holder = background::handle()
            .spawn(hold(address, state.clone()))
            .abort_handle();
        Self { state, holder }
    }

    /// Says that the server is ready: from now on it is gone when no connection lasts.
    pub(crate) fn server_is_ready(&self) {
        self.state.send_if_modified(|state| {
            let starting = *state == State::Starting;
            if starting {
                *state = State::Held;
            }
            starting
        });
    }

    /// Says that the server is gone, as a request to it has shown.
    pub(crate) fn server_is_gone(&self) {
        self.state.send_replace(State::Lost);
    }

    pub(crate) fn is_lost(&self) -> bool {
        *self.state.borrow() == State::Lost
    }

    /// Returns when the server is gone.
    pub(crate) async fn lost(&self) {
        let mut state = self.state.subscribe();
        // The sender lives as long as `self`, so this cannot fail.
        let _ = state.wait_for(|state| *state == State::Lost).await;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.holder.abort();
    }
}

async fn hold(address: String, state: Arc<watch::Sender<State>>) {
    let mut failures = 0;
    while *state.borrow() != State::Lost {
        let since = Instant::now();
        if let Ok(mut connection) = TcpStream::connect(&address).await {
            // The server says nothing by itself: this returns when the connection ends. RustFS ends idle ones after 75 s.
            let _ = connection.read(&mut [0]).await;
        }
        if since.elapsed() >= SHORTEST {
            failures = 0;
        } else if *state.borrow() == State::Starting {
            sleep(START_PAUSE).await;
        } else if let Some(pause) = PAUSES.get(failures) {
            failures += 1;
            sleep(*pause).await;
        } else {
            state.send_replace(State::Lost);
        }
    }
}
