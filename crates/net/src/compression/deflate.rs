//! DEFLATE over whole buffers by libdeflate, which is several times faster than a stream decoder
//! (docs/decisions/0013). What it cannot do goes to the streams of [`super::gzip`].

use std::cell::RefCell;

use bytes::Bytes;
use libdeflater::{CompressionLvl, Compressor, Decompressor, crc32};
use memchr::memmem;

use super::{
    CompressError, DecompressError,
    gzip::{GZIP_MAGIC, Wrapper},
    output::Output,
};

/// The level unless the config sets one: a fifth of the cost of zlib's 6 at almost its ratio.
const DEFAULT_LEVEL: i32 = 1;
/// How much room for results is kept for the next body.
const KEPT_BYTES: usize = 1 << 20;

thread_local! {
    // One compressor per thread, for the level used last, with room for its result; one decompressor.
    static COMPRESSOR: RefCell<Option<(i32, Compressor, Vec<u8>)>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor>> = const { RefCell::new(None) };
}

/// The collector's level to libdeflate's. Huffman-only (-2) has no twin here and becomes the fastest.
fn level_of(level: Option<i32>) -> i32 {
    match level {
        None | Some(0 | -1) => DEFAULT_LEVEL,
        Some(level) => level.clamp(1, 9),
    }
}

pub(super) fn compress(
    input: &[u8],
    wrapper: Wrapper,
    level: Option<i32>,
) -> Result<Bytes, CompressError> {
    let level = level_of(level);
    let failed = |reason: String| CompressError { encoding: wrapper.name(), reason };
    COMPRESSOR.with_borrow_mut(|kept| {
        let (mut compressor, mut room) = match kept.take() {
            Some((at, compressor, room)) if at == level => (compressor, room),
            _ => {
                let valid =
                    CompressionLvl::new(level).map_err(|_| failed("bad level".to_owned()))?;
                (Compressor::new(valid), Vec::new())
            }
        };
        let bound = match wrapper {
            Wrapper::Gzip => compressor.gzip_compress_bound(input.len()),
            Wrapper::Zlib => compressor.zlib_compress_bound(input.len()),
        };
        if room.len() < bound {
            room.resize(bound, 0);
        }
        let written = match wrapper {
            Wrapper::Gzip => compressor.gzip_compress(input, &mut room),
            Wrapper::Zlib => compressor.zlib_compress(input, &mut room),
        };
        let written = written.map_err(|error| failed(error.to_string()))?;
        let compressed = Bytes::copy_from_slice(room.get(..written).unwrap_or_default());
        if room.len() > KEPT_BYTES {
            room = Vec::new();
        }
        *kept = Some((level, compressor, room));
        Ok(compressed)
    })
}

/// Decompresses a gzip body of one member whose claimed length is credible; whether that went well. If
/// not, nothing was written: the stream decoder says what is wrong, or does better.
pub(super) fn decompress_gzip(
    input: &[u8],
    output: &mut Output<'_>,
) -> Result<bool, DecompressError> {
    // RFC 1952: the checksum and the length of the last member are at the end.
    let Some((_, trailer)) = input.split_last_chunk::<8>() else { return Ok(false) };
    let [c0, c1, c2, c3, l0, l1, l2, l3] = *trailer;
    let checksum = u32::from_le_bytes([c0, c1, c2, c3]);
    let Ok(claimed) = usize::try_from(u32::from_le_bytes([l0, l1, l2, l3])) else {
        return Ok(false);
    };
    // One byte more, so that the stream decoder can read its trailer without another growth.
    output.hint(claimed.saturating_add(1))?;
    let bytes = output.bytes_mut();
    let begins_again = input.get(1..).is_some_and(|rest| memmem::find(rest, GZIP_MAGIC).is_some());
    if begins_again || claimed > bytes.capacity() {
        return Ok(false);
    }
    bytes.resize(claimed, 0);
    let written = DECOMPRESSOR.with_borrow_mut(|kept| {
        kept.get_or_insert_with(Decompressor::new).gzip_decompress(input, bytes)
    });
    // libdeflate ignores what follows the first member, so its trailer has to be the last one.
    let is_whole = written == Ok(claimed) && crc32(bytes) == checksum;
    if !is_whole {
        bytes.clear();
    }
    Ok(is_whole)
}
