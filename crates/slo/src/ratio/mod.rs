//! Exact fractions: what budgets, burn rates and thresholds are computed in.

#[cfg(test)]
mod tests;

use std::{cmp::Ordering, fmt};

/// Digits after which a decimal is no longer taken: what is longer does not fit the arithmetic.
const DIGITS_MAX: usize = 30;
/// Significant digits that make every `f64` come out as the nearest one.
const DIGITS_OF_FLOAT: usize = 30;
/// A decimal of at most this many digits is printed in full.
const DIGITS_SHOWN: usize = 17;

/// A fraction in lowest terms. Every operation is exact or says that it cannot be: `None` stands
/// for a result whose parts do not fit 127 bits, and for a division by zero.
///
/// ```
/// use slo::Ratio;
/// let target = Ratio::decimal("0.999").unwrap();
/// assert_eq!(Ratio::ONE.minus(target).unwrap().to_string(), "0.001");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ratio {
    num: i128,
    /// Positive.
    den: i128,
}

impl Ratio {
    /// 0.
    pub const ZERO: Self = Self::whole(0);
    /// 1.
    pub const ONE: Self = Self::whole(1);

    /// `num` divided by `den`.
    #[must_use]
    pub fn new(num: i128, den: i128) -> Option<Self> {
        if den == 0 || num == i128::MIN || den == i128::MIN {
            return None;
        }
        let divisor = i128::try_from(gcd(num.unsigned_abs(), den.unsigned_abs())).ok()?;
        let sign = den.signum();
        Some(Self { num: num / divisor * sign, den: den / divisor * sign })
    }

    /// A whole number.
    #[must_use]
    pub const fn whole(number: i64) -> Self {
        Self { num: number as i128, den: 1 }
    }

    /// Reads `0.95`, `-3`, `1_000.5`.
    #[must_use]
    pub fn decimal(text: &str) -> Option<Self> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && part.is_empty() || digits.ends_with('.') {
            return None;
        }
        let (mut num, mut den, mut count) = (0_i128, 1_i128, 0);
        for (byte, is_part) in
            whole.bytes().map(|byte| (byte, false)).chain(part.bytes().map(|byte| (byte, true)))
        {
            if byte == b'_' {
                continue;
            }
            if !byte.is_ascii_digit() || count == DIGITS_MAX {
                return None;
            }
            count += 1;
            num = num.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
            if is_part {
                den = den.checked_mul(10)?;
            }
        }
        Self::new(num.checked_mul(sign)?, den)
    }

    /// The part above the line.
    #[must_use]
    pub const fn numerator(self) -> i128 {
        self.num
    }

    /// The part below the line; positive.
    #[must_use]
    pub const fn denominator(self) -> i128 {
        self.den
    }

    /// The sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let shared = i128::try_from(gcd(self.den.unsigned_abs(), other.den.unsigned_abs())).ok()?;
        let left = self.num.checked_mul(other.den / shared)?;
        let right = other.num.checked_mul(self.den / shared)?;
        Self::new(left.checked_add(right)?, (self.den / shared).checked_mul(other.den)?)
    }

    /// The difference.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        self.plus(Self { num: -other.num, den: other.den })
    }

    /// The product.
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        let left = Self::new(self.num, other.den)?;
        let right = Self::new(other.num, self.den)?;
        Self::new(left.num.checked_mul(right.num)?, left.den.checked_mul(right.den)?)
    }

    /// The quotient.
    #[must_use]
    pub fn over(self, other: Self) -> Option<Self> {
        self.times(Self::new(other.den, other.num)?)
    }

    /// The smallest whole number that is not less.
    #[must_use]
    pub const fn ceil(self) -> i128 {
        let down = self.num.div_euclid(self.den);
        if self.num.rem_euclid(self.den) == 0 { down } else { down + 1 }
    }

    /// The largest whole number that is not more.
    #[must_use]
    pub const fn floor(self) -> i128 {
        self.num.div_euclid(self.den)
    }

    /// The nearest `f64`.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        match self.digits(DIGITS_OF_FLOAT) {
            Some((text, _)) => text.parse().unwrap_or(f64::NAN),
            // Both parts are beyond 123 bits here, where one more rounding changes nothing seen.
            #[expect(clippy::cast_precision_loss, reason = "the nearest value is wanted")]
            None => self.num as f64 / self.den as f64,
        }
    }

    /// Long division to at most `limit` significant digits, and whether it came out even.
    fn digits(self, limit: usize) -> Option<(String, bool)> {
        let den = self.den.unsigned_abs();
        let whole = self.num.unsigned_abs() / den;
        let mut rest = self.num.unsigned_abs() % den;
        let mut text = String::from(if self.num < 0 { "-" } else { "" });
        text.push_str(&whole.to_string());
        let mut significant = if whole == 0 { 0 } else { whole.to_string().len() };
        if rest > 0 {
            text.push('.');
        }
        while rest > 0 && significant < limit {
            rest = rest.checked_mul(10)?;
            let digit = u8::try_from(rest / den).ok()?;
            rest %= den;
            text.push(char::from(b'0' + digit));
            if significant > 0 || digit > 0 {
                significant += 1;
            }
        }
        Some((text, rest == 0))
    }
}

impl Default for Ratio {
    fn default() -> Self {
        Self::ZERO
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    /// By continued fractions: products could be too large.
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut a, mut b) = ((self.num, self.den), (other.num, other.den));
        let mut is_swapped = false;
        loop {
            let floors = a.0.div_euclid(a.1).cmp(&b.0.div_euclid(b.1));
            let rests = (a.0.rem_euclid(a.1), b.0.rem_euclid(b.1));
            let order = match (floors, rests) {
                (Ordering::Equal, (0, 0)) => Ordering::Equal,
                (Ordering::Equal, (0, _)) => Ordering::Less,
                (Ordering::Equal, (_, 0)) => Ordering::Greater,
                (Ordering::Equal, _) => {
                    a = (a.1, rests.0);
                    b = (b.1, rests.1);
                    is_swapped = !is_swapped;
                    continue;
                }
                (order, _) => order,
            };
            return if is_swapped { order.reverse() } else { order };
        }
    }
}

impl fmt::Display for Ratio {
    /// The decimal itself if it has at most 17 digits, else the shortest text that reads back as
    /// the nearest `f64`. Never an exponent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.digits(DIGITS_SHOWN) {
            Some((text, true)) => f.write_str(&text),
            _ => write!(f, "{}", self.to_f64()),
        }
    }
}

impl fmt::Debug for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.num, self.den)
    }
}

/// The greatest common divisor; 1 where both are 0.
const fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    if a == 0 { 1 } else { a }
}
