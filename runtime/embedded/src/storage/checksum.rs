//! The checksums that S3 keeps with objects (S3 User Guide, "Checking object integrity").

use crate::storage::Body;
use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use base64::{Engine, prelude::BASE64_STANDARD};
use crc_fast::CrcAlgorithm;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme};

/// Assembly, as in `aws-lc-rs`. The hashes of the crates that s3s uses do 30 MB/s in a debug build.
pub(crate) use fast_md5::Md5;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Crc32,
    Crc32c,
    Crc64Nvme,
    Sha1,
    Sha256,
}

impl Algorithm {
    pub(crate) const ALL: [Self; 5] = [
        Self::Crc32,
        Self::Crc32c,
        Self::Crc64Nvme,
        Self::Sha1,
        Self::Sha256,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    pub(crate) fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }

    fn digest_len(self) -> usize {
        match self {
            Self::Crc32 | Self::Crc32c => 4,
            Self::Crc64Nvme => 8,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    /// Returns the CRC, if it is one. CRCs of parts can be combined to that of the whole; cryptographic hashes cannot.
    fn crc(self) -> Option<CrcAlgorithm> {
        match self {
            Self::Crc32 => Some(CrcAlgorithm::Crc32IsoHdlc),
            Self::Crc32c => Some(CrcAlgorithm::Crc32Iscsi),
            Self::Crc64Nvme => Some(CrcAlgorithm::Crc64Nvme),
            Self::Sha1 | Self::Sha256 => None,
        }
    }

    /// Returns the default kind of checksum for a multipart upload.
    pub(crate) fn default_kind(self) -> Kind {
        match self {
            Self::Crc64Nvme => Kind::FullObject,
            _ => Kind::Composite,
        }
    }

    /// Returns the kinds that the algorithm supports (User Guide, "Full object and composite checksum types").
    pub(crate) fn supports(self, kind: Kind) -> bool {
        match kind {
            Kind::FullObject => self.crc().is_some(),
            Kind::Composite => self != Self::Crc64Nvme,
        }
    }

    pub(crate) fn is_valid(self, value: &str) -> bool {
        BASE64_STANDARD
            .decode(value)
            .is_ok_and(|digest| digest.len() == self.digest_len())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    FullObject,
    /// The checksum of the parts' checksums, followed by `-` and the number of parts.
    Composite,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checksum {
    pub(crate) algorithm: Algorithm,
    pub(crate) kind: Kind,
    /// Base64, with `-N` at the end if it is composite, as S3 writes it.
    pub(crate) value: String,
}

impl Checksum {
    fn full(algorithm: Algorithm, digest: &[u8]) -> Self {
        Self {
            algorithm,
            kind: Kind::FullObject,
            value: BASE64_STANDARD.encode(digest),
        }
    }

    pub(crate) fn of(algorithm: Algorithm, body: &Body) -> Self {
        let mut hasher = Hasher::new(algorithm);
        body.chunks().iter().for_each(|chunk| hasher.update(chunk));
        hasher.finish()
    }

    /// Returns the checksum of an object made of parts with these checksums and lengths, or `None` if there is no part or
    /// one of the checksums is malformed.
    pub(crate) fn of_parts(
        algorithm: Algorithm,
        kind: Kind,
        parts: &[(&Self, u64)],
    ) -> Option<Self> {
        let digests = parts
            .iter()
            .map(|(part, _)| BASE64_STANDARD.decode(&part.value).ok());
        let digests = digests.collect::<Option<Vec<_>>>()?;
        match (kind, algorithm.crc()) {
            (Kind::FullObject, Some(crc)) => {
                let as_number = |digest: &[u8]| {
                    digest
                        .iter()
                        .fold(0, |number, byte| (number << 8) | u64::from(*byte))
                };
                let mut whole = digests
                    .iter()
                    .zip(parts)
                    .map(|(digest, (_, len))| (as_number(digest), *len));
                let (mut number, _) = whole.next()?;
                for (part, len) in whole {
                    number = crc_fast::checksum_combine(crc, number, part, len);
                }
                Some(Self::full(
                    algorithm,
                    &number.to_be_bytes()[8 - algorithm.digest_len()..],
                ))
            }
            _ => {
                let mut hasher = Hasher::new(algorithm);
                digests.iter().for_each(|digest| hasher.update(digest));
                let value = format!("{}-{}", hasher.finish().value, parts.len());
                Some(Self {
                    algorithm,
                    kind: Kind::Composite,
                    value,
                })
            }
        }
    }
}

/// Computes one checksum chunk by chunk.
pub(crate) enum Hasher {
    Crc32(Crc32),
    Crc32c(Crc32c),
    Crc64Nvme(Crc64Nvme),
    Sha1(Context),
    Sha256(Context),
}

impl Hasher {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Crc32 => Self::Crc32(Crc32::new()),
            Algorithm::Crc32c => Self::Crc32c(Crc32c::new()),
            Algorithm::Crc64Nvme => Self::Crc64Nvme(Crc64Nvme::new()),
            Algorithm::Sha1 => Self::Sha1(Context::new(&SHA1_FOR_LEGACY_USE_ONLY)),
            Algorithm::Sha256 => Self::Sha256(Context::new(&SHA256)),
        }
    }

    pub(crate) fn update(&mut self, data: &[u8]) {
        match self {
            Self::Crc32(hasher) => hasher.update(data),
            Self::Crc32c(hasher) => hasher.update(data),
            Self::Crc64Nvme(hasher) => hasher.update(data),
            Self::Sha1(hasher) | Self::Sha256(hasher) => hasher.update(data),
        }
    }

    pub(crate) fn finish(self) -> Checksum {
        match self {
            Self::Crc32(hasher) => Checksum::full(Algorithm::Crc32, &hasher.finalize()),
            Self::Crc32c(hasher) => Checksum::full(Algorithm::Crc32c, &hasher.finalize()),
            Self::Crc64Nvme(hasher) => Checksum::full(Algorithm::Crc64Nvme, &hasher.finalize()),
            Self::Sha1(hasher) => Checksum::full(Algorithm::Sha1, hasher.finish().as_ref()),
            Self::Sha256(hasher) => Checksum::full(Algorithm::Sha256, hasher.finish().as_ref()),
        }
    }
}

/// Returns bytes in hexadecimal, as in an ETag. Without `write!`, which takes several times as long in a debug build.
pub(crate) fn hex(digest: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let mut text = String::with_capacity(2 * digest.len());
    for byte in digest {
        text.push(DIGITS[usize::from(byte >> 4)]);
        text.push(DIGITS[usize::from(byte & 15)]);
    }
    text
}

/// Returns the ETag of a multipart object: the MD5 of its parts' MD5s, followed by `-` and the number of parts.
pub(crate) fn etag_of_parts<'a>(md5s: impl ExactSizeIterator<Item = &'a [u8; 16]>) -> String {
    let parts = md5s.len();
    let mut md5 = Md5::new();
    md5s.for_each(|part| md5.update(part));
    format!("{}-{parts}", hex(&md5.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    #[test]
    fn the_crc_of_the_whole_follows_from_its_parts() {
        let (one, two) = (
            Body::new(vec![Bytes::from_static(b"hello ")]),
            Body::new(vec![Bytes::from_static(b"world")]),
        );
        let whole = Body::concat([&one, &two]);
        for algorithm in [Algorithm::Crc32, Algorithm::Crc32c, Algorithm::Crc64Nvme] {
            let (first, second) = (Checksum::of(algorithm, &one), Checksum::of(algorithm, &two));
            let parts = [(&first, one.len()), (&second, two.len())];
            let combined = Checksum::of_parts(algorithm, Kind::FullObject, &parts);
            assert_eq!(combined, Some(Checksum::of(algorithm, &whole)));
        }
    }

    #[test]
    fn md5_agrees_with_another_at_every_length_and_however_it_is_cut() {
        let data = (0..300).map(|number| number as u8).collect::<Vec<_>>();
        for len in 0..data.len() {
            let expected = s3s::crypto::Md5::checksum(&data[..len]);
            assert_eq!(fast_md5::digest(&data[..len]), expected, "{len}");
            for cut in [1, 3, 63, 64, 65, 127] {
                let mut md5 = Md5::new();
                data[..len].chunks(cut).for_each(|piece| md5.update(piece));
                assert_eq!(md5.finalize(), expected, "{len} in pieces of {cut}");
            }
        }
    }

    #[test]
    fn known_values() {
        let body = Body::new(vec![Bytes::from_static(b"123456789")]);
        // The check values of the CRC catalogue: cbf43926, e3069283, ae8b14860a799888.
        assert_eq!(Checksum::of(Algorithm::Crc32, &body).value, "y/Q5Jg==");
        assert_eq!(Checksum::of(Algorithm::Crc32c, &body).value, "4waSgw==");
        assert_eq!(
            Checksum::of(Algorithm::Crc64Nvme, &body).value,
            "rosUhgp5mIg="
        );
    }
}
