//! Bodies that break off, stall, crawl or lie.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::Sleep;

use super::{body::Body, breaker::Breaker, faults::Shape};
use crate::error::BoxError;

/// The number of pieces into which a second's worth of bytes is cut.
const PIECES_PER_SECOND: u64 = 20;

/// A body with a fault.
pub(super) struct ShapedBody {
    inner: Body,
    shape: Shape,
    breaker: Breaker,
    passed: u64,
    /// The part of a chunk that has not passed yet.
    rest: Bytes,
    /// The wait before the next piece.
    wait: Option<Pin<Box<Sleep>>>,
    /// The last byte before a cut has been handed over for sending.
    flushed: bool,
    over: bool,
}

impl ShapedBody {
    pub(super) fn new(inner: Body, shape: Shape, breaker: Breaker) -> Self {
        Self {
            inner,
            shape,
            breaker,
            passed: 0,
            rest: Bytes::new(),
            wait: None,
            flushed: false,
            over: false,
        }
    }

    /// Takes from `rest` what may pass now.
    fn piece(&mut self) -> Bytes {
        let length = self.rest.len() as u64;
        let passed = self.passed;
        let piece = match self.shape {
            Shape::CutAfter(limit)
            | Shape::ResetAfter(limit)
            | Shape::TruncateTo(limit)
            | Shape::StallAfter(limit) => {
                let room = limit.saturating_sub(passed);
                self.over = length > room;
                self.take(length.min(room))
            }
            Shape::FlipByte(at) => {
                let piece = self.take(length);
                match at.checked_sub(passed).filter(|at| *at < length) {
                    Some(at) => {
                        let mut changed = BytesMut::from(piece.as_ref());
                        changed[at as usize] ^= 1;
                        changed.freeze()
                    }
                    None => piece,
                }
            }
            Shape::BytesPerSecond(rate) => {
                let piece = self.take(length.min((rate / PIECES_PER_SECOND).max(1)));
                let nanoseconds = piece.len() as u64 * 1_000_000_000 / rate;
                self.wait_for(Duration::from_nanos(nanoseconds));
                piece
            }
            Shape::Chunks(size, delay) => {
                let start = passed % size;
                let piece = self.take(length.min(size - start));
                if start + piece.len() as u64 == size {
                    self.wait_for(delay);
                }
                piece
            }
        };
        self.passed += piece.len() as u64;
        piece
    }

    fn wait_for(&mut self, wait: Duration) {
        self.wait = Some(Box::pin(tokio::time::sleep(wait)));
    }

    fn take(&mut self, count: u64) -> Bytes {
        // Never more than there is, so it fits.
        self.rest
            .split_to(usize::try_from(count).unwrap_or(self.rest.len()))
    }
}

impl HttpBody for ShapedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Some(wait) = &mut self.wait {
            ready!(wait.as_mut().poll(context));
            self.wait = None;
        }
        while !self.over {
            if self.rest.is_empty() {
                let frame = ready!(Pin::new(&mut self.inner).poll_frame(context));
                match frame.map(|frame| frame.map(Frame::into_data)) {
                    Some(Ok(Ok(data))) => self.rest = data,
                    Some(Ok(Err(other))) => return Poll::Ready(Some(Ok(other))),
                    Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                    None => return Poll::Ready(None),
                }
                continue;
            }
            let piece = self.piece();
            if !piece.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(piece))));
            }
        }
        match self.shape {
            Shape::TruncateTo(_) => Poll::Ready(None),
            Shape::StallAfter(_) => Poll::Pending,
            Shape::ResetAfter(_) if self.flushed => {
                self.breaker.reset();
                Poll::Pending
            }
            _ if self.flushed => Poll::Ready(Some(Err("a fault cuts the body here".into()))),
            _ => {
                // hyper drops what it has not written yet when a body fails, and writes when there is nothing to read.
                self.flushed = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        !self.over && self.rest.is_empty() && self.wait.is_none() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        // The head's `Content-Length` says the rest.
        SizeHint::default()
    }
}
