//! What the model calls of a run add up to.

use genai::{Amounts, Usage};

/// Sums that take amounts back as exactly as they took them in. Cost is kept in whole parts of 10⁻¹²
/// US dollars, so that its order does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Sums {
    counts: [i64; COUNTS],
    cost: i64,
    calls: i32,
    failed: i32,
    without_usage: i32,
    unpriced: i32,
    /// Which counts anybody said.
    said: u8,
    /// Whether some of it stands in for calls that never came.
    pub(crate) estimated: bool,
}

const COUNTS: usize = 5;
const PARTS: f64 = 1e12;

impl Sums {
    /// Takes in a change to one call.
    pub(super) fn change(&mut self, before: Option<&Amounts>, now: Option<&Amounts>) {
        if let Some(before) = before {
            self.take(before, -1);
        }
        if let Some(now) = now {
            self.take(now, 1);
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(other.counts) {
            *count = count.saturating_add(more);
        }
        self.cost = self.cost.saturating_add(other.cost);
        self.calls = self.calls.saturating_add(other.calls);
        self.failed = self.failed.saturating_add(other.failed);
        self.without_usage = self.without_usage.saturating_add(other.without_usage);
        self.unpriced = self.unpriced.saturating_add(other.unpriced);
        self.said |= other.said;
        self.estimated |= other.estimated;
    }

    fn take(&mut self, amounts: &Amounts, sign: i32) {
        let counts = amounts.tokens.principal();
        for (at, (count, more)) in self.counts.iter_mut().zip(counts).enumerate() {
            if let Some(more) = more {
                *count = count.saturating_add(i64::from(more).saturating_mul(i64::from(sign)));
                self.said |= 1 << at;
            }
        }
        let has_usage = amounts.tokens.is_known();
        if amounts.cost.is_finite() {
            // A float that is out of range becomes the largest number there is.
            let cost = (amounts.cost * PARTS).round() as i64;
            self.cost = self.cost.saturating_add(cost.saturating_mul(i64::from(sign)));
        } else if has_usage {
            self.unpriced += sign;
        }
        let calls = i32::try_from(amounts.calls).unwrap_or(i32::MAX).saturating_mul(sign);
        self.calls = self.calls.saturating_add(calls);
        if amounts.failed {
            self.failed = self.failed.saturating_add(calls);
        } else if !has_usage {
            self.without_usage = self.without_usage.saturating_add(calls);
        }
    }

    /// Model calls.
    pub(crate) fn calls(&self) -> u64 {
        count(self.calls)
    }

    /// Of them, those that failed.
    pub(crate) fn failed(&self) -> u64 {
        count(self.failed)
    }

    /// Of them, those that went well and have no tokens.
    pub(crate) fn without_usage(&self) -> u64 {
        count(self.without_usage)
    }

    /// Calls with tokens and without a known cost.
    pub(crate) fn unpriced(&self) -> u64 {
        count(self.unpriced)
    }

    /// US dollars of the calls with a known cost.
    pub(crate) fn cost(&self) -> f64 {
        self.cost as f64 / PARTS
    }

    /// Tokens; `None` where no call said. Only the five counts that are kept are ever set.
    pub(crate) fn usage(&self) -> Usage {
        let [input, output, cache_read, cache_write, reasoning] = self.counts;
        let said = |at: u8, count: i64| {
            (self.said >> at & 1 == 1).then_some(u64::try_from(count).unwrap_or(0))
        };
        Usage {
            input: said(0, input),
            output: said(1, output),
            cache_read: said(2, cache_read),
            cache_write: said(3, cache_write),
            reasoning: said(4, reasoning),
            ..Usage::default()
        }
    }
}

fn count(count: i32) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
