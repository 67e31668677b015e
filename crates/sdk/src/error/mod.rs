//! The ways a component can fail.

use std::{fmt, time::Duration};

use bytes::Bytes;
use pdata::Batch;

use crate::Delivered;

#[cfg(test)]
mod tests;

/// Why a batch was not taken. It carries whether the same batch may succeed later, and the status
/// it came with, so that the answer to the first client is the answer of the last backend.
#[derive(Clone, Debug)]
pub struct Error {
    message: String,
    permanent: bool,
    too_large: bool,
    advice: Option<&'static str>,
    /// The mark of permanence already stands inside the message.
    marked: bool,
    retry_after: Option<Duration>,
    status: Option<Box<GrpcStatus>>,
    rest: Option<Box<Rest>>,
}

/// What was not taken of a batch of which a part was.
#[derive(Clone, Debug)]
pub struct Rest {
    /// The records that were not taken: what an exporter is given when it tries again.
    pub batch: Batch,
    /// What the backends said of the records that were.
    pub delivered: Delivered,
}

/// A gRPC status as it travels: code, message and the `google.rpc.Status` of its details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrpcStatus {
    /// What went wrong.
    pub code: Code,
    /// In words.
    pub message: String,
    /// The encoded `google.rpc.Status` of `grpc-status-details-bin`; empty when there is none.
    pub details: Bytes,
}

/// The canonical gRPC status codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    missing_docs,
    reason = "the names are the documentation: grpc.io/docs/guides/status-codes"
)]
pub enum Code {
    Ok = 0,
    Canceled = 1,
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Aborted = 10,
    OutOfRange = 11,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    DataLoss = 15,
    Unauthenticated = 16,
}

impl Code {
    const ALL: [Self; 17] = [
        Self::Ok,
        Self::Canceled,
        Self::Unknown,
        Self::InvalidArgument,
        Self::DeadlineExceeded,
        Self::NotFound,
        Self::AlreadyExists,
        Self::PermissionDenied,
        Self::ResourceExhausted,
        Self::FailedPrecondition,
        Self::Aborted,
        Self::OutOfRange,
        Self::Unimplemented,
        Self::Internal,
        Self::Unavailable,
        Self::DataLoss,
        Self::Unauthenticated,
    ];

    /// The code with this number; `Unknown` for any other number, as gRPC asks.
    pub fn from_number(number: i32) -> Self {
        Self::ALL.into_iter().find(|code| *code as i32 == number).unwrap_or(Self::Unknown)
    }
}

impl Error {
    /// The batch was not taken now; the same batch may be later.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(message.into(), false)
    }

    /// The same batch will never be taken.
    pub fn permanent(message: impl Into<String>) -> Self {
        Self::new(message.into(), true)
    }

    fn new(message: String, permanent: bool) -> Self {
        Self {
            message,
            permanent,
            too_large: false,
            advice: None,
            marked: false,
            retry_after: None,
            status: None,
            rest: None,
        }
    }

    /// Says how long to wait before trying again.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Keeps the status this error came with.
    #[must_use]
    pub fn with_status(mut self, status: GrpcStatus) -> Self {
        self.status = Some(Box::new(status));
        self
    }

    /// Says that the batch is larger than the backend ever takes, and that smaller ones may go through.
    /// That makes the error permanent, and waiting pointless. Only an exporter's error says so: the
    /// engine sends the halves.
    #[must_use]
    pub fn too_large(mut self) -> Self {
        self.permanent = true;
        self.too_large = true;
        self.retry_after = None;
        self
    }

    /// Says which setting is wrong, if the answer of a backend means that one is: what to do, without
    /// anything of the answer. The engine logs it once and shows it as the exporter's status.
    #[must_use]
    pub fn advise(mut self, advice: &'static str) -> Self {
        self.advice = Some(advice);
        self
    }

    /// Says that only `batch` was not taken, and what became of the others. Only an exporter's
    /// error says so: the engine counts the others as sent, and tries again with the rest alone.
    #[must_use]
    pub fn with_rest(mut self, batch: Batch, delivered: Delivered) -> Self {
        self.rest = Some(Box::new(Rest { batch, delivered }));
        self
    }

    /// Takes out what was not taken, if a part of the batch was.
    pub fn take_rest(&mut self) -> Option<Rest> {
        self.rest.take().map(|rest| *rest)
    }

    /// Puts words in front: who failed, or at what. The mark of permanence stays where it was, as
    /// in the Go collector: `not retryable error: Permanent error: …`.
    #[must_use]
    pub fn context(mut self, words: impl fmt::Display) -> Self {
        self.message = format!("{words}: {self}");
        self.marked = self.permanent;
        self
    }

    /// One error for the failures of several consumers of the same batch: permanent if any of
    /// them is, too large if any is, with the first status and advice and the longest wait among
    /// them. None when there was none.
    pub fn combined(errors: impl IntoIterator<Item = Self>) -> Option<Self> {
        errors.into_iter().reduce(|mut all, next| {
            all.message = format!("{}; {}", all.message, next.message);
            all.permanent |= next.permanent;
            // Sent in halves, what is refused for another reason is only refused again.
            all.too_large |= next.too_large;
            all.advice = all.advice.or(next.advice);
            all.retry_after = all.retry_after.max(next.retry_after);
            all.status = all.status.or(next.status);
            // What one of them did not take says nothing of the others.
            all.rest = None;
            all
        })
    }

    /// Whether the same batch will never be taken.
    pub fn is_permanent(&self) -> bool {
        self.permanent
    }

    /// Whether smaller batches may be taken where this one never will.
    pub fn is_too_large(&self) -> bool {
        self.too_large
    }

    /// What to do about a wrong setting, if that is the reason.
    pub fn advice(&self) -> Option<&'static str> {
        self.advice
    }

    /// How long to wait before trying again, if somebody said so.
    pub fn wait(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The status it came with.
    pub fn status(&self) -> Option<&GrpcStatus> {
        self.status.as_deref()
    }

    /// What happened, without a leading mark of permanence.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.permanent && !self.marked {
            f.write_str("Permanent error: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// A component could not be made from its settings. The engine adds which component.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct BuildError(pub String);

/// A component could not start: a port taken, a file that cannot be opened. The engine adds which
/// component.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct StartError(pub String);

impl From<String> for BuildError {
    fn from(message: String) -> Self {
        Self(message)
    }
}

impl From<String> for StartError {
    fn from(message: String) -> Self {
        Self(message)
    }
}
