//! Numbers with their units.

use std::fmt;

use crate::{
    Ratio,
    fields::{Fact, Unit},
};

use super::Order;

/// A number of a condition, in seconds if it is a time.
#[derive(Clone, Debug)]
pub struct Number {
    exact: Ratio,
    unit: Option<Unit>,
    float: f64,
    /// Where it is whole: compared with whole facts without rounding.
    whole: Option<i64>,
    /// In nanoseconds, where that is whole.
    nanos: Option<i64>,
    text: Box<str>,
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.exact == other.exact && self.unit == other.unit
    }
}

impl Number {
    /// The value; times in seconds.
    #[must_use]
    pub const fn value(&self) -> Ratio {
        self.exact
    }

    /// Its unit, if one is written.
    #[must_use]
    pub const fn unit(&self) -> Option<Unit> {
        self.unit
    }

    pub(super) const fn float(&self) -> f64 {
        self.float
    }

    fn new(exact: Ratio, unit: Option<Unit>, text: String) -> Self {
        let whole = |ratio: Ratio| {
            (ratio.denominator() == 1).then(|| i64::try_from(ratio.numerator()).ok()).flatten()
        };
        let nanos = exact.times(Ratio::whole(1_000_000_000)).and_then(whole);
        let float = exact.to_f64();
        Self { exact, unit, float, whole: whole(exact), nanos, text: text.into() }
    }

    /// Compares a fact with it; `None` where the fact is no number.
    pub(super) fn compare(&self, fact: Fact<'_>, order: Order) -> Option<bool> {
        match (fact, self.whole, self.nanos) {
            (Fact::Int(fact), Some(whole), _) => Some(order.holds(&fact, &whole)),
            (Fact::Nanos(fact), _, Some(nanos)) => Some(order.holds(&fact, &nanos)),
            _ => Some(order.holds(&fact.number()?, &self.float)),
        }
    }

    /// Reads the token of a number and the word behind it, if that is a unit. `None` if it is none.
    pub(super) fn read(text: &str, unit_word: Option<&str>) -> Option<Self> {
        let (is_dollars, body) = match text.strip_prefix('$') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (exact, mut unit) = quantity(body)?;
        if let Some(word) = unit_word {
            let named = unit_of(word)?;
            if unit.is_some() || is_dollars {
                return None;
            }
            unit = Some(named);
        }
        if is_dollars {
            unit = match unit {
                None => Some(Unit::Usd),
                Some(_) => return None,
            };
        }
        let shown = unit_word.map_or_else(|| text.to_owned(), |word| format!("{text} {word}"));
        Some(Self::new(exact, unit, shown))
    }
}

/// The unit that a word behind a number means.
pub(super) fn unit_of(word: &str) -> Option<Unit> {
    Some(match word {
        "tokens" | "token" => Unit::Tokens,
        "tokens/s" | "token/s" => Unit::TokenRate,
        "USD" | "usd" => Unit::Usd,
        "calls" | "call" | "errors" | "agents" => Unit::Count,
        _ => return None,
    })
}

/// `25`, `50k`, `2M`, `70%`, `60s`, `1h30m`, `1.5s`.
fn quantity(text: &str) -> Option<(Ratio, Option<Unit>)> {
    let (number, suffix) = split(text)?;
    let scaled = |by: i64| number.times(Ratio::whole(by));
    Some(match suffix {
        "" => (number, None),
        "k" | "K" => (scaled(1_000)?, None),
        "M" => (scaled(1_000_000)?, None),
        "%" => (number.over(Ratio::whole(100))?, Some(Unit::Plain)),
        _ => (time(text)?, Some(Unit::Time)),
    })
}

/// A number and what stands behind it.
fn split(text: &str) -> Option<(Ratio, &str)> {
    let sign = usize::from(text.starts_with('-'));
    let body = text.get(sign..)?;
    let length = body.find(|c: char| !matches!(c, '0'..='9' | '.' | '_')).unwrap_or(body.len());
    Some((Ratio::decimal(text.get(..sign + length)?)?, body.get(length..)?))
}

/// A time in seconds: numbers with a unit each, longest unit first.
fn time(text: &str) -> Option<Ratio> {
    const UNITS: [(&str, i64, i64); 7] = [
        ("d", 86_400, 1),
        ("h", 3_600, 1),
        ("m", 60, 1),
        ("s", 1, 1),
        ("ms", 1, 1_000),
        ("us", 1, 1_000_000),
        ("ns", 1, 1_000_000_000),
    ];
    let mut sum = Ratio::ZERO;
    let mut rest = text;
    let mut units = UNITS.iter();
    while !rest.is_empty() {
        let (number, tail) = split(rest)?;
        let length = tail.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(tail.len());
        let unit = tail.get(..length)?;
        let (_, up, down) = units.find(|(name, ..)| *name == unit)?;
        sum = sum.plus(number.times(Ratio::new((*up).into(), (*down).into())?)?)?;
        rest = tail.get(length..)?;
    }
    Some(sum)
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Order {
    pub(super) fn holds<T: PartialOrd>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
            Self::Equal => left == right,
        }
    }

    pub(super) const fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Equal => "==",
        }
    }

    /// The sign of the opposite.
    pub(super) const fn opposite_sign(self) -> &'static str {
        match self {
            Self::Less => ">=",
            Self::LessOrEqual => ">",
            Self::Greater => "<=",
            Self::GreaterOrEqual => "<",
            Self::Equal => "!=",
        }
    }

    /// The order with its sides swapped.
    pub(super) const fn swapped(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            Self::Equal => Self::Equal,
        }
    }
}
