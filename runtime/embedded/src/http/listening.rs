//! A listener that costs no task before its first connection: most servers of a test binary live for a millisecond, and to
//! start and end a task wakes other threads.

use super::connections::Front;
use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Wake, Waker},
};
use tokio::{net::TcpListener, runtime::Handle, task::AbortHandle};

/// Connections that are served until [`Self::end`].
#[derive(Debug)]
pub(crate) struct Listening(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    runtime: Handle,
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    /// Nobody has connected yet.
    Waiting(Front, TcpListener),
    Serving(AbortHandle),
    Ended,
}

impl Listening {
    /// Begins to serve on a runtime, to which `listener` belongs.
    pub(crate) fn new(runtime: &Handle, listener: TcpListener, front: Front) -> Self {
        let shared = Arc::new(Shared {
            runtime: runtime.clone(),
            state: Mutex::new(State::Ended),
        });
        let waker = Waker::from(shared.clone());
        // Under the lock, so that the waker finds the listener.
        shared.replace(
            |_| match listener.poll_accept(&mut Context::from_waker(&waker)) {
                Poll::Pending => State::Waiting(front, listener),
                Poll::Ready(first) => {
                    let first = first.ok().map(|(stream, _)| stream);
                    State::Serving(runtime.spawn(front.serve(listener, first)).abort_handle())
                }
            },
        );
        Self(shared)
    }

    /// Closes the listener and all connections, as soon as the runtime comes to it.
    pub(crate) fn end(&self) {
        self.0.replace(|state| {
            if let State::Serving(task) = state {
                task.abort();
            }
            State::Ended
        });
    }
}

impl Shared {
    fn replace(&self, next: impl FnOnce(State) -> State) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let current = mem::replace(&mut *state, State::Ended);
        *state = next(current);
    }
}

/// The first connection has come.
impl Wake for Shared {
    fn wake(self: Arc<Self>) {
        self.replace(|state| match state {
            State::Waiting(front, listener) => {
                let serving = self.runtime.spawn(front.serve(listener, None));
                State::Serving(serving.abort_handle())
            }
            other => other,
        });
    }
}
