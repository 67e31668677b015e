//! Bodies that go on compressed as they came.

use bytes::Bytes;
use memchr::memmem;
use zstd::zstd_safe::find_frame_compressed_size;

use super::{CompressError, Encoding, compress, gzip::GZIP_MAGIC};

/// A body as it came over the wire, beside what it decompressed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// How it is compressed.
    pub encoding: Encoding,
    /// The compressed bytes.
    pub bytes: Bytes,
}

impl Packed {
    /// A body that was decompressed without an error. None if it may hold bytes that decompression does
    /// not show: whoever looked at the result has not seen them, so they must not go on.
    #[must_use]
    pub fn new(encoding: Encoding, bytes: &Bytes) -> Option<Self> {
        let shows_all = match encoding {
            Encoding::Gzip => is_bare_member(bytes),
            Encoding::Zstd => is_single_frame(bytes),
            _ => false,
        };
        shows_all.then(|| Self { encoding, bytes: bytes.clone() })
    }
}

/// One member without a name, a comment or extra fields.
fn is_bare_member(bytes: &[u8]) -> bool {
    let Some((head, rest)) = bytes.split_first_chunk::<4>() else { return false };
    let [_, _, _, flags] = head;
    *flags == 0 && memmem::find(rest, GZIP_MAGIC).is_none()
}

/// One frame of data with nothing behind it. In front of data a skippable frame would have another magic
/// number (RFC 8878 §3.1.1).
fn is_single_frame(bytes: &[u8]) -> bool {
    bytes.starts_with(&0xfd2f_b528_u32.to_le_bytes())
        && find_frame_compressed_size(bytes) == Ok(bytes.len())
}

/// What a client sends: the plain bytes and, if they came compressed, also as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    plain: Bytes,
    packed: Option<Packed>,
}

impl From<Bytes> for Payload {
    fn from(plain: Bytes) -> Self {
        Self { plain, packed: None }
    }
}

impl Payload {
    /// `packed` must decompress to `plain`.
    #[must_use]
    pub fn new(plain: Bytes, packed: Option<Packed>) -> Self {
        Self { plain, packed }
    }

    /// The bytes in an encoding: as they came where that is the encoding, and no level is asked for that
    /// they may not have.
    pub(crate) fn encode(
        &self,
        encoding: Encoding,
        level: Option<i32>,
    ) -> Result<Bytes, CompressError> {
        match &self.packed {
            Some(packed) if packed.encoding == encoding && level.is_none() => {
                Ok(packed.bytes.clone())
            }
            _ => compress(&self.plain, encoding, level),
        }
    }
}
