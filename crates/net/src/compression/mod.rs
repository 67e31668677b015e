//! Whole-buffer compression: what HTTP calls `Content-Encoding` and gRPC calls `grpc-encoding`.
//!
//! Read in this order: [`Encoding`] (which formats there are), [`compress`], [`decompress`] with its
//! [`DecompressLimits`], [`Packed`] for what goes on as it came, then the file of each format. Every decoder writes through one bounded
//! `Output`, so a small body can never become a large one unnoticed.

mod deflate;
mod error;
mod gzip;
mod lz4;
mod output;
mod packed;
mod snappy;
#[cfg(test)]
mod tests;
mod zstandard;

use bytes::Bytes;

pub use self::error::{CompressError, DecompressError};
pub use self::output::DecompressLimits;
use self::output::Output;
pub use self::packed::{Packed, Payload};

/// A format in which a body may travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// As it is.
    Identity,
    /// RFC 1952, one or more members.
    Gzip,
    /// The zlib wrapper (RFC 1950), written as `zlib`.
    Zlib,
    /// The zlib wrapper again, written as `deflate` as RFC 9110 asks.
    Deflate,
    /// A snappy block; when read, the framed format is recognised too.
    Snappy,
    /// The snappy framing format. gRPC calls this one `snappy`.
    XSnappyFramed,
    /// RFC 8878.
    Zstd,
    /// The LZ4 frame format.
    Lz4,
}

impl Encoding {
    /// Every encoding, in the order of the collector's documentation.
    pub const ALL: [Self; 8] = [
        Self::Identity,
        Self::Gzip,
        Self::Zstd,
        Self::Zlib,
        Self::Snappy,
        Self::Deflate,
        Self::Lz4,
        Self::XSnappyFramed,
    ];

    /// The encodings a gRPC server reads, as `grpc-accept-encoding` lists them.
    pub const GRPC_ACCEPTED: &'static str = "identity,gzip,snappy,zstd,deflate";

    /// The encoding that HTTP means by `name`; an empty name is [`Encoding::Identity`].
    /// Upper case is accepted, as RFC 9110 asks.
    #[must_use]
    pub fn from_http_name(name: &str) -> Option<Self> {
        if name.is_empty() {
            return Some(Self::Identity);
        }
        Self::ALL.into_iter().find(|encoding| encoding.http_name().eq_ignore_ascii_case(name))
    }

    /// The encoding that gRPC means by `name`, or `None` where gRPC does not know it.
    #[must_use]
    pub fn from_grpc_name(name: &str) -> Option<Self> {
        match name {
            "" | "identity" => Some(Self::Identity),
            "gzip" => Some(Self::Gzip),
            "snappy" => Some(Self::XSnappyFramed),
            "zstd" => Some(Self::Zstd),
            "deflate" => Some(Self::Deflate),
            _ => None,
        }
    }

    /// The name in `Content-Encoding`.
    #[must_use]
    pub fn http_name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Zlib => "zlib",
            Self::Deflate => "deflate",
            Self::Snappy => "snappy",
            Self::XSnappyFramed => "x-snappy-framed",
            Self::Zstd => "zstd",
            Self::Lz4 => "lz4",
        }
    }

    /// The name in `grpc-encoding`, or `None` where gRPC has none.
    #[must_use]
    pub fn grpc_name(self) -> Option<&'static str> {
        match self {
            Self::Identity => Some("identity"),
            Self::Gzip => Some("gzip"),
            Self::XSnappyFramed => Some("snappy"),
            Self::Zstd => Some("zstd"),
            Self::Deflate => Some("deflate"),
            Self::Zlib | Self::Snappy | Self::Lz4 => None,
        }
    }
}

/// Compresses `input`. `level` is the collector's number (C§6.2): `None` is the format's default,
/// formats without levels ignore it.
///
/// # Errors
///
/// Only where the format cannot hold the input (a snappy block ends at 4 GiB) or the compressor
/// itself fails.
pub fn compress(
    input: &Bytes,
    encoding: Encoding,
    level: Option<i32>,
) -> Result<Bytes, CompressError> {
    match encoding {
        Encoding::Identity => Ok(input.clone()),
        Encoding::Gzip => deflate::compress(input, gzip::Wrapper::Gzip, level),
        Encoding::Zlib | Encoding::Deflate => deflate::compress(input, gzip::Wrapper::Zlib, level),
        Encoding::Snappy => snappy::compress_block(input),
        Encoding::XSnappyFramed => snappy::compress_framed(input),
        Encoding::Zstd => zstandard::compress(input, level),
        Encoding::Lz4 => lz4::compress(input),
    }
}

/// Decompresses `input`, never holding more than `limits` allow.
///
/// # Errors
///
/// [`DecompressError`]: corrupt input, or a result over the limits.
pub fn decompress(
    input: &Bytes,
    encoding: Encoding,
    limits: DecompressLimits,
) -> Result<Bytes, DecompressError> {
    decompress_accounted(input, encoding, limits, &mut |_| true)
}

/// [`decompress`] that asks `take` before each growth of the output, in bytes. A `false` stops with
/// [`DecompressError::OverBudget`].
///
/// # Errors
///
/// [`DecompressError`].
pub fn decompress_accounted(
    input: &Bytes,
    encoding: Encoding,
    limits: DecompressLimits,
    take: &mut (dyn FnMut(usize) -> bool + Send),
) -> Result<Bytes, DecompressError> {
    if encoding == Encoding::Identity {
        if input.len() > limits.max_size {
            return Err(DecompressError::TooLarge { limit: limits.max_size });
        }
        return Ok(input.clone());
    }
    let mut output = Output::new(input.len(), limits, take);
    match encoding {
        Encoding::Identity => {}
        Encoding::Gzip => gzip::decompress(input, gzip::Wrapper::Gzip, &mut output)?,
        Encoding::Zlib | Encoding::Deflate => {
            gzip::decompress(input, gzip::Wrapper::Zlib, &mut output)?;
        }
        Encoding::Snappy => snappy::decompress_either(input, &mut output)?,
        Encoding::XSnappyFramed => snappy::decompress_framed(input, &mut output)?,
        Encoding::Zstd => zstandard::decompress(input, &mut output)?,
        Encoding::Lz4 => lz4::decompress(input, &mut output)?,
    }
    output.finish()
}
