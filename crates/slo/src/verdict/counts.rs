//! Sums of verdicts, and the counters that show them and never fall.

use super::{Verdict, Weight};
use crate::Ratio;

/// How much of each verdict there is, in units of 2^-20 events.
///
/// Adding is commutative and associative, so parts may be counted anywhere and in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Counts([u64; 4]);

impl Counts {
    /// Adds an event.
    pub const fn add(&mut self, verdict: Verdict, weight: Weight) {
        let sum = self.slot(verdict);
        *sum = sum.saturating_add(weight.units());
    }

    /// The sum of two counts.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
        Self([a.saturating_add(e), b.saturating_add(f), c.saturating_add(g), d.saturating_add(h)])
    }

    /// Units of one verdict.
    #[must_use]
    pub const fn units(&self, verdict: Verdict) -> u64 {
        let [excluded, good, unknown, bad] = self.0;
        match verdict {
            Verdict::Excluded => excluded,
            Verdict::Good => good,
            Verdict::Unknown => unknown,
            Verdict::Bad => bad,
        }
    }

    /// Events of one verdict.
    #[must_use]
    pub fn events(&self, verdict: Verdict) -> Ratio {
        Ratio::new(self.units(verdict).into(), Weight::ONE.units().into()).unwrap_or_default()
    }

    /// Events of one verdict as metrics carry them.
    #[must_use]
    pub fn value(&self, verdict: Verdict) -> f64 {
        self.events(verdict).to_f64()
    }

    /// Everything that matched: the sum of the four.
    #[must_use]
    pub fn matched(&self) -> u128 {
        self.0.iter().map(|units| u128::from(*units)).sum()
    }

    const fn slot(&mut self, verdict: Verdict) -> &mut u64 {
        let [excluded, good, unknown, bad] = &mut self.0;
        match verdict {
            Verdict::Excluded => excluded,
            Verdict::Good => good,
            Verdict::Unknown => unknown,
            Verdict::Bad => bad,
        }
    }
}

/// A counter for each verdict, as it is exported: none of them ever falls.
///
/// Where a verdict is changed later, the new one is counted at once and the old one becomes a debt:
/// the next events of the old verdict are swallowed until it is paid. So counters stay monotonic
/// and end at the true totals as soon as enough events came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counter {
    shown: Counts,
    debt: Counts,
}

impl Counter {
    /// Counts an event.
    pub const fn add(&mut self, verdict: Verdict, weight: Weight) {
        let debt = self.debt.slot(verdict);
        let paid = if *debt < weight.units() { *debt } else { weight.units() };
        *debt -= paid;
        let sum = self.shown.slot(verdict);
        *sum = sum.saturating_add(weight.units() - paid);
    }

    /// Takes a counted event back and counts it again as another verdict.
    pub fn amend(&mut self, from: Verdict, to: Verdict, weight: Weight) {
        if from != to {
            self.debt.add(from, weight);
            self.add(to, weight);
        }
    }

    /// Takes a counted event back that was none: the next ones of its verdict are swallowed.
    pub const fn retract(&mut self, verdict: Verdict, weight: Weight) {
        let debt = self.debt.slot(verdict);
        *debt = debt.saturating_add(weight.units());
    }

    /// What is exported.
    #[must_use]
    pub const fn shown(&self) -> &Counts {
        &self.shown
    }

    /// What was counted and has to be swallowed yet.
    #[must_use]
    pub const fn debt(&self) -> &Counts {
        &self.debt
    }
}
