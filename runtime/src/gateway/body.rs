//! Bodies on their way through the gateway: counted, and held back until the server wants them.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use futures_util::task::AtomicWaker;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::Sleep;

use super::log::Entry;
use crate::error::BoxError;

/// A body that is streamed, whatever it goes through.
pub(super) type Body = UnsyncBoxBody<Bytes, BoxError>;
type Polled = Poll<Option<Result<Frame<Bytes>, BoxError>>>;

/// The time after which a body is sent to a server that has not said whether it wants it. (RFC 9110, section 10.1.1:
/// a client "SHOULD NOT wait for an indefinite period".)
const CONTINUE_LIMIT: Duration = Duration::from_secs(1);

/// The body of a request, counted.
pub(super) struct SentBody {
    inner: Body,
    entry: Entry,
}

impl SentBody {
    pub(super) fn new(inner: Body, entry: Entry) -> Self {
        Self { inner, entry }
    }
}

impl HttpBody for SentBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Polled {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(context));
        if let Some(data) = frame.as_ref().and_then(|it| it.as_ref().ok()?.data_ref()) {
            self.entry.sent(data.len());
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The body of an answer: counted, and the end of its request.
pub(super) struct ReceivedBody {
    inner: Body,
    entry: Entry,
}

impl ReceivedBody {
    pub(super) fn new(inner: Body, entry: Entry) -> Self {
        if inner.is_end_stream() {
            entry.ended();
        }
        Self { inner, entry }
    }
}

impl HttpBody for ReceivedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Polled {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(context));
        if let Some(data) = frame.as_ref().and_then(|it| it.as_ref().ok()?.data_ref()) {
            self.entry.received(data);
        }
        // Before the client can see the last byte, so that a test finds its requests finished.
        if !matches!(frame, Some(Ok(_))) || self.inner.is_end_stream() {
            self.entry.ended();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// A client that goes away ends its request too.
impl Drop for ReceivedBody {
    fn drop(&mut self) {
        self.entry.ended();
    }
}

const WAITING: u8 = 0;
const OPEN: u8 = 1;
const CLOSED: u8 = 2;

/// The server's word on a body that the client holds back (`Expect: 100-continue`).
#[derive(Debug, Clone, Default)]
pub(super) struct Gate(Arc<(AtomicU8, AtomicWaker)>);

impl Gate {
    /// Lets the body through.
    pub(super) fn open(&self) {
        self.decide(OPEN);
    }

    /// Ends the body before it begins, unless it was let through already.
    pub(super) fn close(&self) {
        self.decide(CLOSED);
    }

    fn decide(&self, state: u8) {
        let (current, waker) = &*self.0;
        let _ = current.compare_exchange(WAITING, state, Ordering::AcqRel, Ordering::Acquire);
        waker.wake();
    }
}

/// A body behind a gate. The client is asked for it by the first look at it, and not before.
pub(super) struct GatedBody {
    inner: Body,
    gate: Gate,
    limit: Pin<Box<Sleep>>,
}

impl GatedBody {
    pub(super) fn new(inner: Body, gate: Gate) -> Self {
        Self {
            inner,
            gate,
            limit: Box::pin(tokio::time::sleep(CONTINUE_LIMIT)),
        }
    }
}

impl HttpBody for GatedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Polled {
        let gate = self.gate.clone();
        let (state, waker) = &*gate.0;
        if state.load(Ordering::Acquire) == WAITING {
            waker.register(context.waker());
            if self.limit.as_mut().poll(context).is_ready() {
                gate.open();
            }
        }
        match state.load(Ordering::Acquire) {
            WAITING => Poll::Pending,
            CLOSED => Poll::Ready(Some(Err("the server did not want the body".into()))),
            _ => Pin::new(&mut self.inner).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
