//! The bytes of an object.

use bytes::Bytes;
use std::{ops::Range, sync::Arc};

/// Bytes in the chunks that they arrived in. Clones and slices share them; they are never joined into one buffer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Body {
    chunks: Arc<Vec<Bytes>>,
    len: u64,
}

impl Body {
    pub(crate) fn new(chunks: Vec<Bytes>) -> Self {
        Self {
            len: chunks.iter().map(|chunk| chunk.len() as u64).sum(),
            chunks: Arc::new(chunks),
        }
    }

    /// Returns the parts of a multipart upload as one body.
    pub(crate) fn concat<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        Self::new(
            parts
                .into_iter()
                .flat_map(|part| part.chunks.iter().cloned())
                .collect(),
        )
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    pub(crate) fn chunks(&self) -> &[Bytes] {
        &self.chunks
    }

    /// Returns the bytes in `range`, which must lie within the body.
    pub(crate) fn slice(&self, range: Range<u64>) -> Self {
        if range == (0..self.len) {
            return self.clone();
        }
        let mut chunks = Vec::new();
        let mut start = 0;
        for chunk in self.chunks.iter() {
            let end = start + chunk.len() as u64;
            let (from, to) = (range.start.max(start), range.end.min(end));
            if from < to {
                chunks.push(chunk.slice((from - start) as usize..(to - start) as usize));
            }
            if end >= range.end {
                break;
            }
            start = end;
        }
        Self::new(chunks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_across_chunks_without_copying() {
        let body = Body::new(vec![
            Bytes::from_static(b"abc"),
            Bytes::from_static(b"def"),
            Bytes::from_static(b"ghi"),
        ]);
        let read = |range| body.slice(range).chunks().concat();
        assert_eq!(read(0..9), b"abcdefghi");
        assert_eq!(read(2..7), b"cdefg");
        assert_eq!(read(3..6), b"def");
        assert_eq!(read(8..9), b"i");
        assert_eq!(read(4..4), b"");
        assert_eq!(
            body.slice(4..5).chunks()[0].as_ptr(),
            body.chunks()[1][1..].as_ptr()
        );
    }
}
