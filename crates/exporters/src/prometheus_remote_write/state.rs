//! How far batches have got that are tried again.

use std::collections::{BTreeSet, VecDeque};

use sdk::Batch;

/// How many batches are remembered at most: those in flight without a queue. With one there is a
/// single batch at a time.
const BATCHES_MAX: usize = 16;

/// What of a batch need not be sent again. A backend would refuse what it has as out of order.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    /// Points that are in earlier pieces, which are done with.
    pub(super) skip: usize,
    /// Of the piece at hand, sender and place of each request that has its answer.
    pub(super) done: BTreeSet<(usize, usize)>,
    /// Points that the backend took.
    pub(super) taken: usize,
    /// Points that it will never take, and why in its words.
    pub(super) rejected: usize,
    pub(super) message: String,
    /// Whether dropped points have been told of.
    pub(super) is_told: bool,
}

/// The batches that failed last.
#[derive(Debug, Default)]
pub(super) struct Unfinished(VecDeque<(Batch, Progress)>);

impl Unfinished {
    /// How far this batch has got; it is forgotten until it fails again.
    pub(super) fn take(&mut self, batch: &Batch) -> Progress {
        let found = self.0.iter().position(|(known, _)| is_same(known, batch));
        let found = found.and_then(|at| self.0.remove(at));
        found.map(|(_, progress)| progress).unwrap_or_default()
    }

    /// Remembers a batch that may come again. Holding its bytes keeps another from taking its address.
    pub(super) fn put(&mut self, batch: Batch, progress: Progress, room: usize) {
        while self.0.len() >= room.clamp(1, BATCHES_MAX) {
            self.0.pop_front();
        }
        self.0.push_back((batch, progress));
    }
}

/// Whether it is the same batch, and not just an equal one.
fn is_same(one: &Batch, other: &Batch) -> bool {
    let (one, other) = (one.bytes(), other.bytes());
    one.as_ptr() == other.as_ptr() && one.len() == other.len()
}
