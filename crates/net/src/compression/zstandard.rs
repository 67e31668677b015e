//! Zstandard.

use std::cell::RefCell;

use bytes::Bytes;
use zstd::zstd_safe::{DCtx, DParameter, InBuffer, OutBuffer, ResetDirective, get_error_name};
use zstd::{bulk::Compressor, zstd_safe::get_frame_content_size};

use super::output::Output;
use super::{CompressError, DecompressError};

/// log2 of the largest window: 32 MiB, what the Go collector's best level writes.
const WINDOW_LOG_MAX: u32 = 25;
/// A decoder that has grown past this many bytes is not kept for the next body.
const KEPT_DECODER_BYTES: usize = 1 << 20;

thread_local! {
    // One compressor per thread, for the level used last; one decoder per thread.
    static COMPRESSOR: RefCell<Option<(i32, Compressor<'static>)>> = const { RefCell::new(None) };
    static DECODER: RefCell<Option<DCtx<'static>>> = const { RefCell::new(None) };
}

/// The collector's level to zstd's own: it knows four speeds (C§6.2), unset is the fastest.
fn level_of(level: Option<i32>) -> i32 {
    match level {
        None | Some(..3) => 1,
        Some(3..6) => 3,
        Some(6..11) => 7,
        Some(_) => 11,
    }
}

pub(super) fn compress(input: &[u8], level: Option<i32>) -> Result<Bytes, CompressError> {
    let level = level_of(level);
    let failed =
        |error: std::io::Error| CompressError { encoding: "zstd", reason: error.to_string() };
    COMPRESSOR.with_borrow_mut(|kept| {
        let mut compressor = match kept.take() {
            Some((at, compressor)) if at == level => compressor,
            _ => Compressor::new(level).map_err(failed)?,
        };
        let mut compressed = compressor.compress(input).map_err(failed)?;
        *kept = Some((level, compressor));
        if compressed.capacity() > compressed.len().saturating_mul(2) {
            compressed.shrink_to_fit();
        }
        Ok(Bytes::from(compressed))
    })
}

pub(super) fn decompress(input: &[u8], output: &mut Output<'_>) -> Result<(), DecompressError> {
    if input.is_empty() {
        return Err(DecompressError::corrupt("unexpected EOF"));
    }
    if !has_magic(input) {
        return Err(DecompressError::corrupt("invalid input: magic number mismatch"));
    }
    if let Ok(Some(claimed)) = get_frame_content_size(input) {
        output.hint(usize::try_from(claimed).unwrap_or(usize::MAX).saturating_add(1))?;
    }
    DECODER.with_borrow_mut(|kept| {
        let Some(mut decoder) = kept.take().or_else(DCtx::try_create) else {
            return Err(DecompressError::corrupt("zstd: cannot create a decoder"));
        };
        let result = frames(&mut decoder, input, output);
        if result.is_ok() && decoder.sizeof() <= KEPT_DECODER_BYTES {
            *kept = Some(decoder);
        }
        result
    })
}

/// A frame, or a skippable frame (RFC 8878 §3.1).
fn has_magic(input: &[u8]) -> bool {
    input.first_chunk::<4>().is_some_and(|magic| {
        let magic = u32::from_le_bytes(*magic);
        magic == 0xfd2f_b528 || magic & 0xffff_fff0 == 0x184d_2a50
    })
}

fn frames(
    decoder: &mut DCtx<'static>,
    input: &[u8],
    output: &mut Output<'_>,
) -> Result<(), DecompressError> {
    decoder.reset(ResetDirective::SessionOnly).map_err(corrupt)?;
    decoder.set_parameter(DParameter::WindowLogMax(WINDOW_LOG_MAX)).map_err(corrupt)?;
    let mut source = InBuffer::around(input);
    loop {
        output.make_room()?;
        let bytes = output.bytes_mut();
        let (start, consumed) = (bytes.len(), source.pos());
        let mut sink = OutBuffer::around_pos(bytes, start);
        let hint = decoder.decompress_stream(&mut sink, &mut source).map_err(corrupt)?;
        let written = sink.pos() - start;
        output.check()?;
        if hint == 0 && source.pos() == input.len() {
            return Ok(());
        }
        if written == 0 && source.pos() == consumed {
            return Err(DecompressError::corrupt("unexpected EOF"));
        }
    }
}

fn corrupt(code: usize) -> DecompressError {
    let name = get_error_name(code);
    if name.contains("too much memory") {
        return DecompressError::WindowTooLarge { limit: 1 << WINDOW_LOG_MAX };
    }
    if name.contains("Unknown frame descriptor") {
        return DecompressError::corrupt("invalid input: magic number mismatch");
    }
    DecompressError::corrupt(format!("zstd: corrupt input: {}", name.to_lowercase()))
}
