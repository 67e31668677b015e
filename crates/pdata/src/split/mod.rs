//! Splitting a batch into smaller ones.

mod part;
#[cfg(test)]
mod tests;

use std::ops::Range;

use self::part::Part;
use crate::{
    Batch, Signal,
    check::{chain, count_from},
    wire::{Field, FieldValue, Fields},
};

/// How large a part may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Spans, data points, log records or profiles; at least one.
    Items(usize),
    /// Bytes of protobuf. One item that is larger alone comes out alone and over the limit: the
    /// caller decides whether to send or drop it (C§6.4).
    Bytes(usize),
}

/// Splits a batch into parts within the limit, in order, none of them without items, each as full
/// as the limit allows. What stands around the records (resource, scope, schema URLs, fields nobody
/// knows; of a metric all but the data points) is repeated in each part that needs it.
///
/// A batch within the limit, one without items, and any batch of profiles, whose records share a
/// dictionary, comes back as it is. A metric without data points stays with its neighbours and is
/// left out where it has none, as a resource without scopes and a scope without records may be.
pub fn split(batch: &Batch, limit: Limit) -> Vec<Batch> {
    let limit = match limit {
        Limit::Items(most) => Limit::Items(most.max(1)),
        bytes => bytes,
    };
    let fits = match limit {
        Limit::Items(most) => batch.items() <= most,
        Limit::Bytes(most) => batch.bytes().len() <= most,
    };
    if fits || batch.is_empty() || batch.signal() == Signal::Profiles {
        return vec![batch.clone()];
    }
    let chain = chain(batch.signal());
    let mut splitter =
        Splitter { batch, limit, chain, part: Part::new(batch.bytes()), parts: Vec::new() };
    splitter.descend(0, 0, 0..batch.bytes().len());
    splitter.finish();
    splitter.parts
}

/// The level on which spans, metrics and log records stand.
const RECORDS: usize = 2;

/// Goes through a batch and fills one part after the other.
struct Splitter<'a> {
    batch: &'a Batch,
    limit: Limit,
    /// The way down to the items; the index into it is called the level.
    chain: &'static [u32],
    part: Part<'a>,
    parts: Vec<Batch>,
}

impl<'a> Splitter<'a> {
    /// Offers what is in a message to the part piece by piece.
    fn descend(&mut self, level: usize, number: u32, message: Range<usize>) {
        let base = message.start;
        let batch: &'a Batch = self.batch;
        let bytes = batch.bytes().get(message).unwrap_or_default();
        let mask = self.chain.get(level).copied().unwrap_or(0);
        let own = Fields::new(bytes).filter(|field| !is_child(mask, field));
        self.part.enter(number, own.map(|field| base + field.start..base + field.end));
        for field in Fields::new(bytes).filter(|field| is_child(mask, field)) {
            self.child(level, base, &field);
        }
        self.part.leave();
    }

    /// Takes a message whole if it fits. If not, looks inside; and what has no inside to look into
    /// goes to a part of its own.
    fn child(&mut self, level: usize, base: usize, field: &Field<'_>) {
        let raw = base + field.start..base + field.end;
        let items = self.items(level, field.value.bytes());
        if !self.fits(raw.len(), items) {
            let is_item = level + 1 == self.chain.len();
            let is_record_without_items = level == RECORDS && items == 0;
            if !is_item && !is_record_without_items {
                let content = base + field.value_start..raw.end;
                return self.descend(level + 1, field.number, content);
            }
            self.finish();
        }
        self.part.take(raw, items);
    }

    /// How many items are in a child on this level.
    fn items(&self, level: usize, content: &[u8]) -> usize {
        let below = self.chain.get(level + 1..).unwrap_or_default();
        let mut levels = [0; 5];
        count_from(below, content, &mut levels);
        match below.len().checked_sub(1) {
            Some(last) => levels.get(last).copied().unwrap_or(0),
            None => 1,
        }
    }

    fn fits(&self, length: usize, items: usize) -> bool {
        match self.limit {
            Limit::Items(most) => self.part.items() + items <= most,
            Limit::Bytes(most) => self.part.len_with(length) <= most,
        }
    }

    /// Ends the part and begins the next below the same messages.
    fn finish(&mut self) {
        let has_items = self.part.items() > 0;
        let bytes = self.part.finish();
        if has_items {
            let context = self.batch.context().clone();
            self.parts.push(Batch::written(self.batch.signal(), bytes.into(), context));
        }
    }
}

fn is_child(mask: u32, field: &Field<'_>) -> bool {
    field.number < 32 && mask >> field.number & 1 == 1 && matches!(field.value, FieldValue::Len(_))
}
