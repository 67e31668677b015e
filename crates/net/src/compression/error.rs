//! What can go wrong, in the words of the Go collector where it has words (C§5.3).

/// A body that could not be compressed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{encoding} compressor failed: {reason}")]
pub struct CompressError {
    /// Which format.
    pub encoding: &'static str,
    /// What the compressor said.
    pub reason: String,
}

/// A body that could not be decompressed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecompressError {
    /// The bytes are not what the encoding's name promises.
    #[error("{0}")]
    Corrupt(String),
    /// The result would be longer than allowed.
    #[error("http: request body too large: more than {limit} bytes after decompression")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The result is out of proportion to the input, as in a decompression bomb.
    #[error(
        "decompressed body is more than {max_ratio} times its compressed size of {compressed} bytes"
    )]
    RatioTooHigh {
        /// Length of the input, in bytes.
        compressed: usize,
        /// The highest ratio allowed.
        max_ratio: usize,
    },
    /// A zstd frame needs a larger window than allowed.
    #[error("window size exceeded: zstd windows over {limit} bytes are refused")]
    WindowTooLarge {
        /// The largest window, in bytes.
        limit: usize,
    },
    /// The process holds as many bytes as it may; try again later.
    #[error("too many bytes in flight, try again later")]
    OverBudget,
}

impl DecompressError {
    /// Corrupt input, described by `text`.
    pub(super) fn corrupt(text: impl Into<String>) -> Self {
        Self::Corrupt(text.into())
    }
}
