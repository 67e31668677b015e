//! The time in which a human was waited for.

/// Intervals in nanoseconds, joined where they overlap. At most so many are kept apart; beyond, the
/// two that lie nearest to each other become one, so that the time that was waited is never called
/// shorter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waits {
    /// Apart from each other, in order.
    pub(super) intervals: Vec<(u64, u64)>,
}

/// Intervals kept apart.
pub(super) const WAITS_MAX: usize = 64;

impl Waits {
    /// Nobody was waited for.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an interval; one that ends before it starts is none.
    pub fn add(&mut self, start: u64, end: u64) {
        if end <= start {
            return;
        }
        let first = self.intervals.partition_point(|(_, before)| *before < start);
        let last = self.intervals.partition_point(|(after, _)| *after <= end);
        let joined = self.intervals.get(first..last).unwrap_or_default();
        let from = joined.first().map_or(start, |(from, _)| start.min(*from));
        let to = joined.last().map_or(end, |(_, to)| end.max(*to));
        self.intervals.splice(first..last.max(first), [(from, to)]);
        if self.intervals.len() > WAITS_MAX {
            self.join_nearest();
        }
    }

    fn join_nearest(&mut self) {
        let gaps = self.intervals.iter().zip(self.intervals.iter().skip(1));
        let nearest = gaps.enumerate().min_by_key(|(_, (left, right))| right.0 - left.1);
        let Some((at, (left, right))) = nearest else { return };
        let whole = (left.0, right.1);
        self.intervals.splice(at..at + 2, [whole]);
    }

    /// How much of the time from `start` to `end` was not waited.
    #[must_use]
    pub fn active(&self, start: u64, end: u64) -> u64 {
        let waited = self
            .intervals
            .iter()
            .map(|(from, to)| (*to).min(end).saturating_sub((*from).max(start)));
        end.saturating_sub(start).saturating_sub(waited.sum())
    }
}
