//! What bounds a tracker, and how it fares.

use std::time::Duration;

use super::{Loss, Outcome, State};

/// What bounds a [`Tracker`](super::Tracker).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Traces and sessions kept.
    pub(crate) runs: usize,
    /// Their memory.
    pub(crate) bytes: usize,
    /// Records kept of one trace or session; beyond, those that are done are counted and let go.
    pub(crate) records: usize,
    /// How long after its root ended and its last part came a run is closed.
    pub(crate) after_root: Duration,
    /// How long nothing comes before a run without a root is given up.
    pub(crate) idle: Duration,
    /// The same while a human is waited for.
    pub(crate) waiting: Duration,
    /// How long a run is open at most.
    pub(crate) age: Duration,
    /// How long a closed run is kept to take in what is late.
    pub(crate) amend: Duration,
}

/// How a tracker fares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stats {
    /// Traces and sessions kept now, by [`State`].
    pub(crate) states: [usize; State::ALL.len()],
    /// The memory they take.
    pub(crate) bytes: usize,
    /// Runs closed, by [`Outcome`].
    pub(crate) closed: [u64; Outcome::ALL.len()],
    /// Runs lost, by [`Loss`].
    pub(crate) lost: [u64; Loss::ALL.len()],
    /// Closed runs that changed.
    pub(crate) amended: u64,
    /// Lost runs whose parts hang below spans that never came.
    pub(crate) split: u64,
    /// Records not followed because their trace is full.
    pub(crate) skipped: u64,
    /// Changes to calls of which the trace is not kept any more.
    pub(crate) unattributed: u64,
}

impl Stats {
    /// Both together.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        let add = |all: &mut [u64], more: &[u64]| {
            all.iter_mut().zip(more).for_each(|(one, more)| *one += more);
        };
        self.states.iter_mut().zip(other.states).for_each(|(one, more)| *one += more);
        add(&mut self.closed, &other.closed);
        add(&mut self.lost, &other.lost);
        self.bytes += other.bytes;
        self.amended += other.amended;
        self.split += other.split;
        self.skipped += other.skipped;
        self.unattributed += other.unattributed;
        self
    }
}
