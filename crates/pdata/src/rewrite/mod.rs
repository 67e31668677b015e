//! Editing a batch: one walk, all stages, only what changed is written anew.
//!
//! [`rewrite()`] walks the request, opens the records asked for and collects *splices*, ranges of the
//! input with the bytes that replace them; the length of every message around a change is one more
//! splice. At the end one buffer of exactly the right size is filled by copying runs. A batch in
//! which nothing changed is handed back as it was, the same memory. Why so: docs/decisions/0003.
//!
//! Read in this order: this file, `walk` (what is visited when), `metrics` (the extra level there),
//! `splices`, `scratch` (memory used again).

mod metrics;
mod scratch;
mod splices;
#[cfg(test)]
mod tests;
mod walk;

use std::cell::OnceCell;

use bytes::Bytes;

use self::walk::Walk;
pub(crate) use self::{
    scratch::{Scratch, emptied},
    splices::{Node, Splices},
};
use crate::{Batch, Context, Record, RecordKinds, Signal, Verdict, wire::Fields};

/// Where a record stands: what is around it, to read.
#[derive(Debug)]
pub struct Around<'r, 'a> {
    /// The signal of the batch.
    pub signal: Signal,
    /// Who sent the batch.
    pub context: &'r Context,
    /// The resource, with the edits made to it; empty while the resource itself is visited.
    pub resource: &'r Record<'a>,
    /// The scope, with the edits made to it; absent while a resource or the scope itself is visited.
    pub scope: Option<&'r Record<'a>>,
    /// The metric of a data point, with the edits made to it; absent for all other records.
    pub metric: Option<&'r Record<'a>>,
    groups: (&'r Group<'a>, Option<&'r Group<'a>>),
}

impl<'a> Around<'_, 'a> {
    /// The schema URL beside the resource; empty when absent.
    pub fn resource_schema_url(&self) -> &'a [u8] {
        self.groups.0.schema_url()
    }

    /// The schema URL beside the scope; empty when absent.
    pub fn scope_schema_url(&self) -> &'a [u8] {
        self.groups.1.map_or(&[], Group::schema_url)
    }
}

/// A `ResourceSpans`, `ScopeSpans` and so on: a header, what stands under it, and a schema URL,
/// which usually comes last and so is looked for only when asked.
#[derive(Debug)]
struct Group<'a> {
    content: &'a [u8],
    schema_url: OnceCell<&'a [u8]>,
}

impl<'a> Group<'a> {
    fn new(content: &'a [u8]) -> Self {
        Self { content, schema_url: OnceCell::new() }
    }

    fn schema_url(&self) -> &'a [u8] {
        self.schema_url.get_or_init(|| {
            let urls = Fields::new(self.content).filter(|field| field.number == 3);
            urls.last().map_or(&[], |field| field.value.bytes())
        })
    }
}

/// What came of a rewrite.
#[derive(Debug)]
pub struct Rewritten {
    /// The batch with the edits made; the same bytes in the same memory if there was none.
    pub batch: Batch,
    /// Spans, data points or log records that are no longer in it.
    pub dropped_items: usize,
}

/// Visits the records of the `kinds` asked for and makes the edits `visit` makes to them.
///
/// A resource comes before its scopes, a scope before its records, a metric before its data points,
/// whatever their order on the wire; siblings come in wire order. Where a resource or scope is absent
/// an empty one is visited, and written if it was edited. What is dropped goes with all below it, and
/// takes a scope, resource or metric along that has nothing left in it. Profiles are not looked into.
pub fn rewrite(
    batch: &Batch,
    kinds: RecordKinds,
    visit: &mut dyn FnMut(&mut Record<'_>, &Around<'_, '_>) -> Verdict,
) -> Rewritten {
    if kinds.is_empty() || batch.signal() == Signal::Profiles {
        return Rewritten { batch: batch.clone(), dropped_items: 0 };
    }
    let Scratch { arena, list } = Scratch::take();
    let mut walk = Walk::new(batch, kinds, (&arena, list), visit);
    walk.request(batch.bytes());
    let (bytes, changes, list) = walk.finish(batch.bytes());
    let list = emptied(list);
    Scratch { arena, list }.keep();
    let batch = match bytes {
        Some(bytes) => {
            let counts = batch.known_counts().and_then(|counts| changes.counts_after(counts));
            batch.edited(Bytes::from(bytes), counts)
        }
        None => batch.clone(),
    };
    Rewritten { batch, dropped_items: changes.dropped.items }
}
