//! A patch of the crate `crc-fast`, with the three checksums that S3 knows.
//!
//! The AWS SDK's S3 client asks `crc-fast` for three checksums. That crate links tables for some fifty: 650 KB that do not
//! compress, an eighth of a function. This one has the part of its interface that the SDK calls, over two small crates.
//!
//! The request to make the tables optional is <https://github.com/awesomized/crc-fast-rust/issues/61>. This patch can go when a
//! release has that and the SDK asks for it. Until then two checks watch over it: if the SDK calls more of `crc-fast`, the
//! build fails, and if it asks for a later version, Cargo reports an unused patch and the check of sizes fails.

use crc::{CRC_32_ISCSI, CRC_64_NVME, Crc, Table};

static ISCSI: Crc<u32, Table<1>> = Crc::<u32, Table<1>>::new(&CRC_32_ISCSI);
static NVME: Crc<u64, Table<1>> = Crc::<u64, Table<1>>::new(&CRC_64_NVME);

/// Which checksum, by its name in the catalog of parameterized CRC algorithms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrcAlgorithm {
    /// `CRC32` of S3: what the SDK adds to each upload.
    Crc32IsoHdlc,
    /// `CRC32C` of S3.
    Crc32Iscsi,
    /// `CRC64NVME` of S3.
    Crc64Nvme,
}

/// A checksum of bytes that come one part after the other.
#[derive(Clone)]
pub struct Digest(State);

#[derive(Clone)]
enum State {
    IsoHdlc(crc32fast::Hasher),
    Iscsi(crc::Digest<'static, u32, Table<1>>),
    Nvme(crc::Digest<'static, u64, Table<1>>),
}

impl Digest {
    /// The checksum of nothing yet.
    #[must_use]
    pub fn new(algorithm: CrcAlgorithm) -> Self {
        Self(match algorithm {
            CrcAlgorithm::Crc32IsoHdlc => State::IsoHdlc(crc32fast::Hasher::new()),
            CrcAlgorithm::Crc32Iscsi => State::Iscsi(ISCSI.digest()),
            CrcAlgorithm::Crc64Nvme => State::Nvme(NVME.digest()),
        })
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::IsoHdlc(state) => state.update(bytes),
            State::Iscsi(state) => state.update(bytes),
            State::Nvme(state) => state.update(bytes),
        }
    }

    /// The checksum of all bytes so far; one of 32 bits in the lower half.
    #[must_use]
    pub fn finalize(&self) -> u64 {
        match self.0.clone() {
            State::IsoHdlc(state) => state.finalize().into(),
            State::Iscsi(state) => state.finalize().into(),
            State::Nvme(state) => state.finalize(),
        }
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Digest({:x})", self.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::{CrcAlgorithm, Digest};

    /// Each algorithm's "check" of the catalog: what it makes of these digits.
    const CHECKS: [(CrcAlgorithm, u64); 3] = [
        (CrcAlgorithm::Crc32IsoHdlc, 0xcbf4_3926),
        (CrcAlgorithm::Crc32Iscsi, 0xe306_9283),
        (CrcAlgorithm::Crc64Nvme, 0xae8b_1486_0a79_9888),
    ];

    #[test]
    fn each_checksum_is_what_the_catalog_says_however_the_bytes_come() {
        for (algorithm, check) in CHECKS {
            for first in 0..=9 {
                let (one, other) = b"123456789".split_at(first);
                let mut digest = Digest::new(algorithm);
                digest.update(one);
                digest.update(other);
                assert_eq!(digest.finalize(), check, "{algorithm:?} after {first}");
            }
        }
    }

    #[test]
    fn nothing_sums_to_nothing() {
        for (algorithm, _) in CHECKS {
            assert_eq!(Digest::new(algorithm).finalize(), 0, "{algorithm:?}");
        }
    }
}
