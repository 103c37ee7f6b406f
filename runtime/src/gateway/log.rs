//! The memory of the gateway: every request, from its beginning to its end.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use http::{HeaderMap, StatusCode};
use tokio::sync::watch;

use super::{
    exchange::AnswerHead,
    expected::{self, Expected},
    request::Request,
};

/// The start of a body in which an error's code is looked for.
const LONGEST_START: usize = 4096;

/// All requests of one gateway.
#[derive(Debug)]
pub(super) struct Log {
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct State {
    requests: Vec<Noted>,
    expected: Vec<Expected>,
}

impl State {
    fn all(&self) -> Vec<Request> {
        let all = self.requests.iter();
        all.map(|noted| noted.request.clone()).collect()
    }
}

#[derive(Debug)]
struct Noted {
    request: Request,
    /// A test has taken it out of the log. Expectations count it still.
    taken: bool,
    /// The beginning of an answer that may be an error.
    start: Vec<u8>,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            changed: watch::Sender::new(()),
        }
    }
}

impl Log {
    /// Notes a request that has just arrived.
    pub(super) fn begin(self: &Arc<Self>, mut request: Request) -> Entry {
        let mut state = self.state();
        let index = state.requests.len();
        request.number = index + 1;
        state.requests.push(Noted {
            request,
            taken: false,
            start: Vec::new(),
        });
        drop(state);
        self.changed.send_replace(());
        Entry {
            log: self.clone(),
            index,
        }
    }

    /// Returns the requests as they are now, without those that were taken.
    pub(super) fn requests(&self) -> Vec<Request> {
        let state = self.state();
        let left = state.requests.iter().filter(|noted| !noted.taken);
        left.map(|noted| noted.request.clone()).collect()
    }

    /// Returns the same and takes them out.
    pub(super) fn take(&self) -> Vec<Request> {
        let mut state = self.state();
        let left = state.requests.iter_mut().filter(|noted| !noted.taken);
        left.map(|noted| {
            noted.taken = true;
            noted.request.clone()
        })
        .collect()
    }

    /// Tells of every change from now on.
    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    pub(super) fn expect(&self, expected: Expected) {
        self.state().expected.push(expected);
    }

    /// Returns all requests as they are now, taken or not.
    pub(super) fn all(&self) -> Vec<Request> {
        self.state().all()
    }

    pub(super) fn verify(&self) -> Result<(), String> {
        let state = self.state();
        expected::verify(&state.expected, &state.all())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One request in the log, to be completed as it goes on.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    log: Arc<Log>,
    index: usize,
}

impl Entry {
    /// Notes the head of the answer.
    pub(super) fn answered(&self, status: StatusCode, headers: &HeaderMap) {
        let head = Arc::new(AnswerHead::of(headers));
        self.update(|noted| {
            noted.request.status = Some(status.as_u16());
            noted.request.answer = Some(head);
        });
    }

    /// Notes bytes of the request's body.
    pub(super) fn sent(&self, count: usize) {
        self.change(|noted| noted.request.bytes_sent += count as u64);
    }

    /// Notes bytes of the answer's body.
    pub(super) fn received(&self, data: &[u8]) {
        self.change(|noted| {
            noted.request.bytes_received += data.len() as u64;
            if noted.request.may_be_error() && noted.start.len() < LONGEST_START {
                let room = LONGEST_START - noted.start.len();
                noted.start.extend_from_slice(&data[..data.len().min(room)]);
                noted.request.code = error_code(&noted.start);
            }
        });
    }

    /// Notes what a fault does to the request.
    pub(super) fn fault(&self, fault: &str) {
        self.change(|noted| noted.request.fault = Some(fault.to_owned()));
    }

    /// Notes that no answer will come.
    pub(super) fn failed(&self, reason: &str) {
        self.update(|noted| {
            noted.request.failure = Some(reason.to_owned());
            noted.request.ended.get_or_insert_with(Instant::now);
        });
    }

    /// Notes the end of the answer; what comes later is none.
    pub(super) fn ended(&self) {
        self.update(|noted| {
            noted.request.ended.get_or_insert_with(Instant::now);
        });
    }

    fn update(&self, change: impl FnOnce(&mut Noted)) {
        self.change(change);
        self.log.changed.send_replace(());
    }

    fn change(&self, change: impl FnOnce(&mut Noted)) {
        change(&mut self.log.state().requests[self.index]);
    }
}

/// Returns the code of an error document: `<Error><Code>…</Code>`.
fn error_code(start: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(start);
    let (_, error) = text.split_once("<Error>")?;
    let (_, code) = error.split_once("<Code>")?;
    let (code, _) = code.split_once("</Code>")?;
    Some(code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_an_error_is_found() {
        let document =
            b"<?xml version=\"1.0\"?>\n<Error><Code>NoSuchKey</Code><Message>x</Message></Error>";
        assert_eq!(error_code(document).as_deref(), Some("NoSuchKey"));
        assert_eq!(error_code(b"<Error><Code>NoSu"), None);
        assert_eq!(error_code(b"<Deleted><Code>x</Code></Deleted>"), None);
    }
}
