//! Objectives: what is promised, of what, and how often it has to be kept.

mod alerts;
mod check;
mod fault;
mod judge;
mod matching;
mod read;
mod reader;
mod runs;
mod set;
#[cfg(test)]
mod tests;

pub(crate) use self::reader::At;
pub use self::{
    alerts::{Alerts, Route},
    check::Surroundings,
    fault::{Fault, Faults, Level},
    matching::{Match, Wanted},
    runs::{BYTES_OF_RUN, Limits, Runs},
    set::Set,
};
use crate::{
    Expr, Period, Ratio,
    burn::{Severity, Single, Tier, Traffic},
    fields::{Grain, OUTCOMES},
    verdict::Verdict,
};

/// Series of one objective at most, if it does not say otherwise; more groups share one.
pub const MAX_GROUPS: u32 = 50;
/// The group that takes what is beyond [`MAX_GROUPS`].
pub const OVERFLOW_GROUP: &str = "__other__";
/// Objectives of one file.
pub const OBJECTIVES_MAX: usize = 1_000;

/// One promise.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Objective {
    /// Its name, `[a-z0-9-]{1,63}`.
    pub name: String,
    /// What it judges.
    pub on: Grain,
    /// Which of them.
    pub matching: Match,
    /// When the promise is kept.
    pub good: Expr,
    /// What does not count.
    pub exclude: Option<Expr>,
    /// The verdict where `good` cannot be decided.
    pub missing: Verdict,
    /// What certain outcomes are, where `good` asks about the outcome but does not name them.
    pub outcomes: Outcomes,
    /// The part that has to be good, between 0 and 1.
    pub target: Ratio,
    /// The period that the target is about.
    pub window: Period,
    /// Attributes by which it is counted apart.
    pub group_by: Vec<String>,
    /// Groups counted apart at most.
    pub max_groups: u32,
    /// How long an evaluation is waited for.
    pub deadline: Option<Period>,
    /// How many events are expected, if that is known.
    pub traffic: Option<Traffic>,
    /// How severe a single bad one is.
    pub severity: Severity,
    /// Alerts of its own on one window each, besides those of the preset.
    pub burn_alerts: Vec<Single>,
    /// Who cares for it.
    pub owner: Option<String>,
    /// The service it belongs to.
    pub service: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Labels for its rules.
    pub labels: Vec<(String, String)>,
    /// Whether `good` asks about the outcome; worked out once.
    pub(crate) reads_outcome: bool,
}

/// What each outcome of a run is, where the objective leaves that to the table: the place is that
/// of [`OUTCOMES`], `None` leaves it to `good`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcomes([Option<Verdict>; OUTCOMES.len()]);

impl Outcomes {
    /// What holds if nothing else is said: the filter of a guardrail and somebody calling it off
    /// are not the agent's failure, and what is not known is not known.
    pub const DEFAULT: Self = Self([
        None,
        None,
        Some(Verdict::Excluded),
        None,
        None,
        Some(Verdict::Excluded),
        Some(Verdict::Unknown),
    ]);
    /// Everything is left to `good`.
    pub const NONE: Self = Self([None; OUTCOMES.len()]);

    /// What the table says of an outcome.
    #[must_use]
    pub fn of(&self, outcome: &[u8]) -> Option<Verdict> {
        let place = OUTCOMES.iter().position(|word| word.as_bytes() == outcome)?;
        self.0.get(place).copied().flatten()
    }

    fn set(&mut self, outcome: usize, verdict: Option<Verdict>) {
        self.0.get_mut(outcome).into_iter().for_each(|slot| *slot = verdict);
    }
}

impl Objective {
    /// The part that may be bad.
    #[must_use]
    pub fn budget(&self) -> Ratio {
        crate::burn::budget(self.target).unwrap_or_default()
    }

    /// Its alert tiers under these settings: those of the preset, then its own.
    #[must_use]
    pub fn tiers(&self, alerts: &Alerts) -> Vec<Tier> {
        let (preset, least) = (alerts.preset, alerts.min_events);
        let mut tiers = crate::burn::tiers(preset, self.target, self.window, self.traffic, least);
        let last = tiers.last().map_or(0, |tier| tier.number);
        let numbers = last.saturating_add(1)..;
        tiers.extend(self.burn_alerts.iter().zip(numbers).map(|(one, n)| one.tier(n, self.window)));
        tiers
    }

    /// The attributes it asks about, groups included: each once, in order.
    #[must_use]
    pub fn attributes(&self) -> Vec<&str> {
        let exprs = [Some(&self.good), self.exclude.as_ref()];
        let asked = exprs.into_iter().flatten().flat_map(Expr::attributes);
        let groups = self.group_by.iter().map(String::as_str);
        let all = asked.chain(self.matching.attributes()).chain(groups);
        let mut all: Vec<&str> = all.collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether a verdict has to wait for the root of the run.
    #[must_use]
    pub fn needs_root(&self) -> bool {
        let conditions = [Some(&self.good), self.exclude.as_ref()];
        let reads = |field| conditions.iter().flatten().any(|expr| expr.reads(field));
        reads(crate::Field::Outcome) || reads(crate::Field::SpanName)
    }
}
