//! Durations as Go writes them: `300ms`, `1.5h`, `2h45m` (C§2.5).

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;
use std::time::Duration as StdDuration;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

/// The newtype name by which [`crate::decode()`] knows a [`Duration`].
pub(crate) const DURATION: &str = "$config::Duration";

const MICRO: u64 = 1_000;
const MILLI: u64 = 1_000 * MICRO;
const SECOND: u64 = 1_000 * MILLI;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// A span of time in whole nanoseconds, up to about 292 years either way.
///
/// Dereferences to [`std::time::Duration`]; that view of a negative duration is zero, so check
/// [`Self::is_negative`] where a negative value has a meaning.
///
/// ```
/// let timeout: config::Duration = "1.5s".parse()?;
/// assert_eq!(timeout.as_millis(), 1500);
/// assert_eq!(timeout.to_string(), "1.5s");
/// # Ok::<(), config::types::DurationError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Duration {
    nanos: i64,
    positive: StdDuration,
}

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self::from_nanos(0);

    /// From nanoseconds, which may be negative.
    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        let positive = if nanos > 0 { nanos.unsigned_abs() } else { 0 };
        Self { nanos, positive: StdDuration::from_nanos(positive) }
    }

    /// From milliseconds; what does not fit becomes the longest duration.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self::from_std(StdDuration::from_millis(millis))
    }

    /// From seconds; what does not fit becomes the longest duration.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self::from_std(StdDuration::from_secs(secs))
    }

    /// From the standard type; what does not fit becomes the longest duration.
    #[must_use]
    pub const fn from_std(duration: StdDuration) -> Self {
        let nanos = duration.as_nanos();
        #[expect(clippy::cast_possible_truncation, reason = "the branch checks the range")]
        let nanos = if nanos > i64::MAX as u128 { i64::MAX } else { nanos as i64 };
        Self::from_nanos(nanos)
    }

    /// The signed nanoseconds.
    #[must_use]
    pub const fn nanos(self) -> i64 {
        self.nanos
    }

    /// The standard type; zero if this is negative.
    #[must_use]
    pub const fn to_std(self) -> StdDuration {
        self.positive
    }

    /// Whether this is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.nanos < 0
    }
}

impl Deref for Duration {
    type Target = StdDuration;

    fn deref(&self) -> &StdDuration {
        &self.positive
    }
}

impl From<StdDuration> for Duration {
    fn from(duration: StdDuration) -> Self {
        Self::from_std(duration)
    }
}

impl From<Duration> for StdDuration {
    fn from(duration: Duration) -> Self {
        duration.positive
    }
}

impl PartialOrd for Duration {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Duration {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.nanos.cmp(&other.nanos)
    }
}

/// Why a text is not a duration, in Go's words without the offending text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DurationError {
    /// Not a number, or a duration too long to count in nanoseconds.
    Invalid,
    /// A number without a unit.
    MissingUnit,
    /// A unit that is not ns, us, µs, ms, s, m or h.
    UnknownUnit,
}

impl fmt::Display for DurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Invalid => "time: invalid duration",
            Self::MissingUnit => "time: missing unit in duration",
            Self::UnknownUnit => "time: unknown unit",
        })
    }
}

impl std::error::Error for DurationError {}

impl FromStr for Duration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        let (negative, mut rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if rest == "0" {
            return Ok(Self::ZERO);
        }
        if rest.is_empty() {
            return Err(DurationError::Invalid);
        }
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let (nanos, tail) = part(rest)?;
            total = total.checked_add(nanos).ok_or(DurationError::Invalid)?;
            rest = tail;
        }
        let size = i128::from(total);
        let nanos = i64::try_from(if negative { -size } else { size });
        nanos.map(Self::from_nanos).map_err(|_| DurationError::Invalid)
    }
}

/// Reads one number and its unit, and returns what follows.
fn part(text: &str) -> Result<(u64, &str), DurationError> {
    let (whole, rest) = split_digits(text);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => split_digits(rest),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return Err(DurationError::Invalid);
    }
    let unit_len = rest.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at_checked(unit_len).ok_or(DurationError::Invalid)?;
    let unit = match unit {
        "" => return Err(DurationError::MissingUnit),
        "ns" => 1,
        // U+00B5 micro sign and U+03BC Greek mu.
        "us" | "µs" | "μs" => MICRO,
        "ms" => MILLI,
        "s" => SECOND,
        "m" => MINUTE,
        "h" => HOUR,
        _ => return Err(DurationError::UnknownUnit),
    };
    let whole: u64 = match whole {
        "" => 0,
        digits => digits.parse().map_err(|_| DurationError::Invalid)?,
    };
    let nanos = whole.checked_mul(unit).ok_or(DurationError::Invalid)?;
    let nanos = nanos.checked_add(fraction_of(fraction, unit)).ok_or(DurationError::Invalid)?;
    Ok((nanos, rest))
}

/// `0.<digits>` of a unit in whole nanoseconds, rounded down. More than 18 digits cannot matter.
fn fraction_of(digits: &str, unit: u64) -> u64 {
    let mut value: u128 = 0;
    let mut scale: u128 = 1;
    for digit in digits.bytes().take(18) {
        value = value * 10 + u128::from(digit - b'0');
        scale *= 10;
    }
    u64::try_from(value * u128::from(unit) / scale).unwrap_or(0)
}

fn split_digits(text: &str) -> (&str, &str) {
    let len = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at_checked(len).unwrap_or((text, ""))
}

impl fmt::Display for Duration {
    /// As Go prints it: `1h0m0s`, `1m30s`, `1.5s`, `200ms`, `0s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.nanos.unsigned_abs();
        if self.nanos < 0 {
            f.write_str("-")?;
        }
        match nanos {
            0 => f.write_str("0s"),
            n if n < MICRO => write!(f, "{n}ns"),
            n if n < MILLI => write_decimal(f, n, MICRO, "µs"),
            n if n < SECOND => write_decimal(f, n, MILLI, "ms"),
            n => {
                if n >= HOUR {
                    write!(f, "{}h", n / HOUR)?;
                }
                if n >= MINUTE {
                    write!(f, "{}m", n % HOUR / MINUTE)?;
                }
                write_decimal(f, n % MINUTE, SECOND, "s")
            }
        }
    }
}

fn write_decimal(f: &mut fmt::Formatter<'_>, nanos: u64, unit: u64, name: &str) -> fmt::Result {
    write!(f, "{}", nanos / unit)?;
    let rest = nanos % unit;
    if rest > 0 {
        let width = unit.ilog10() as usize;
        let digits = format!("{rest:0width$}");
        write!(f, ".{}", digits.trim_end_matches('0'))?;
    }
    f.write_str(name)
}

impl fmt::Debug for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(DURATION, DurationVisitor)
    }
}

struct DurationVisitor;

impl<'de> Visitor<'de> for DurationVisitor {
    type Value = Duration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration such as \"200ms\" or \"1m30s\"")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Duration, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_i64<E>(self, nanos: i64) -> Result<Duration, E> {
        Ok(Duration::from_nanos(nanos))
    }

    fn visit_u64<E: serde::de::Error>(self, nanos: u64) -> Result<Duration, E> {
        i64::try_from(nanos)
            .map(Duration::from_nanos)
            .map_err(|_| E::custom(DurationError::Invalid))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Duration, E> {
        text.parse().map_err(E::custom)
    }
}
