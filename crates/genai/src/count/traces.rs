//! The traces: which calls they have, when they are to be settled and when forgotten.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, binary_heap::PeekMut},
    time::Duration,
};

use smallvec::SmallVec;

use super::{hash::Map, slab::At};

/// One trace, or a log record without one.
pub(super) type TraceKey = u128;

/// Where a trace is kept.
pub(super) type TraceAt = u32;

/// Nanoseconds of the ledger's clock.
pub(super) type Time = u64;

/// A duration as time of the ledger; 584 years at most.
pub(super) fn time(duration: Duration) -> Time {
    Time::try_from(duration.as_nanos()).unwrap_or(Time::MAX)
}

/// Places of calls, side by side: what is quiet for long is in no cache, and a chain from call to call
/// would wait for each.
pub(super) type Calls = SmallVec<[At; 8]>;

/// The calls of one trace.
#[derive(Debug)]
pub(super) struct Trace {
    pub(super) key: TraceKey,
    /// Its calls in the order in which they came.
    pub(super) calls: Calls,
    is_live: bool,
    /// Whether a queue has an entry of this place, of this trace or one that is forgotten.
    is_in_due: bool,
    is_in_quiet: bool,
    is_unsettled: bool,
    /// When it last changed.
    touched: Time,
    /// If unsettled, when it first changed since it was last settled.
    first: Time,
}

/// Places by time, the earliest first. An entry may be too early: how late it really is stands in the
/// trace, and is looked up when the entry comes to the front. So a change of a trace moves no entry.
type Queue = BinaryHeap<Reverse<(Time, TraceAt)>>;

/// All traces.
#[derive(Debug)]
pub(super) struct Traces {
    settle: Time,
    settle_max: Time,
    places: Vec<Trace>,
    free: Vec<TraceAt>,
    by_key: Map<(u64, u64), TraceAt>,
    /// Traces to settle, by when.
    due: Queue,
    /// All traces, by when they last changed.
    quiet: Queue,
}

impl Traces {
    pub(super) fn new(settle: Duration, settle_max: Duration) -> Self {
        Self {
            settle: time(settle),
            settle_max: time(settle_max),
            places: Vec::new(),
            free: Vec::new(),
            by_key: Map::default(),
            due: Queue::new(),
            quiet: Queue::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.by_key.len()
    }

    pub(super) fn find(&self, key: TraceKey) -> Option<TraceAt> {
        self.by_key.get(&halves(key)).copied()
    }

    pub(super) fn get(&self, at: TraceAt) -> Option<&Trace> {
        self.places.get(at as usize).filter(|trace| trace.is_live)
    }

    pub(super) fn get_mut(&mut self, at: TraceAt) -> Option<&mut Trace> {
        self.places.get_mut(at as usize).filter(|trace| trace.is_live)
    }

    pub(super) fn find_or_insert(&mut self, key: TraceKey) -> TraceAt {
        let new = *self
            .by_key
            .entry(halves(key))
            .or_insert_with(|| self.free.pop().unwrap_or(self.places.len() as TraceAt));
        match self.places.get_mut(new as usize) {
            Some(trace) if trace.is_live => {}
            // Entries in the queues belong to the place and are no later than this trace's will be.
            Some(place) => {
                *place = Trace {
                    is_in_due: place.is_in_due,
                    is_in_quiet: place.is_in_quiet,
                    ..Trace::new(key)
                };
            }
            None => self.places.push(Trace::new(key)),
        }
        new
    }

    /// Notes that a trace changed.
    pub(super) fn touch(&mut self, at: TraceAt, now: Time) {
        let Some(trace) = self.places.get_mut(at as usize).filter(|trace| trace.is_live) else {
            return;
        };
        trace.touched = now;
        if !trace.is_in_quiet {
            trace.is_in_quiet = true;
            self.quiet.push(Reverse((now, at)));
        }
        if !trace.is_unsettled {
            trace.is_unsettled = true;
            trace.first = now;
        }
        if !trace.is_in_due {
            trace.is_in_due = true;
            self.due.push(Reverse((trace.due(self.settle, self.settle_max), at)));
        }
    }

    /// Notes that a trace is to be kept as long as one that changed then.
    pub(super) fn keep(&mut self, at: TraceAt, touched: Time) {
        if let Some(trace) = self.get_mut(at) {
            trace.touched = touched;
        }
    }

    pub(super) fn set_settled(&mut self, at: TraceAt) {
        if let Some(trace) = self.get_mut(at) {
            trace.is_unsettled = false;
        }
    }

    /// The next trace to settle at this time, if any.
    pub(super) fn next_due(&mut self, now: Time) -> Option<TraceAt> {
        loop {
            let mut entry = self.due.peek_mut()?;
            let Reverse((noted, at)) = *entry;
            if noted > now {
                return None;
            }
            let place = self.places.get_mut(at as usize);
            match place {
                Some(trace) if trace.is_live && trace.is_unsettled => {
                    let due = trace.due(self.settle, self.settle_max);
                    if due <= noted {
                        return Some(at);
                    }
                    entry.0.0 = due;
                }
                Some(trace) => {
                    trace.is_in_due = false;
                    PeekMut::pop(entry);
                }
                None => {
                    PeekMut::pop(entry);
                }
            }
        }
    }

    /// The trace that was quiet longest, and since when.
    pub(super) fn quietest(&mut self) -> Option<(Time, TraceAt)> {
        loop {
            let mut entry = self.quiet.peek_mut()?;
            let Reverse((noted, at)) = *entry;
            match self.places.get_mut(at as usize) {
                Some(trace) if trace.is_live => {
                    if trace.touched <= noted {
                        return Some((trace.touched, at));
                    }
                    entry.0.0 = trace.touched;
                }
                Some(place) => {
                    place.is_in_quiet = false;
                    PeekMut::pop(entry);
                }
                None => {
                    PeekMut::pop(entry);
                }
            }
        }
    }

    /// Forgets a trace; gives its key and its calls.
    pub(super) fn remove(&mut self, at: TraceAt) -> Option<(TraceKey, Calls)> {
        let trace = self.get_mut(at)?;
        trace.is_live = false;
        let (key, calls) = (trace.key, std::mem::take(&mut trace.calls));
        self.by_key.remove(&halves(key));
        self.free.push(at);
        Some((key, calls))
    }
}

impl Trace {
    fn new(key: TraceKey) -> Self {
        Self {
            key,
            calls: Calls::new(),
            is_live: true,
            is_in_due: false,
            is_in_quiet: false,
            is_unsettled: false,
            touched: 0,
            first: 0,
        }
    }

    pub(super) fn is_unsettled(&self) -> bool {
        self.is_unsettled
    }

    pub(super) fn touched(&self) -> Time {
        self.touched
    }

    fn due(&self, settle: Time, settle_max: Time) -> Time {
        self.touched.saturating_add(settle).min(self.first.saturating_add(settle_max))
    }
}

fn halves(key: TraceKey) -> (u64, u64) {
    ((key >> 64) as u64, key as u64)
}
