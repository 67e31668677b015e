//! Durations, in seconds whatever the sender's unit.

use super::{
    Source,
    slots::{Slot, Slots},
};
use crate::{
    Class, Dialect,
    table::{Field, Form},
    value,
};

/// How many events of a span are looked at.
pub(super) const EVENTS_MAX: usize = 64;
/// The longest time to a first chunk that is believed, in seconds: an hour.
const FIRST_CHUNK_MAX: f64 = 3600.0;

/// Seconds from the request to the first chunk of the answer.
pub(super) fn first_chunk<'a>(
    slots: &Slots<'_, 'a>,
    record: &impl Source<'a>,
    dialect: Dialect,
    class: Class,
) -> Option<f64> {
    let seconds = match slots.slot(Field::FirstChunk) {
        Some(slot) if slot.meaning.row.form == Form::Time => {
            seconds_between(record.start(), value::unix_nanos(slot.value.as_str()?)?)
        }
        Some(slot) => seconds(slot),
        None if class == Class::Leaf => by_event(record, dialect),
        None => None,
    };
    seconds.filter(|seconds| *seconds <= FIRST_CHUNK_MAX)
}

/// Seconds the work took, where the record itself says.
pub(super) fn duration(slots: &Slots<'_, '_>) -> Option<f64> {
    seconds(slots.slot(Field::Duration)?)
}

fn seconds(slot: Slot<'_>) -> Option<f64> {
    let number = value::number(slot.value)?;
    Some(if slot.meaning.row.form == Form::Millis { number / 1000.0 } else { number })
}

/// Dialects that mark the first chunk with an event.
fn by_event<'a>(record: &impl Source<'a>, dialect: Dialect) -> Option<f64> {
    let name: &[u8] = match dialect {
        Dialect::OpenInference => b"First Token Stream Event",
        Dialect::LangSmith => b"new_token",
        _ => return None,
    };
    let mut events = record.events().take(EVENTS_MAX);
    let first = events.find(|event| event.name() == name)?;
    seconds_between(record.start(), first.time_unix_nano())
}

fn seconds_between(start: u64, end: u64) -> Option<f64> {
    (start > 0).then_some(())?;
    Some(end.checked_sub(start)? as f64 / 1e9)
}
