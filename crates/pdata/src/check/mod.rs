//! The structural check: done once, where bytes enter.
//!
//! [`check`] walks a request to its last byte by the [schema table](crate::schema). It refuses what
//! no protobuf reader would read, counts what is in it, and brings legal but odd shapes into the
//! usual one, so that nothing further on has to know about them:
//!
//! - a singular message given in parts (`resource` twice) is merged, as protobuf says;
//! - of several members of a oneof with a message among them only the last stays;
//! - field 1000 of old OTLP (`deprecated_scope_spans` and its likes) becomes field 2 when field 2
//!   is absent (C§5.6).
//!
//! Accepted as they are: unknown fields and groups (at most 32 deep), packed and unpacked repeated
//! scalars, repeated singular scalars (readers take the last), text that is not UTF-8, varints
//! longer than needed. An id must be empty or of its exact length. Messages may nest
//! [`NESTING_MAX`] deep.

mod attribute;
mod count;
mod normalise;
#[cfg(test)]
mod tests;
mod walk;

use bytes::Bytes;

pub use self::count::count;
pub(crate) use self::count::{chain, count_from};
use crate::Signal;

/// How deep messages may nest below the request. The limit most protobuf readers have, so what
/// passes here is readable at the other end. It leaves room for 47 lists or 31 maps inside each
/// other in the value of a span's attribute.
pub const NESTING_MAX: usize = 100;

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
    /// Where the faulty field starts, counted from the start of the request.
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
    if u32::try_from(bytes.len()).is_err() {
        let path = signal.schema().name.to_owned();
        let reason = "a request longer than 4 GiB; send smaller batches";
        return Err(Malformed { signal, offset: 0, path, reason });
    }
    let verdict = walk::walk(signal, &bytes)?;
    if verdict.is_odd {
        if let Some(usual) = normalise::normalise(signal.schema(), &bytes) {
            let counts = count(signal, &usual);
            return Ok(Checked { bytes: usual.into(), counts });
        }
        let counts = count(signal, &bytes);
        return Ok(Checked { bytes, counts });
    }
    Ok(Checked { bytes, counts: verdict.counts })
}
