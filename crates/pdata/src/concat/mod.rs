//! Merging batches by joining their bytes.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::Bytes;

use crate::{Batch, Context, Counts, Signal};

/// Batches that cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConcatError {
    /// They hold different signals.
    #[error("batches of different signals cannot be merged: {0} and {1}")]
    Signals(Signal, Signal),
    /// Profiles point into a table of their own request.
    #[error("profiles cannot be merged: each request has a dictionary of its own")]
    Profiles,
}

/// Merges batches of one signal: in protobuf the joined bytes of two messages are the message with
/// the repeated fields of both. Resources are not compared; equal ones stay apart, as in the Go
/// collector. One batch alone comes back as it is, with the new context.
///
/// # Errors
///
/// [`ConcatError`] for different signals and for several batches of profiles.
pub fn concat(batches: &[Batch], context: Arc<Context>) -> Result<Batch, ConcatError> {
    let Some(first) = batches.first() else {
        return Ok(Batch::written(Signal::Traces, Bytes::new(), context));
    };
    if batches.len() == 1 {
        return Ok(first.clone().with_context(context));
    }
    let signal = first.signal();
    if signal == Signal::Profiles {
        return Err(ConcatError::Profiles);
    }
    if let Some(other) = batches.iter().find(|batch| batch.signal() != signal) {
        return Err(ConcatError::Signals(signal, other.signal()));
    }
    let mut bytes = Vec::with_capacity(batches.iter().map(|batch| batch.bytes().len()).sum());
    for batch in batches {
        bytes.extend_from_slice(batch.bytes());
    }
    let counts = batches.iter().map(Batch::counts).fold(Counts::default(), |sum, next| Counts {
        resources: sum.resources + next.resources,
        scopes: sum.scopes + next.scopes,
        records: sum.records + next.records,
        items: sum.items + next.items,
    });
    Ok(Batch::counted(signal, Bytes::from(bytes), counts, context))
}
