//! What to call the state of a budget.

use std::fmt;

use super::Budget;
use crate::{Period, Ratio};

/// The state of a budget, as spans are tagged with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// More than a quarter is left.
    Ok,
    /// Too little of the period was counted to say.
    #[default]
    Unknown,
    /// A quarter or less is left, or it is used so fast that somebody is paged.
    AtRisk,
    /// Nothing is left.
    Exhausted,
}

impl State {
    /// A stable word, for attributes and labels.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unknown => "unknown",
            Self::AtRisk => "at_risk",
            Self::Exhausted => "exhausted",
        }
    }

    /// The state now, given the one before: what got worse has to get clearly better before it is
    /// called so, or the state would flap around its bounds.
    #[must_use]
    pub fn next(self, budget: &Budget, target: Ratio, page_factor: Ratio, now: u64) -> Self {
        let percent = |number: i128| Ratio::new(number, 100).unwrap_or_default();
        if budget.coverage(now) < percent(90) {
            return Self::Unknown;
        }
        let Some(left) = budget.remaining(target, now) else { return Self::Unknown };
        let burn = budget.burn_rate(Period::hours(1), target, now).unwrap_or_default();
        let spent = if self == Self::Exhausted { percent(5) } else { Ratio::ZERO };
        let (low, fast) = match self {
            Self::AtRisk | Self::Exhausted => {
                (percent(30), page_factor.times(percent(80)).unwrap_or(page_factor))
            }
            Self::Ok | Self::Unknown => (percent(25), page_factor),
        };
        if left <= spent {
            Self::Exhausted
        } else if left <= low || burn > fast {
            Self::AtRisk
        } else {
            Self::Ok
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
