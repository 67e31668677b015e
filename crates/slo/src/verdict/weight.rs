//! How many events one sampled event stands for.

use std::fmt;

use crate::Ratio;

/// How many events one stands for, in units of 2^-20: sums of weights are whole numbers, so they do
/// not depend on the order in which they are added. Weights of 1, 2, 4 … are exact, others are off
/// by less than one in two million.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Weight(u64);

/// Units of one event.
const UNITS: u64 = 1 << 20;
/// Digits of a whole threshold.
const DIGITS: u32 = 14;
/// One more than the largest threshold: all of 56 bits.
const WHOLE: u64 = 1 << 56;
/// A sampled event stands for at most this many: past it a sample says nothing about failures.
const WEIGHT_MAX: u64 = 1 << 32;

impl Weight {
    /// Not sampled.
    pub const ONE: Self = Self(UNITS);

    /// The weight that an OpenTelemetry `tracestate` tells, `ot=th:c`: the rejection threshold `T`
    /// is padded with zeros to 14 digits and an event stands for 2^56 / (2^56 - T). Without a
    /// threshold it stands for itself.
    ///
    /// # Errors
    /// A threshold that is no hexadecimal number of 1 to 14 digits. Who asks may go on with
    /// [`Weight::ONE`], and should count that.
    pub fn of_tracestate(tracestate: &str) -> Result<Self, WeightError> {
        let members = tracestate.split(',').map(str::trim);
        let Some(ours) = members.filter_map(|member| member.strip_prefix("ot=")).next() else {
            return Ok(Self::ONE);
        };
        match ours.split(';').find_map(|field| field.strip_prefix("th:")) {
            Some(threshold) => Self::of_threshold(threshold),
            None => Ok(Self::ONE),
        }
    }

    /// The weight of a rejection threshold, `c` or `fd7`.
    ///
    /// # Errors
    /// As [`Self::of_tracestate`].
    pub fn of_threshold(threshold: &str) -> Result<Self, WeightError> {
        let length = u32::try_from(threshold.len()).unwrap_or(u32::MAX);
        // `from_str_radix` would also take a sign.
        let is_hex = threshold.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !(1..=DIGITS).contains(&length) || !is_hex {
            return Err(WeightError);
        }
        let digits = u64::from_str_radix(threshold, 16).map_err(|_| WeightError)?;
        let rejected = digits << (4 * (DIGITS - length));
        let kept = u128::from(WHOLE - rejected);
        let units = (u128::from(WHOLE) * u128::from(UNITS) + kept / 2) / kept;
        let most = u128::from(WEIGHT_MAX) * u128::from(UNITS);
        Ok(Self(u64::try_from(units.min(most)).unwrap_or(u64::MAX)))
    }

    /// So many units of 2^-20.
    #[must_use]
    pub const fn of_units(units: u64) -> Self {
        Self(units)
    }

    /// The units of 2^-20.
    #[must_use]
    pub const fn units(self) -> u64 {
        self.0
    }

    /// Exactly what it stands for.
    #[must_use]
    pub fn ratio(self) -> Ratio {
        Ratio::new(self.0.into(), UNITS.into()).unwrap_or_default()
    }
}

impl Default for Weight {
    fn default() -> Self {
        Self::ONE
    }
}

/// How many unsampled events a sum of weighted ones is worth: (sum of weights)² / sum of squares. A
/// guard on few events has to ask this, not the sum: one event that stands for a thousand is still
/// one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effective {
    sum: u128,
    squares: u128,
}

impl Effective {
    /// Adds an event. The order makes no difference.
    pub const fn add(&mut self, weight: Weight) {
        let units = weight.0 as u128;
        self.sum = self.sum.saturating_add(units);
        self.squares = self.squares.saturating_add(units * units);
    }

    /// Events that are worth as much. 0 without any.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a guard")]
    pub fn events(&self) -> f64 {
        if self.squares == 0 {
            return 0.0;
        }
        self.sum as f64 / self.squares as f64 * self.sum as f64
    }
}

/// A sampling threshold that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeightError;

impl fmt::Display for WeightError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the sampling threshold is not 1 to 14 hexadecimal digits")
    }
}

impl std::error::Error for WeightError {}
