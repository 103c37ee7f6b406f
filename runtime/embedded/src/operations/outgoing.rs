//! An outgoing body.

use crate::storage::Body;
use bytes::Bytes;
use futures_util::Stream;
use s3s::{
    StdError,
    dto::StreamingBlob,
    stream::{ByteStream, RemainingLength},
};
use std::{
    pin::Pin,
    task::{Context, Poll},
};

/// Returns the stored chunks as a stream.
pub(super) fn stream(body: Body) -> StreamingBlob {
    StreamingBlob::new(Outgoing {
        remaining: body.len(),
        next: 0,
        body,
    })
}

struct Outgoing {
    body: Body,
    next: usize,
    remaining: u64,
}

impl Stream for Outgoing {
    type Item = Result<Bytes, StdError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let chunk = self.body.chunks().get(self.next).cloned();
        if let Some(chunk) = &chunk {
            self.next += 1;
            self.remaining -= chunk.len() as u64;
        }
        Poll::Ready(chunk.map(Ok))
    }
}

impl ByteStream for Outgoing {
    fn remaining_length(&self) -> RemainingLength {
        usize::try_from(self.remaining)
            .map_or_else(|_| RemainingLength::unknown(), RemainingLength::new_exact)
    }
}
