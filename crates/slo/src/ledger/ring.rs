//! Buckets of time in a ring.

use crate::{Period, Ratio, Weight};

/// Good and bad in units of 2^-20 events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Units of good events.
    pub good: u64,
    /// Units of bad events.
    pub bad: u64,
}

impl Sums {
    /// The sum of two.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        let good = self.good.saturating_add(other.good);
        Self { good, bad: self.bad.saturating_add(other.bad) }
    }

    fn larger(self, other: Self) -> Self {
        Self { good: self.good.max(other.good), bad: self.bad.max(other.bad) }
    }

    /// Good events.
    #[must_use]
    pub fn good_events(self) -> Ratio {
        Ratio::new(self.good.into(), Weight::ONE.units().into()).unwrap_or_default()
    }

    /// Bad events.
    #[must_use]
    pub fn bad_events(self) -> Ratio {
        Ratio::new(self.bad.into(), Weight::ONE.units().into()).unwrap_or_default()
    }
}

/// One ring for each resolution: minutes for 6 hours, five minutes for 3 days, hours for the
/// period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rings {
    pub(super) rings: [Ring; 3],
    pub(super) since: Option<u64>,
}

impl Rings {
    pub(super) fn new(period: Period) -> Self {
        // One more than the period has: the newest bucket is never complete.
        let hours = period.as_seconds().div_ceil(3_600) as usize + 1;
        Self {
            rings: [Ring::new(60, 361), Ring::new(300, 865), Ring::new(3_600, hours)],
            since: None,
        }
    }

    pub(super) fn begin(&mut self, at: u64) {
        self.since = Some(self.since.map_or(at, |since| since.min(at)));
    }

    pub(super) const fn since(&self) -> Option<u64> {
        self.since
    }

    pub(super) fn newest(&self) -> u64 {
        let [minutes, ..] = &self.rings;
        minutes.newest
    }

    pub(super) fn add(&mut self, at: u64, sums: Sums) {
        self.begin(at);
        self.rings.iter_mut().for_each(|ring| ring.add(at, sums));
    }

    pub(super) fn merge(&mut self, other: &Self) {
        if let Some(since) = other.since {
            self.begin(since);
        }
        for (ring, other) in self.rings.iter_mut().zip(&other.rings) {
            ring.merge(other);
        }
    }

    pub(super) fn sums(&self, window: Period, now: u64) -> Sums {
        let [minutes, fives, hours] = &self.rings;
        let ring = match window.as_seconds() {
            ..=21_600 => minutes,
            21_601..=259_200 => fives,
            _ => hours,
        };
        ring.sums(window, now)
    }
}

/// The last buckets of one length. A bucket `b` holds what happened from `b * step` on, and lies in
/// cell `b % cells`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ring {
    step: u64,
    /// The highest bucket that was touched.
    pub(super) newest: u64,
    cells: Box<[Sums]>,
}

impl Ring {
    fn new(step: u64, cells: usize) -> Self {
        Self { step, newest: 0, cells: vec![Sums::default(); cells].into() }
    }

    fn length(&self) -> u64 {
        self.cells.len() as u64
    }

    /// The oldest bucket that is kept.
    fn oldest(&self) -> u64 {
        (self.newest + 1).saturating_sub(self.length())
    }

    fn cell(&mut self, bucket: u64) -> Option<&mut Sums> {
        let at = usize::try_from(bucket % self.length()).ok()?;
        self.cells.get_mut(at)
    }

    /// Makes `bucket` the newest one, and empties those that come round again.
    pub(super) fn advance(&mut self, bucket: u64) {
        if bucket <= self.newest {
            return;
        }
        let first = (self.newest + 1).max((bucket + 1).saturating_sub(self.length()));
        for fresh in first..=bucket {
            self.cell(fresh).into_iter().for_each(|cell| *cell = Sums::default());
        }
        self.newest = bucket;
    }

    fn add(&mut self, at: u64, sums: Sums) {
        self.join(at / self.step, |cell| cell.plus(sums));
    }

    pub(super) fn join(&mut self, bucket: u64, change: impl Fn(Sums) -> Sums) {
        self.advance(bucket);
        if bucket >= self.oldest() {
            self.cell(bucket).into_iter().for_each(|cell| *cell = change(*cell));
        }
    }

    pub(super) fn larger(&mut self, bucket: u64, sums: Sums) {
        self.join(bucket, |cell| cell.larger(sums));
    }

    fn merge(&mut self, other: &Self) {
        self.advance(other.newest);
        for (bucket, sums) in other.filled() {
            self.larger(bucket, sums);
        }
    }

    /// The buckets that hold something.
    pub(super) fn filled(&self) -> impl Iterator<Item = (u64, Sums)> {
        (self.oldest()..=self.newest).filter_map(|bucket| {
            let at = usize::try_from(bucket % self.length()).ok()?;
            let sums = self.cells.get(at).copied()?;
            (sums != Sums::default()).then_some((bucket, sums))
        })
    }

    fn sums(&self, window: Period, now: u64) -> Sums {
        let last = now / self.step;
        let buckets = u64::from(window.as_seconds()).div_ceil(self.step);
        let first = (last + 1).saturating_sub(buckets);
        let within = self.filled().filter(|(bucket, _)| (first..=last).contains(bucket));
        within.fold(Sums::default(), |sum, (_, sums)| sum.plus(sums))
    }
}
