//! Windows of time in whole seconds, written as Prometheus writes them.

#[cfg(test)]
mod tests;

use std::fmt;

use crate::Ratio;

/// A length of time in whole seconds: the window of an objective or of an alert.
///
/// ```
/// use slo::Period;
/// assert_eq!(Period::parse("1h30m").unwrap().to_string(), "90m");
/// assert_eq!(Period::parse("2w").unwrap().to_string(), "14d");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(u32);

/// What a letter stands for, longest first.
const UNITS: [(char, u32); 5] =
    [('w', 7 * 86_400), ('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

impl Period {
    /// From seconds.
    #[must_use]
    pub const fn seconds(seconds: u32) -> Self {
        Self(seconds)
    }

    /// From minutes; what does not fit becomes the longest period.
    #[must_use]
    pub const fn minutes(minutes: u32) -> Self {
        Self(minutes.saturating_mul(60))
    }

    /// From hours; what does not fit becomes the longest period.
    #[must_use]
    pub const fn hours(hours: u32) -> Self {
        Self(hours.saturating_mul(3_600))
    }

    /// From days; what does not fit becomes the longest period.
    #[must_use]
    pub const fn days(days: u32) -> Self {
        Self(days.saturating_mul(86_400))
    }

    /// Reads `28d`, `1h30m`, `2w`: numbers with a unit each, longest unit first. Months, quarters
    /// and years have no one length and are refused, and so is no time at all.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text;
        let mut units = UNITS.iter();
        let mut sum = 0_u32;
        while !rest.is_empty() {
            let end = rest.find(|c: char| !c.is_ascii_digit())?;
            let (number, tail) = rest.split_at_checked(end)?;
            let unit = tail.chars().next()?;
            let (_, seconds) = units.find(|(letter, _)| *letter == unit)?;
            sum = sum.checked_add(number.parse::<u32>().ok()?.checked_mul(*seconds)?)?;
            rest = tail.get(1..)?;
        }
        (sum > 0).then_some(Self(sum))
    }

    /// The length in seconds.
    #[must_use]
    pub const fn as_seconds(self) -> u32 {
        self.0
    }

    /// The length in hours, exactly.
    #[must_use]
    pub fn as_hours(self) -> Ratio {
        Ratio::new(self.0.into(), 3_600).unwrap_or_default()
    }

    /// Whether it is a whole number of days.
    #[must_use]
    pub const fn is_days(self) -> bool {
        self.0.is_multiple_of(86_400)
    }

    /// A part of it, at least one second.
    #[must_use]
    pub const fn divided(self, by: u32) -> Self {
        match self.0.checked_div(by) {
            None => self,
            Some(0) => Self(1),
            Some(part) => Self(part),
        }
    }
}

impl fmt::Display for Period {
    /// One number with the longest unit that leaves no rest, weeks aside: `28d`, `36h`, `80m`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut units = UNITS.iter().skip(1);
        let unit = units.find(|(_, seconds)| self.0.is_multiple_of(*seconds));
        let (letter, seconds) = unit.copied().unwrap_or(('s', 1));
        write!(f, "{}{letter}", self.0 / seconds)
    }
}
