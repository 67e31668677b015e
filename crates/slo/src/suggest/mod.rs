//! Targets, bounds and traffic out of what was seen.

#[cfg(test)]
mod tests;

use std::fmt;

use crate::{Ratio, burn, burn::Traffic};

/// Targets that people promise, in thousandths of a percent, highest first.
const TARGETS: [i128; 17] = [
    99_990, 99_950, 99_900, 99_500, 99_000, 98_000, 97_000, 95_000, 93_000, 90_000, 85_000, 80_000,
    75_000, 70_000, 60_000, 50_000, 40_000,
];
/// Standard deviations between what was seen and what is assumed: one in forty is worse.
const DEVIATIONS: f64 = 1.96;

/// A target, and what it would have meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The target.
    pub target: Ratio,
    /// The part of the budget that would have been left.
    pub remaining: Ratio,
    /// The events it is based on.
    pub events: u64,
}

impl fmt::Display for Suggestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |part: Ratio| part.times(Ratio::whole(100)).unwrap_or_default();
        write!(
            f,
            "target: {}% (of {} events; {}% of the budget would have been left)",
            percent(self.target),
            self.events,
            percent(self.remaining).floor(),
        )
    }
}

/// The highest usual target that is kept even if the true error ratio is as bad as it can be, given
/// what was seen (the upper end of Wilson's interval). `None` without events, and where no usual
/// target is kept.
///
/// ```
/// let suggestion = slo::suggest::target(9_900, 100).unwrap();
/// assert_eq!(suggestion.to_string(), "target: 98% (of 10000 events; 50% of the budget would have been left)");
/// ```
#[must_use]
pub fn target(good: u64, bad: u64) -> Option<Suggestion> {
    let events = good.checked_add(bad).filter(|events| *events > 0)?;
    let worst = upper(bad, events);
    let whole = |number: u64| Ratio::new(number.into(), 1);
    let (bad, good) = (whole(bad)?, whole(good)?);
    TARGETS.iter().find_map(|thousandths| {
        let target = Ratio::new(*thousandths, 100_000)?;
        let budget = burn::budget(target)?.to_f64();
        let remaining = burn::remaining(bad, good, target)?;
        (worst <= budget).then_some(Suggestion { target, remaining, events })
    })
}

/// The upper end of Wilson's score interval.
#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn upper(bad: u64, events: u64) -> f64 {
    let (n, z) = (events as f64, DEVIATIONS);
    let p = bad as f64 / n;
    let spread = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    (p + z * z / (2.0 * n) + spread) / (1.0 + z * z / n)
}

/// The smallest bound of two digits that the target's part of the values does not exceed: for
/// `good: field <= bound`. Values that are no numbers are left out. `None` without values.
///
/// ```
/// let target = slo::Ratio::decimal("0.9").unwrap();
/// let mut seconds: Vec<f64> = (1..=100).map(|n| f64::from(n) / 10.0).collect();
/// assert_eq!(slo::suggest::bound(&mut seconds, target), Some(9.0));
/// ```
#[must_use]
pub fn bound(values: &mut Vec<f64>, target: Ratio) -> Option<f64> {
    values.retain(|value| value.is_finite());
    values.sort_by(f64::total_cmp);
    let count = i64::try_from(values.len()).ok()?;
    let place = Ratio::whole(count).times(target)?.ceil().max(1) - 1;
    let value = values.get(usize::try_from(place).ok()?).copied()?;
    Some(up(value))
}

/// Rounded up to two digits.
fn up(value: f64) -> f64 {
    if value == 0.0 {
        return 0.0;
    }
    let exponent = value.abs().log10().floor() - 1.0;
    #[expect(clippy::cast_possible_truncation, reason = "exponents of f64 are small")]
    let text = format!("{}e{}", (value / 10_f64.powf(exponent)).ceil(), exponent as i32);
    // Decimal text avoids 0.30000000000000004; a bound below its value would be none.
    text.parse().ok().filter(|rounded: &f64| *rounded >= value).unwrap_or(value)
}

/// The traffic of so many events in so many seconds.
#[must_use]
pub fn traffic(events: u64, seconds: u64) -> Option<Traffic> {
    let hourly = Ratio::new(i128::from(events) * 3_600, seconds.into())?;
    Traffic::per_hour(hourly)
}
