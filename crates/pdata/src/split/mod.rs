//! Splitting a batch into smaller ones.

#[cfg(test)]
mod tests;

use crate::{Batch, BatchBuilder, for_each_record};

/// How large a part may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Spans, data points, log records or profiles; at least one.
    Items(usize),
    /// Bytes of protobuf. One item that is larger alone comes out alone and over the limit: the
    /// caller decides whether to send or drop it.
    Bytes(usize),
}

/// Splits a batch into parts within the limit, in order, none of them empty. Resource, scope and
/// metric headers are repeated in each part that needs them. A batch within the limit, and any
/// batch of profiles, whose records share a dictionary, comes back as it is.
pub fn split(batch: &Batch, limit: Limit) -> Vec<Batch> {
    let fits = match limit {
        Limit::Items(most) => batch.items() <= most.max(1),
        Limit::Bytes(most) => batch.bytes().len() <= most,
    };
    if fits || batch.signal() == crate::Signal::Profiles {
        return vec![batch.clone()];
    }
    let signal = batch.signal();
    let mut parts = Vec::new();
    let mut builder = BatchBuilder::new(signal);
    for_each_record(signal, batch.bytes(), &mut |record| {
        let is_full = match limit {
            Limit::Items(most) => builder.items() >= most.max(1),
            Limit::Bytes(most) => builder.bytes_max_with(&record) > most,
        };
        if is_full && builder.items() > 0 {
            let full = std::mem::replace(&mut builder, BatchBuilder::new(signal));
            parts.push(full.build(batch.context().clone()));
        }
        builder.push(&record);
    });
    if builder.items() > 0 {
        parts.push(builder.build(batch.context().clone()));
    }
    parts
}
