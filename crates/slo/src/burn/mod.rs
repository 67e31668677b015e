//! Budgets, burn rates and the windows of alerts, in exact fractions.
//!
//! With B = 1 - target: the error ratio of a window is bad / (bad + good), its burn rate is that
//! divided by B. A burn rate of 1 uses up the budget exactly at the end of the period.

#[cfg(test)]
mod tests;
mod tiers;

pub use self::tiers::{HardDown, Preset, Severity, Single, Tier, Traffic, hard_down, tiers};
use crate::{Period, Ratio};

/// The part that may be bad: 1 - target.
#[must_use]
pub fn budget(target: Ratio) -> Option<Ratio> {
    Ratio::ONE.minus(target)
}

/// The part of events that was bad; `None` without events.
#[must_use]
pub fn error_ratio(bad: Ratio, good: Ratio) -> Option<Ratio> {
    bad.over(bad.plus(good)?)
}

/// How many times faster than sustainable the budget is used; `None` without events and without a
/// budget.
#[must_use]
pub fn burn_rate(bad: Ratio, good: Ratio, target: Ratio) -> Option<Ratio> {
    error_ratio(bad, good)?.over(budget(target)?)
}

/// The part of the budget that is left of a period: 1 is all, 0 none, negative is overdrawn. `None`
/// without events.
#[must_use]
pub fn remaining(bad: Ratio, good: Ratio, target: Ratio) -> Option<Ratio> {
    Ratio::ONE.minus(burn_rate(bad, good, target)?)
}

/// How long everything may be bad in a period, in seconds, at even traffic.
#[must_use]
pub fn allowed_seconds(target: Ratio, period: Period) -> Option<Ratio> {
    budget(target)?.times(Ratio::whole(period.as_seconds().into()))
}

/// After how many hours a constant burn rate has used up the budget of a period; `None` at 0.
#[must_use]
pub fn hours_to_exhaustion(burn: Ratio, period: Period) -> Option<Ratio> {
    period.as_hours().over(burn)
}

/// The part of the period's budget that a constant burn rate uses in a while.
#[must_use]
pub fn consumed(burn: Ratio, during: Period, period: Period) -> Option<Ratio> {
    burn.times(during.as_hours())?.over(period.as_hours())
}

/// The burn rate at which `percent` of a period's budget is used within a window.
#[must_use]
pub fn factor(percent: Ratio, period: Period, window: Period) -> Option<Ratio> {
    percent.times(period.as_hours())?.over(window.as_hours().times(Ratio::whole(100))?)
}

/// The chance that k trials drawn from `trials` with `successes` all succeed: C(c,k) / C(n,k).
/// `None` if there are fewer trials than that.
///
/// ```
/// // 8 of 10 succeed; two drawn at random both succeed 28 times out of 45.
/// let two = slo::burn::all_succeed(8, 10, 2);
/// assert_eq!(two, slo::Ratio::new(28, 45));
/// ```
#[must_use]
pub fn all_succeed(successes: u32, trials: u32, k: u32) -> Option<Ratio> {
    if k > trials || successes > trials {
        return None;
    }
    if k > successes {
        return Some(Ratio::ZERO);
    }
    (0..k).try_fold(Ratio::ONE, |chance, drawn| {
        chance.times(Ratio::new((successes - drawn).into(), (trials - drawn).into())?)
    })
}
