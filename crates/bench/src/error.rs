//! What can go wrong in the bench.

use std::io;

/// A failure that ends a measurement or the run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The operating system refused.
    #[error("cannot {doing}: {source}")]
    Io {
        /// What was being done, as a verb phrase.
        doing: String,
        /// Why it failed.
        source: io::Error,
    },
    /// A connection could not be made or served.
    #[error("transport: {0}")]
    Transport(#[from] tonic::transport::Error),
    /// A call was answered with an error.
    #[error("{doing}: answered {:?}: {}", .status.code(), .status.message())]
    Refused {
        /// What was asked.
        doing: &'static str,
        /// The answer.
        status: Box<tonic::Status>,
    },
    /// Anything else, told in one sentence.
    #[error("{0}")]
    Failed(String),
}

impl Error {
    /// Wraps an I/O error with what was being done; for `map_err`.
    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        |source| Self::Io { doing: doing.into(), source }
    }

    /// Wraps a status with what was asked; for `map_err`.
    pub(crate) fn refused(doing: &'static str) -> impl FnOnce(tonic::Status) -> Self {
        move |status| Self::Refused { doing, status: Box::new(status) }
    }
}
