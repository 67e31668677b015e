//! How much of the budget is left, known in the process: for tags and sampling. Alerts are made
//! from counters in Prometheus, which outlives processes.
//!
//! Counts are kept in rings of buckets, one for each replica and each of its lives. A cell of a
//! ring only grows, so two states of the same ring are merged by taking the larger cell, and rings
//! of different replicas are added when they are read. Merging is commutative, associative and
//! idempotent: a snapshot may be read twice, late, or by somebody else.

mod bytes;
mod ring;
mod state;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use self::ring::Rings;
pub use self::{bytes::SnapshotError, ring::Sums, state::State};
use crate::{Period, Ratio, Verdict, Weight, burn};

/// Whose counts: a replica, and one of its lives. A replica that starts again without its state
/// begins a new life, or its cells would start from 0 and be taken for old ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// Which replica.
    pub replica: u64,
    /// Which of its lives.
    pub epoch: u64,
}

/// The counts of one objective, or of one of its groups. About 30 KB for each source at a period of
/// 28 days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    period: Period,
    parts: BTreeMap<Source, Rings>,
}

/// Sources that one budget keeps apart; those heard of last stay.
pub const SOURCES_MAX: usize = 64;

impl Budget {
    /// No events yet.
    #[must_use]
    pub const fn new(period: Period) -> Self {
        Self { period, parts: BTreeMap::new() }
    }

    /// The period of the target.
    #[must_use]
    pub const fn period(&self) -> Period {
        self.period
    }

    /// Says that counting began, so that a quiet time counts as covered.
    pub fn begin(&mut self, source: Source, at: u64) {
        self.part(source).begin(at);
    }

    /// Counts an event at a time in seconds since 1970; only good and bad ones are kept. Events may
    /// come in any order; those older than a ring reaches back are left out of that ring.
    pub fn add(&mut self, source: Source, at: u64, verdict: Verdict, weight: Weight) {
        let sums = match verdict {
            Verdict::Good => Sums { good: weight.units(), bad: 0 },
            Verdict::Bad => Sums { good: 0, bad: weight.units() },
            Verdict::Excluded | Verdict::Unknown => return,
        };
        self.part(source).add(at, sums);
    }

    /// Counts many events of one time at once.
    pub fn add_sums(&mut self, source: Source, at: u64, sums: Sums) {
        if sums != Sums::default() {
            self.part(source).add(at, sums);
        }
    }

    /// Takes in what another state of the same objective knows.
    pub fn merge(&mut self, other: &Self) {
        for (source, rings) in &other.parts {
            self.part(*source).merge(rings);
        }
    }

    /// Good and bad in the window that ends with the bucket of `now`. Windows of up to 6 hours are
    /// counted in minutes, up to 3 days in five minutes, longer ones in hours; a window begins with
    /// a whole bucket.
    #[must_use]
    pub fn sums(&self, window: Period, now: u64) -> Sums {
        let parts = self.parts.values().map(|rings| rings.sums(window, now));
        parts.fold(Sums::default(), Sums::plus)
    }

    /// The burn rate of a window; `None` without events.
    #[must_use]
    pub fn burn_rate(&self, window: Period, target: Ratio, now: u64) -> Option<Ratio> {
        let sums = self.sums(window, now);
        burn::burn_rate(sums.bad_events(), sums.good_events(), target)
    }

    /// The part of the budget that is left; `None` without events.
    #[must_use]
    pub fn remaining(&self, target: Ratio, now: u64) -> Option<Ratio> {
        Ratio::ONE.minus(self.burn_rate(self.period, target, now)?)
    }

    /// The part of the period that was counted.
    #[must_use]
    pub fn coverage(&self, now: u64) -> Ratio {
        let since = self.parts.values().filter_map(Rings::since).min();
        let seconds = since.map_or(0, |since| now.saturating_sub(since));
        let covered = Ratio::new(seconds.into(), self.period.as_seconds().into());
        covered.unwrap_or_default().min(Ratio::ONE)
    }

    fn part(&mut self, source: Source) -> &mut Rings {
        let is_full = self.parts.len() >= SOURCES_MAX && !self.parts.contains_key(&source);
        if is_full {
            let oldest = self.parts.iter().min_by_key(|(source, rings)| (rings.newest(), **source));
            if let Some(oldest) = oldest.map(|(source, _)| *source) {
                self.parts.remove(&oldest);
            }
        }
        self.parts.entry(source).or_insert_with(|| Rings::new(self.period))
    }
}
