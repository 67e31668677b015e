//! Counting the records of a request without looking into them.

use super::Counts;
use crate::{
    Signal,
    wire::{FieldValue, Fields},
};

/// The field numbers that lead from a request down to its items, one set of bits for each level.
///
/// The first three steps are the same for every signal: resources, scopes, records. In metrics a
/// fourth leads into the data of a metric (any member of the oneof) and a fifth to the data
/// points; in profiles the fourth leads to the samples.
pub(crate) const fn chain(signal: Signal) -> &'static [u32] {
    const DATA: u32 = 1 << 5 | 1 << 7 | 1 << 9 | 1 << 10 | 1 << 11;
    match signal {
        Signal::Traces | Signal::Logs => &[1 << 1, 1 << 2, 1 << 2],
        Signal::Metrics => &[1 << 1, 1 << 2, 1 << 2, DATA, 1 << 1],
        Signal::Profiles => &[1 << 1, 1 << 2, 1 << 2, 1 << 2],
    }
}

/// Counts what is in a request known to be well formed.
pub fn count(signal: Signal, bytes: &[u8]) -> Counts {
    let mut levels = [0; 5];
    count_from(chain(signal), bytes, &mut levels);
    counts(signal, levels)
}

/// Adds up the messages on each level of `chain` below `message`.
pub(crate) fn count_from(chain: &[u32], message: &[u8], levels: &mut [usize]) {
    let (Some((mask, below)), Some((level, levels))) =
        (chain.split_first(), levels.split_first_mut())
    else {
        return;
    };
    for field in Fields::new(message) {
        let FieldValue::Len(content) = field.value else { continue };
        if field.number < 32 && mask >> field.number & 1 == 1 {
            *level += 1;
            if !below.is_empty() {
                count_from(below, content, levels);
            }
        }
    }
}

/// Names the levels of a chain.
pub(super) fn counts(signal: Signal, levels: [usize; 5]) -> Counts {
    let [resources, scopes, records, fourth, fifth] = levels;
    let items = match signal {
        Signal::Traces | Signal::Logs => records,
        Signal::Metrics => fifth,
        Signal::Profiles => fourth,
    };
    Counts { resources, scopes, records, items }
}
