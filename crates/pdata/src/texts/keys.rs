//! New keys that no other has.

use std::collections::HashMap;

use crate::wire::{FieldValue, Fields};

/// The keys of one list of attributes, collected when the first of them is renamed.
#[derive(Debug, Default)]
pub(super) struct Keys(Option<HashMap<Vec<u8>, u32>>);

impl Keys {
    /// `wanted`, or with a number at its end when a key beside it is that already. `list` is the
    /// message that holds the attributes as field `number`.
    pub(super) fn free(&mut self, wanted: &[u8], list: &[u8], number: u32) -> Vec<u8> {
        let taken = self.0.get_or_insert_with(|| {
            let pairs = Fields::new(list).filter(|field| field.number == number);
            pairs.map(|pair| (key_of(pair.value.bytes()).to_vec(), 1)).collect()
        });
        let mut new = wanted.to_vec();
        let mut count = taken.get(wanted).copied().unwrap_or_default();
        // Ends: each round tries another key, and there are only so many. Where it goes on is kept,
        // so that many of the same name cost no more each.
        while count > 0 && taken.contains_key(&new) {
            count += 1;
            new = wanted.to_vec();
            new.extend_from_slice(format!("_{count}").as_bytes());
        }
        taken.insert(wanted.to_vec(), count.max(1));
        taken.entry(new.clone()).or_insert(1);
        new
    }
}

/// The key of a `KeyValue`; the last one wins.
fn key_of(pair: &[u8]) -> &[u8] {
    let keys = Fields::new(pair).filter_map(|field| match (field.number, field.value) {
        (1, FieldValue::Len(key)) => Some(key),
        _ => None,
    });
    keys.last().unwrap_or_default()
}
