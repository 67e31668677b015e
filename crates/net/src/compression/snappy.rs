//! Snappy, as a block and in its framing format.

use std::io::{Read, Write};

use bytes::Bytes;

use super::output::Output;
use super::{CompressError, DecompressError};

/// The stream identifier chunk with which every framed stream starts.
const STREAM_IDENTIFIER: [u8; 10] = *b"\xff\x06\x00\x00sNaPpY";

pub(super) fn compress_block(input: &[u8]) -> Result<Bytes, CompressError> {
    snap::raw::Encoder::new()
        .compress_vec(input)
        .map(Bytes::from)
        .map_err(|error| CompressError { encoding: "snappy", reason: error.to_string() })
}

pub(super) fn compress_framed(input: &[u8]) -> Result<Bytes, CompressError> {
    let failed = |reason: String| CompressError { encoding: "x-snappy-framed", reason };
    if input.is_empty() {
        // The encoder writes nothing at all for an empty input, not even its header.
        return Ok(Bytes::from_static(&STREAM_IDENTIFIER));
    }
    let mut encoder = snap::write::FrameEncoder::new(Vec::with_capacity(input.len() / 2 + 64));
    encoder.write_all(input).map_err(|error| failed(error.to_string()))?;
    let framed = encoder.into_inner().map_err(|error| failed(error.error().to_string()))?;
    Ok(Bytes::from(framed))
}

/// A framed stream if it starts like one, else a block: both are sent as `snappy` (C§5.3).
pub(super) fn decompress_either(
    input: &[u8],
    output: &mut Output<'_>,
) -> Result<(), DecompressError> {
    if input.starts_with(&STREAM_IDENTIFIER) {
        decompress_framed(input, output)
    } else {
        decompress_block(input, output)
    }
}

fn decompress_block(input: &[u8], output: &mut Output<'_>) -> Result<(), DecompressError> {
    let declared = snap::raw::decompress_len(input).map_err(|_| corrupt())?;
    // The declared length is judged before anything is allocated for it.
    output.reserve_exact(declared)?;
    let bytes = output.bytes_mut();
    bytes.resize(declared, 0);
    let written = snap::raw::Decoder::new().decompress(input, bytes).map_err(|_| corrupt())?;
    bytes.truncate(written);
    Ok(())
}

pub(super) fn decompress_framed(
    input: &[u8],
    output: &mut Output<'_>,
) -> Result<(), DecompressError> {
    if input.is_empty() {
        return Err(DecompressError::corrupt("unexpected EOF"));
    }
    read_all(snap::read::FrameDecoder::new(input), output)
        .map_err(|error| error.unwrap_or(corrupt()))
}

fn corrupt() -> DecompressError {
    DecompressError::corrupt("snappy: corrupt input")
}

/// Reads a decoder to its end. The error is `None` when the decoder itself failed.
pub(super) fn read_all(
    mut decoder: impl Read,
    output: &mut Output<'_>,
) -> Result<(), Option<DecompressError>> {
    loop {
        output.make_room().map_err(Some)?;
        let bytes = output.bytes_mut();
        let (start, end) = (bytes.len(), bytes.capacity());
        bytes.resize(end, 0);
        let read = match bytes.get_mut(start..) {
            Some(room) => decoder.read(room),
            None => Ok(0),
        };
        bytes.truncate(start + read.as_ref().map_or(0, |read| *read));
        match read {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(_) => return Err(None),
        }
    }
}
