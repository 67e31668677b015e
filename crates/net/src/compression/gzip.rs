//! DEFLATE in its two wrappers: gzip and zlib.

use std::cell::RefCell;

use bytes::Bytes;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use super::output::Output;
use super::{CompressError, DecompressError};

/// What stands around the deflated data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapper {
    Gzip,
    Zlib,
}

impl Wrapper {
    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zlib => "zlib",
        }
    }

    fn has_header(self, input: &[u8]) -> bool {
        match (self, input) {
            (Self::Gzip, [0x1f, 0x8b, 8, ..]) => true,
            (Self::Zlib, [method, flags, ..]) => {
                method & 0x0f == 8 && (u16::from(*method) << 8 | u16::from(*flags)) % 31 == 0
            }
            _ => false,
        }
    }
}

/// log2 of the history; 32 KiB is DEFLATE's largest.
const WINDOW_BITS: u8 = 15;

thread_local! {
    // A compressor is some 300 KB. One per thread is kept, for the wrapper and level used last.
    static COMPRESSOR: RefCell<Option<(Wrapper, u32, Compress)>> = const { RefCell::new(None) };
}

/// The collector's level to zlib's. Huffman-only (-2) has no twin here and becomes the fastest.
fn level_of(level: Option<i32>) -> u32 {
    match level {
        None | Some(0 | -1) => Compression::default().level(),
        Some(level) => u32::try_from(level).map_or(1, |level| level.clamp(1, 9)),
    }
}

pub(super) fn compress(
    input: &[u8],
    wrapper: Wrapper,
    level: Option<i32>,
) -> Result<Bytes, CompressError> {
    let level = level_of(level);
    COMPRESSOR.with_borrow_mut(|kept| {
        let mut compressor = match kept.take() {
            Some((was, at, mut compressor)) if was == wrapper && at == level => {
                compressor.reset();
                compressor
            }
            _ => match wrapper {
                Wrapper::Gzip => Compress::new_gzip(Compression::new(level), WINDOW_BITS),
                Wrapper::Zlib => Compress::new(Compression::new(level), true),
            },
        };
        let compressed = run(&mut compressor, input, wrapper)?;
        *kept = Some((wrapper, level, compressor));
        Ok(compressed)
    })
}

fn run(compressor: &mut Compress, input: &[u8], wrapper: Wrapper) -> Result<Bytes, CompressError> {
    let mut output = Vec::with_capacity(input.len() / 4 + 64);
    let mut rest = input;
    loop {
        let before = compressor.total_in();
        let status = compressor
            .compress_vec(rest, &mut output, FlushCompress::Finish)
            .map_err(|error| failed(wrapper, error.to_string()))?;
        let consumed = usize::try_from(compressor.total_in() - before).unwrap_or(usize::MAX);
        rest = rest.get(consumed..).unwrap_or_default();
        match status {
            Status::StreamEnd => return Ok(Bytes::from(output)),
            Status::Ok | Status::BufError if output.len() == output.capacity() => {
                output.reserve(output.capacity().max(64));
            }
            Status::Ok => {}
            Status::BufError => return Err(failed(wrapper, "no progress".to_owned())),
        }
    }
}

fn failed(wrapper: Wrapper, reason: String) -> CompressError {
    CompressError { encoding: wrapper.name(), reason }
}

pub(super) fn decompress(
    input: &[u8],
    wrapper: Wrapper,
    output: &mut Output<'_>,
) -> Result<(), DecompressError> {
    if input.is_empty() {
        return Err(DecompressError::corrupt("unexpected EOF"));
    }
    if wrapper == Wrapper::Gzip
        && let Some(length) = input.last_chunk::<4>()
    {
        // RFC 1952: the last four bytes are the length of the last member.
        // One byte more, so that the decoder can read its trailer without another growth.
        let claimed = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(0);
        output.hint(claimed.saturating_add(1))?;
    }
    let mut rest = input;
    while !rest.is_empty() {
        rest = member(rest, wrapper, output)?;
        if wrapper == Wrapper::Zlib {
            break;
        }
    }
    Ok(())
}

/// Decodes one member and returns what follows it.
fn member<'i>(
    input: &'i [u8],
    wrapper: Wrapper,
    output: &mut Output<'_>,
) -> Result<&'i [u8], DecompressError> {
    if !wrapper.has_header(input) {
        return Err(DecompressError::corrupt(format!("{}: invalid header", wrapper.name())));
    }
    let mut decoder = match wrapper {
        Wrapper::Gzip => Decompress::new_gzip(WINDOW_BITS),
        Wrapper::Zlib => Decompress::new(true),
    };
    let mut rest = input;
    loop {
        output.make_room()?;
        let (before_in, before_out) = (decoder.total_in(), decoder.total_out());
        let status = decoder
            .decompress_vec(rest, output.bytes_mut(), FlushDecompress::None)
            .map_err(|error| corrupt(wrapper, error.message()))?;
        let consumed = usize::try_from(decoder.total_in() - before_in).unwrap_or(usize::MAX);
        rest = rest.get(consumed..).unwrap_or_default();
        if status == Status::StreamEnd {
            output.check()?;
            return Ok(rest);
        }
        if consumed == 0 && decoder.total_out() == before_out {
            return Err(DecompressError::corrupt("unexpected EOF"));
        }
    }
}

fn corrupt(wrapper: Wrapper, message: Option<&str>) -> DecompressError {
    let name = wrapper.name();
    match message {
        Some(message) if message.contains("check") && message.contains("incorrect data") => {
            DecompressError::corrupt(format!("{name}: invalid checksum"))
        }
        Some(message) => DecompressError::corrupt(format!("{name}: corrupt input: {message}")),
        None => DecompressError::corrupt(format!("{name}: corrupt input")),
    }
}
