//! The LZ4 frame format.

use std::cell::Cell;
use std::io::{self, Read, Write};

use bytes::Bytes;
use lz4_flex::frame::{FrameDecoder, FrameEncoder};

use super::output::Output;
use super::snappy::read_all;
use super::{CompressError, DecompressError};

/// Length of the number with which each frame starts.
const MAGIC_LEN: usize = 4;

pub(super) fn compress(input: &[u8]) -> Result<Bytes, CompressError> {
    let failed = |reason: String| CompressError { encoding: "lz4", reason };
    let mut encoder = FrameEncoder::new(Vec::with_capacity(input.len() / 2 + 64));
    encoder.write_all(input).map_err(|error| failed(error.to_string()))?;
    encoder.finish().map(Bytes::from).map_err(|error| failed(error.to_string()))
}

pub(super) fn decompress(input: &[u8], output: &mut Output<'_>) -> Result<(), DecompressError> {
    if input.len() < MAGIC_LEN {
        return Err(DecompressError::corrupt("unexpected EOF"));
    }
    let source = Source { rest: Cell::new(input), cut_short: Cell::new(false) };
    let mut left = usize::MAX;
    // The decoder stops at the end of each frame; more frames may follow.
    while source.rest.get().len() < left {
        left = source.rest.get().len();
        if left == 0 {
            break;
        }
        read_all(FrameDecoder::new(&source), output).map_err(|error| {
            error.unwrap_or_else(|| DecompressError::corrupt("lz4: corrupt input"))
        })?;
        if source.cut_short.get() {
            return Err(DecompressError::corrupt("unexpected EOF"));
        }
    }
    if source.rest.get().is_empty() {
        Ok(())
    } else {
        Err(DecompressError::corrupt("lz4: corrupt input"))
    }
}

/// The input, noting whether the decoder wanted more than there was. The decoder itself takes an
/// input that ends between two blocks for a complete one, which would lose data silently.
struct Source<'i> {
    rest: Cell<&'i [u8]>,
    cut_short: Cell<bool>,
}

impl Read for &Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut rest = self.rest.get();
        let read = rest.read(buffer)?;
        self.rest.set(rest);
        // Asking for a magic number at the end is how a complete input ends.
        if read == 0 && buffer.len() != MAGIC_LEN {
            self.cut_short.set(true);
        }
        Ok(read)
    }

    fn read_exact(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        let mut rest = self.rest.get();
        let result = rest.read_exact(buffer);
        self.rest.set(rest);
        if result.is_err() {
            self.cut_short.set(true);
        }
        result
    }
}
