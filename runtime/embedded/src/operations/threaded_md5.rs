//! The MD5 of an incoming body.

use crate::{errors, storage::checksum::Md5};
use bytes::Bytes;
use http::StatusCode;
use s3s::S3Result;
use std::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};

/// The MD5 of a body. For a large body it takes longer than all else, so it runs on a thread of the runtime's
/// blocking pool. Small bodies are not worth that.
pub(super) enum IncomingMd5 {
    Here(Md5),
    Beside {
        chunks: mpsc::Sender<Bytes>,
        digest: JoinHandle<[u8; 16]>,
    },
}

/// Bodies of at least this length are hashed on another thread.
const LARGE: u64 = 1 << 20;

impl IncomingMd5 {
    pub(super) fn new(expected_length: u64) -> Self {
        if expected_length < LARGE {
            return Self::Here(Md5::new());
        }
        // The channel needs no bound: the body holds the same chunks anyway.
        let (chunks, incoming) = mpsc::channel::<Bytes>();
        let digest = spawn_blocking(move || {
            let mut md5 = Md5::new();
            // Ends when the sender is dropped, at the end of the body or with a cancelled request.
            incoming.iter().for_each(|chunk| md5.update(&chunk));
            md5.finalize()
        });
        Self::Beside { chunks, digest }
    }

    pub(super) fn update(&mut self, chunk: &Bytes) {
        match self {
            Self::Here(md5) => md5.update(chunk),
            // If nobody receives any more, `finish` reports it.
            Self::Beside { chunks, .. } => drop(chunks.send(chunk.clone())),
        }
    }

    pub(super) async fn finish(self) -> S3Result<[u8; 16]> {
        match self {
            Self::Here(md5) => Ok(md5.finalize()),
            Self::Beside { chunks, digest } => {
                drop(chunks);
                digest.await.map_err(|error| {
                    errors::custom(
                        "InternalError",
                        StatusCode::INTERNAL_SERVER_ERROR,
                        error.to_string(),
                    )
                })
            }
        }
    }
}
