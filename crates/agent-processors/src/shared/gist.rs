//! The few things that objectives ask of every span, handed on by whoever read it last.

use std::{
    cell::Cell,
    sync::atomic::{AtomicBool, Ordering},
};

use genai::{Class, Reading, Usage};
use pdata::RecordState;
use sdk::Record;

/// Whether anything in the process takes them.
static IS_WANTED: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// Of the record read last. It holds for one state of one record, so it cannot grow old.
    static LAST: Cell<Option<(RecordState, Gist)>> = const { Cell::new(None) };
}

/// What a reading says in numbers and words of our own. Texts of the record are not in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Gist {
    pub(crate) class: Class,
    pub(crate) is_evident: bool,
    pub(crate) failed: bool,
    pub(crate) stream: Option<bool>,
    /// Seconds.
    pub(crate) time_to_first_chunk: Option<f64>,
    input: Option<u64>,
    output: Option<u64>,
    cache_read: Option<u64>,
    reasoning: Option<u64>,
    /// US dollars, as the record says.
    pub(crate) cost: Option<f64>,
    /// Whether a price would have to tell what it cost.
    pub(crate) is_unpriced: bool,
}

impl Gist {
    /// The gist of a reading.
    #[inline]
    pub(crate) fn of(reading: &Reading<'_>) -> Self {
        let cost = match reading.cost {
            _ if reading.cache_hit => Some(0.0),
            cost => cost.map(|cost| cost.usd),
        };
        Self {
            class: reading.class,
            is_evident: reading.is_evident(),
            failed: reading.failed,
            stream: reading.stream,
            time_to_first_chunk: reading.time_to_first_chunk,
            input: reading.usage.input,
            output: reading.usage.output,
            cache_read: reading.usage.cache_read,
            reasoning: reading.usage.reasoning,
            cost,
            is_unpriced: cost.is_none() && reading.class == Class::Leaf && reading.usage.is_known(),
        }
    }

    /// The tokens that objectives ask for; no others.
    #[inline]
    pub(crate) fn usage(&self) -> Usage {
        let Self { input, output, cache_read, reasoning, .. } = *self;
        Usage { input, output, cache_read, reasoning, ..Usage::default() }
    }

    /// What the record was just found to say; `None` if it is another one, or was changed since.
    #[inline]
    pub(crate) fn known(record: &Record<'_>) -> Option<Self> {
        let (state, gist) = LAST.get()?;
        (state == record.state()).then_some(gist)
    }
}

/// From now on gists are handed on.
pub(crate) fn want_gists() {
    IS_WANTED.store(true, Ordering::Relaxed);
}

/// Hands on what was read of a record as it is now, if anybody wants that.
#[inline]
pub(super) fn note_gist(record: &Record<'_>, reading: &Reading<'_>) {
    if IS_WANTED.load(Ordering::Relaxed) {
        LAST.set(Some((record.state(), Gist::of(reading))));
    }
}
