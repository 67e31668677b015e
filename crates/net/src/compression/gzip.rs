//! DEFLATE in its two wrappers: gzip and zlib, decompressed as a stream that stops at its limits.

use flate2::{Decompress, FlushDecompress, Status};

use super::{DecompressError, deflate, output::Output};

/// How each gzip member begins (RFC 1952).
pub(super) const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b, 8];

/// What stands around the deflated data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapper {
    Gzip,
    Zlib,
}

impl Wrapper {
    pub(super) fn name(self) -> &'static str {
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

pub(super) fn decompress(
    input: &[u8],
    wrapper: Wrapper,
    output: &mut Output<'_>,
) -> Result<(), DecompressError> {
    if input.is_empty() {
        return Err(DecompressError::corrupt("unexpected EOF"));
    }
    if wrapper == Wrapper::Gzip && deflate::decompress_gzip(input, output)? {
        return output.check();
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
