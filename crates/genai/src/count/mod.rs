//! Counting every call once.

mod call;
mod hash;
mod packed;

use std::time::Duration;

pub(crate) use self::hash::{Mix, hash};
pub use self::{
    call::{Call, Signal},
    packed::Packed,
};
use crate::{CostSource, Usage};

/// What bounds a [`Ledger`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a trace must be quiet before its calls are committed. Default 10 s.
    pub settle: Duration,
    /// How long a trace may keep changing before it is committed as it stands. Default 60 s.
    pub settle_max: Duration,
    /// How long calls are kept after that, so that late ones can correct. Default 5 min.
    pub remember: Duration,
    /// How many calls are kept. Default 100,000, about 30 MB. When full, the trace that was quiet
    /// longest is committed and forgotten.
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
    /// It was there already, word for word or in a lesser version.
    Duplicate,
    /// It was committed and forgotten long ago; it does not count again.
    Late,
}

/// A counted call, or a change to one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Commit {
    /// The call that stands for all reports of it: its ids and label, merged tokens and cost.
    pub call: Call,
    /// Whether the tokens are an estimate: an aggregate stood in for calls that never came.
    pub estimated: bool,
    /// What was committed for it before. `None` the first time.
    pub before: Option<Amounts>,
    /// What counts now. `None` if it turned out to be counted elsewhere.
    pub now: Option<Amounts>,
}

/// What a call adds to totals.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Amounts {
    /// Calls: 1, or 0 for an aggregate that stands in.
    pub calls: u32,
    /// Its tokens.
    pub tokens: Packed,
    /// US dollars; NaN if unknown.
    pub cost: f64,
    /// Who says so.
    pub cost_source: CostSource,
}

/// Sums over calls.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// Model calls.
    pub calls: u64,
    /// Of them, those that failed.
    pub failed: u64,
    /// Of them, those without tokens.
    pub without_usage: u64,
    /// Tokens; `None` where no call said.
    pub usage: Usage,
    /// US dollars of the calls with a known cost.
    pub cost: f64,
    /// Calls with tokens and without a known cost.
    pub unpriced: u64,
    /// Whether some of it is estimated.
    pub estimated: bool,
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
    /// Traces committed early for want of room.
    pub evicted: u64,
}

/// Counts every call once, whatever the order, batching and repetition of its reports.
#[derive(Debug)]
pub struct Ledger {
    limits: Limits,
}

impl Ledger {
    /// An empty ledger.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits }
    }

    /// Takes a call in. `now` is the time since any fixed moment.
    pub fn add(&mut self, _call: Call, _now: Duration) -> Added {
        let _ = self.limits;
        Added::New
    }

    /// Hands out what is settled at `now`, and changes to what was handed out before.
    pub fn settle(&mut self, _now: Duration, _commit: &mut dyn FnMut(&Commit)) {}

    /// Settles everything, at shutdown.
    pub fn settle_all(&mut self, _commit: &mut dyn FnMut(&Commit)) {}

    /// What the calls of a trace add up to as far as they have come, committed or not. With `below`
    /// only those under that span.
    #[must_use]
    pub fn totals(&self, _trace_id: &[u8], _below: Option<&[u8]>) -> Totals {
        Totals::default()
    }

    /// How it fares.
    #[must_use]
    pub fn stats(&self) -> Stats {
        Stats::default()
    }
}
