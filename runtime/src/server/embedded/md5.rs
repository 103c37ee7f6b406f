//! MD5, which S3 puts into every ETag, at a speed that debug builds can live with.
//!
//! The crate `md-5` is compiled without optimization when a user's tests are, and then does some 30 MB/s: a test that
//! uploads 64 MiB would wait two seconds for its ETag. Assembly is as fast in either profile (measured: 30 and 420 MB/s in
//! debug, 530 and 600 in release). Where there is none for the target, `md-5` it is.

#[cfg(all(target_arch = "x86_64", unix))]
pub(crate) use assembly::Md5;
#[cfg(not(all(target_arch = "x86_64", unix)))]
pub(crate) use portable::Md5;

#[cfg(all(target_arch = "x86_64", unix))]
mod assembly {
    const BLOCK: usize = 64;

    /// RFC 1321, with its compression function in assembly.
    pub(crate) struct Md5 {
        state: [u32; 4],
        /// Bytes that do not make a block yet.
        rest: [u8; BLOCK],
        len: u64,
    }

    impl Md5 {
        pub(crate) fn new() -> Self {
            // RFC 1321, section 3.3.
            let state = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
            Self {
                state,
                rest: [0; BLOCK],
                len: 0,
            }
        }

        pub(crate) fn update(&mut self, mut data: &[u8]) {
            let held = (self.len % BLOCK as u64) as usize;
            self.len += data.len() as u64;
            if held > 0 {
                let (taken, after) = data.split_at(data.len().min(BLOCK - held));
                self.rest[held..held + taken.len()].copy_from_slice(taken);
                if held + taken.len() < BLOCK {
                    return;
                }
                md5_asm::compress(&mut self.state, &[self.rest]);
                data = after;
            }
            let (blocks, rest) = data.as_chunks::<BLOCK>();
            md5_asm::compress(&mut self.state, blocks);
            self.rest[..rest.len()].copy_from_slice(rest);
        }

        /// RFC 1321, sections 3.1 and 3.2: a one, zeros, and the length in bits make the last block whole.
        pub(crate) fn finish(mut self) -> [u8; 16] {
            let bits = self.len.wrapping_mul(8).to_le_bytes();
            self.update(&[0x80]);
            let held = (self.len % BLOCK as u64) as usize;
            let zeros = (2 * BLOCK - 8 - held) % BLOCK;
            self.update(&[0; BLOCK][..zeros]);
            self.update(&bits);
            let mut digest = [0; 16];
            for (bytes, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(self.state) {
                *bytes = word.to_le_bytes();
            }
            digest
        }
    }
}

#[cfg(not(all(target_arch = "x86_64", unix)))]
mod portable {
    use s3s::crypto::Checksum;

    pub(crate) struct Md5(s3s::crypto::Md5);

    impl Md5 {
        pub(crate) fn new() -> Self {
            Self(Checksum::new())
        }

        pub(crate) fn update(&mut self, data: &[u8]) {
            self.0.update(data);
        }

        pub(crate) fn finish(self) -> [u8; 16] {
            self.0.finalize()
        }
    }
}

impl Md5 {
    pub(crate) fn of(data: &[u8]) -> [u8; 16] {
        let mut md5 = Self::new();
        md5.update(data);
        md5.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Md5;
    use s3s::crypto::Checksum;

    #[test]
    fn agrees_with_md_5_at_every_length_and_however_it_is_cut() {
        let data = (0..300).map(|number| number as u8).collect::<Vec<_>>();
        for len in 0..data.len() {
            let expected = s3s::crypto::Md5::checksum(&data[..len]);
            assert_eq!(Md5::of(&data[..len]), expected, "{len}");
            for cut in [1, 3, 63, 64, 65, 127] {
                let mut md5 = Md5::new();
                data[..len].chunks(cut).for_each(|piece| md5.update(piece));
                assert_eq!(md5.finish(), expected, "{len} in pieces of {cut}");
            }
        }
    }
}
