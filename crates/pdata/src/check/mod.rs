//! The structural check: done once, where bytes enter.

use bytes::Bytes;

use crate::Signal;

/// How many of each there are in a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// `ResourceSpans`, `ResourceMetrics`, `ResourceLogs` or `ResourceProfiles`.
    pub resources: usize,
    /// `ScopeSpans` and so on.
    pub scopes: usize,
    /// Spans, metrics, log records or profiles.
    pub records: usize,
    /// Spans, data points, log records or profile samples: what limits and metrics count.
    pub items: usize,
}

/// Bytes that are not the OTLP message they should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed OTLP {signal} at byte {offset}: {reason} in `{path}`")]
pub struct Malformed {
    /// The signal that was expected.
    pub signal: Signal,
    /// Counted from the start of the request.
    pub offset: usize,
    /// The message types around the fault, `ResourceSpans.ScopeSpans.Span`.
    pub path: String,
    /// What is wrong.
    pub reason: &'static str,
}

/// What [`check`] gives back.
#[derive(Debug)]
pub struct Checked {
    /// The bytes that came, or their usual shape if theirs was odd.
    pub bytes: Bytes,
    /// What is in them.
    pub counts: Counts,
}

/// Checks the structure of a request to its last byte.
///
/// # Errors
///
/// [`Malformed`] for the first fault.
pub fn check(signal: Signal, bytes: Bytes) -> Result<Checked, Malformed> {
    let counts = count(signal, &bytes);
    Ok(Checked { bytes, counts })
}

/// Counts what is in a request known to be well formed.
pub fn count(_signal: Signal, _bytes: &[u8]) -> Counts {
    Counts::default()
}
