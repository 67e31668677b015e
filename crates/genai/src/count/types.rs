//! What goes into a ledger and comes out of it.

use std::time::Duration;

use super::{Call, Packed};
use crate::{CostSource, RateId, Usage};

/// What bounds a [`Ledger`](super::Ledger).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a trace must be quiet before its calls are committed. Default 10 s.
    pub settle: Duration,
    /// How long a trace may keep changing before it is committed as it stands. Default 60 s.
    pub settle_max: Duration,
    /// How long calls are kept after the last change, so that late ones can correct. Default 5 min.
    pub remember: Duration,
    /// How many calls are kept, and as many commits not yet fetched. Default 100,000, about 40 MB. When
    /// full, the trace that was quiet longest is committed and forgotten.
    pub calls: usize,
    /// How many forgotten calls are still recognised when sent again. Default 200,000, about 5 MB.
    pub forgotten: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            settle: Duration::from_secs(10),
            settle_max: Duration::from_secs(60),
            remember: Duration::from_secs(300),
            calls: 100_000,
            forgotten: 200_000,
        }
    }
}

/// What became of a call that was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is kept and will be settled.
    New,
    /// It was there already. If this version of it says more, it takes the place of the other.
    Duplicate,
    /// It was committed and forgotten; it does not count again.
    Late,
    /// There is no room: commits were not fetched. It is not counted.
    Full,
}

/// A counted call, or a change to one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Commit {
    /// The report at which the call is counted, best the one inside an agent's trace, with the tokens,
    /// cost and price of the best informed one. Its label is its own, or if it names no model, the best
    /// informed one's.
    pub call: Call,
    /// Whether the tokens are an estimate: a sum stood in for calls that never came.
    pub estimated: bool,
    /// What was committed for it before. `None` the first time.
    pub before: Option<Amounts>,
    /// What counts now. `None` if it turned out to be counted elsewhere. May be less than `before`: a
    /// counter that cannot fall leaves such a correction out.
    pub now: Option<Amounts>,
}

/// What a call adds to totals.
#[derive(Clone, Copy, Debug)]
pub struct Amounts {
    /// Calls: 1, or 0 for a sum that stands in.
    pub calls: u32,
    /// Whether the call failed.
    pub failed: bool,
    /// Its tokens.
    pub tokens: Packed,
    /// US dollars; NaN if unknown. A computed cost is that of one report; with the merged tokens and
    /// the rate it can be computed anew.
    pub cost: f64,
    /// Who says so.
    pub cost_source: CostSource,
    /// The price that it is computed at, where nobody says what it cost.
    pub rate: RateId,
}

impl PartialEq for Amounts {
    fn eq(&self, other: &Self) -> bool {
        // An unknown cost equals an unknown cost.
        (self.calls, self.failed, self.tokens, self.cost_source, self.rate)
            == (other.calls, other.failed, other.tokens, other.cost_source, other.rate)
            && self.cost.to_bits() == other.cost.to_bits()
    }
}

/// Sums over calls.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// Model calls.
    pub calls: u64,
    /// Of them, those that failed.
    pub failed: u64,
    /// Of them, those that went well and have no tokens.
    pub without_usage: u64,
    /// Tokens; `None` where no call said. `total` is never set.
    pub usage: Usage,
    /// US dollars of the calls with a known cost.
    pub cost: f64,
    /// Calls and sums with tokens and without a known cost.
    pub unpriced: u64,
    /// Whether some of it is estimated.
    pub estimated: bool,
}

impl Totals {
    /// Adds what counts for one call.
    pub fn add(&mut self, amounts: &Amounts, estimated: bool) {
        let has_usage = amounts.tokens.is_known();
        self.calls += u64::from(amounts.calls);
        self.failed += u64::from(amounts.failed) * u64::from(amounts.calls);
        self.without_usage += u64::from(!has_usage && !amounts.failed);
        self.estimated |= estimated;
        if !amounts.cost.is_nan() {
            self.cost += amounts.cost;
        } else if has_usage {
            self.unpriced += 1;
        }
        let more = amounts.tokens.usage();
        let sum = |total: &mut Option<u64>, more: Option<u64>| {
            if let Some(more) = more {
                *total = Some(total.unwrap_or(0).saturating_add(more));
            }
        };
        sum(&mut self.usage.input, more.input);
        sum(&mut self.usage.output, more.output);
        sum(&mut self.usage.cache_read, more.cache_read);
        sum(&mut self.usage.cache_write, more.cache_write);
        sum(&mut self.usage.cache_write_1h, more.cache_write_1h);
        sum(&mut self.usage.reasoning, more.reasoning);
        sum(&mut self.usage.audio_input, more.audio_input);
        sum(&mut self.usage.audio_output, more.audio_output);
        sum(&mut self.usage.image_input, more.image_input);
        sum(&mut self.usage.image_output, more.image_output);
        sum(&mut self.usage.web_searches, more.web_searches);
    }
}

/// How a ledger fares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Calls kept now.
    pub calls: usize,
    /// Traces kept now.
    pub traces: usize,
    /// Calls sent again.
    pub duplicates: u64,
    /// Calls that came after they were forgotten.
    pub late: u64,
    /// Calls committed early for want of room.
    pub evicted: u64,
    /// Calls not counted because commits were not fetched.
    pub refused: u64,
}
