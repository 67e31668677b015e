//! Regrouping: records taken out of batches and put under resources and scopes again.

mod raw;
#[cfg(test)]
mod tests;
mod write;

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;

pub use self::raw::{MetricHeader, RawRecord, for_each_record};
use crate::{Batch, Context, Signal};

/// Builds a batch from raw records: equal resource and scope headers become one group, in order of
/// first appearance. For group-by, splitting, sampling and routing.
#[derive(Debug)]
pub struct BatchBuilder<'a> {
    signal: Signal,
    root: Group<'a>,
    items: usize,
    bytes_max: usize,
}

/// A message that holds others: its own fields, then its children.
#[derive(Debug, Default)]
struct Group<'a> {
    /// Whole fields, everything but the children.
    header: Arc<[u8]>,
    /// The field number of the children, and of the message they stand in, if there is one between
    /// (`Metric.sum.data_points`).
    child_number: u32,
    between: Option<(u32, Arc<[u8]>)>,
    groups: Vec<Self>,
    /// Where the group with this header is in `groups`.
    index: HashMap<Key, usize>,
    records: Vec<&'a [u8]>,
}

/// What makes two groups the same.
type Key = (Arc<[u8]>, Option<(u32, Arc<[u8]>)>);

/// A tag and a length at most: what one level of nesting adds.
const LEVEL_BYTES_MAX: usize = 6;

impl<'a> BatchBuilder<'a> {
    /// An empty builder for one signal.
    pub fn new(signal: Signal) -> Self {
        let root = Group { child_number: 1, ..Group::default() };
        Self { signal, root, items: 0, bytes_max: 0 }
    }

    /// Adds one record below its headers.
    pub fn push(&mut self, record: &RawRecord<'a>) {
        let mut added = record.raw.len() + LEVEL_BYTES_MAX;
        let resource = self.root.child(&(record.resource.clone(), None), 2, &mut added);
        let scope = resource.child(&(record.scope.clone(), None), 2, &mut added);
        match &record.metric {
            None => scope.records.push(record.raw),
            Some(metric) => {
                let between = Some((metric.data_number, metric.data.clone()));
                let key = (metric.metric.clone(), between);
                scope.child(&key, 1, &mut added).records.push(record.raw);
            }
        }
        self.items += 1;
        self.bytes_max += added;
    }

    /// How many items were added.
    pub fn items(&self) -> usize {
        self.items
    }

    /// How large the batch would be at most if `record` were added too.
    pub fn bytes_max_with(&self, record: &RawRecord<'_>) -> usize {
        let metric = record.metric.as_ref();
        let metric = metric.map_or(0, |metric| metric.metric.len() + metric.data.len());
        let headers = record.resource.len() + record.scope.len() + metric;
        self.bytes_max + record.raw.len() + headers + 5 * LEVEL_BYTES_MAX
    }

    /// Writes the batch.
    pub fn build(self, context: Arc<Context>) -> Batch {
        Batch::written(self.signal, Bytes::from(self.root.write()), context)
    }
}

impl Group<'_> {
    /// The child with this key, made if need be; `added` grows by what making it costs.
    fn child(&mut self, key: &Key, child_number: u32, added: &mut usize) -> &mut Self {
        let is_last = |group: &Self| {
            let same_between = match (&group.between, &key.1) {
                (None, None) => true,
                (Some((a, x)), Some((b, y))) => a == b && Arc::ptr_eq(x, y),
                _ => false,
            };
            Arc::ptr_eq(&group.header, &key.0) && same_between
        };
        // Records come in runs below the same headers, so the last group nearly always fits.
        let at = match self.groups.last().is_some_and(is_last) {
            true => self.groups.len() - 1,
            false => *self.index.entry(key.clone()).or_insert_with(|| {
                *added += key.0.len() + LEVEL_BYTES_MAX;
                if let Some((_, data)) = &key.1 {
                    *added += data.len() + LEVEL_BYTES_MAX;
                }
                self.groups.push(Self {
                    header: key.0.clone(),
                    child_number,
                    between: key.1.clone(),
                    ..Self::default()
                });
                self.groups.len() - 1
            }),
        };
        #[expect(clippy::indexing_slicing, reason = "`at` is the place of a group pushed before")]
        &mut self.groups[at]
    }
}
