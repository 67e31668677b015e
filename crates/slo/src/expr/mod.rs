//! Conditions on facts: `cost <= 0.50 and model_calls <= 25 and not error`.
//!
//! ```text
//! condition = all { "or" all }          all  = one { "and" one }
//! one       = "not" one | "(" condition ")" | "true" | "false" | test
//! test      = name                                             a field that is yes or no
//!           | value ( "==" "!=" "<" "<=" ">" ">=" ) value      at least one of them a name
//!           | name [ "not" ] "in" "[" literal { "," literal } "]"
//! literal   = number with its unit | word | "text" | true | false
//! ```
//!
//! A word may hold `*`, which stands for any characters; a quoted text is taken as it is. Logic has
//! three values: a test on a fact that is missing is unknown, `false and unknown` is false, `true
//! or unknown` is true.

mod eval;
mod fold;
mod glob;
mod literal;
mod parse;
mod print;
mod read;
#[cfg(test)]
mod tests;
mod token;

use std::fmt;

pub(crate) use self::read::attribute;
pub use self::{eval::Step, glob::Pattern, literal::Number};
use crate::fields::{Field, Grain};

/// Characters of one condition.
pub const TEXT_MAX: usize = 4_096;
/// How deep parentheses and `not` nest.
pub const DEPTH_MAX: usize = 32;

/// The value of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not.
    False,
    /// A fact is missing that would decide it.
    Unknown,
}

impl Truth {
    const fn of(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }

    const fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

/// A condition, parsed, checked against the fields of a grain, ready to be evaluated without
/// allocating.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    root: Node,
    grain: Grain,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Const(bool),
    Test(Box<Test>),
    Not(Box<Self>),
    All(Box<[Self]>),
    Any(Box<[Self]>),
}

/// One comparison.
#[derive(Clone, Debug, PartialEq)]
struct Test {
    name: Name,
    compare: Compare,
    stays: Stays,
    /// How it is written, and how its opposite is: the reasons of verdicts.
    text: Box<str>,
    opposite: Box<str>,
}

/// What is asked about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Name {
    Field(Field),
    Attribute(Box<str>),
}

#[derive(Clone, Debug, PartialEq)]
enum Compare {
    /// With a number.
    Number(Order, Number),
    /// With one of these numbers.
    NumberIn(Box<[Number]>),
    /// With another number that is looked up.
    Name(Order, Name),
    /// With one of these texts.
    Text(Box<[Pattern]>),
    /// With yes or no.
    Bool(bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
}

/// Whether a test of an open run keeps its value, whatever arrives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Stays {
    when_true: bool,
    when_false: bool,
}

/// What is wrong with a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExprError {
    /// Where: characters from the start, from 1.
    pub column: usize,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// What to write instead.
    pub remedy: String,
}

impl fmt::Display for ExprError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at character {}: {}", self.message, self.column, self.remedy)
    }
}

impl std::error::Error for ExprError {}

impl Expr {
    /// Reads a condition about things of that grain.
    ///
    /// # Errors
    /// Syntax, fields that the grain does not have, units and types that do not fit.
    ///
    /// ```
    /// use slo::{Expr, Grain};
    /// assert!(Expr::parse("duration <= 60s and not error", Grain::Run).is_ok());
    /// let error = Expr::parse("duration <= 60 tokens", Grain::Run).unwrap_err();
    /// assert_eq!(error.to_string(), "duration is a time, 60 tokens is tokens at character 13: write 60s");
    /// ```
    pub fn parse(text: &str, grain: Grain) -> Result<Self, ExprError> {
        let root = parse::parse(text, grain)?;
        Ok(Self { root, grain })
    }

    /// What it is about.
    #[must_use]
    pub const fn grain(&self) -> Grain {
        self.grain
    }

    /// Whether it asks about this field.
    #[must_use]
    pub fn reads(&self, field: Field) -> bool {
        self.tests().any(|test| {
            let other = matches!(&test.compare, Compare::Name(_, Name::Field(f)) if *f == field);
            other || test.name == Name::Field(field)
        })
    }

    /// Whether it names this word among the texts that the field is compared with.
    #[must_use]
    pub fn names(&self, field: Field, word: &str) -> bool {
        self.tests().any(|test| match &test.compare {
            Compare::Text(patterns) if test.name == Name::Field(field) => {
                patterns.iter().any(|pattern| pattern.matches(word.as_bytes()))
            }
            _ => false,
        })
    }

    /// Whether it can turn out false before all of a run has come, and stay so.
    #[must_use]
    pub fn can_fail_early(&self) -> bool {
        self.root.can_settle(false)
    }

    /// The first upper bound of a number, for reports: the field, its bound and the operator.
    #[must_use]
    pub fn threshold(&self) -> Option<(&'static str, &Number, &'static str)> {
        self.tests().find_map(|test| match (&test.name, &test.compare) {
            (Name::Field(field), Compare::Number(order, number)) => {
                Some((field.name(), number, order.sign()))
            }
            _ => None,
        })
    }

    /// The attributes that it asks about, each as often as it does.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        self.tests().flat_map(|test| {
            let other = match &test.compare {
                Compare::Name(_, name) => name.attribute(),
                _ => None,
            };
            test.name.attribute().into_iter().chain(other)
        })
    }

    /// The numbers that a field is compared with.
    pub fn bounds(&self, field: Field) -> impl Iterator<Item = &Number> {
        self.tests().filter_map(move |test| match &test.compare {
            Compare::Number(_, number) if test.name == Name::Field(field) => Some(number),
            _ => None,
        })
    }

    fn tests(&self) -> impl Iterator<Item = &Test> {
        let mut found = Vec::new();
        self.root.collect(&mut found);
        found.into_iter()
    }
}

impl Name {
    fn attribute(&self) -> Option<&str> {
        match self {
            Self::Attribute(key) => Some(key),
            Self::Field(_) => None,
        }
    }
}

impl Node {
    fn collect<'a>(&'a self, into: &mut Vec<&'a Test>) {
        match self {
            Self::Const(_) => {}
            Self::Test(test) => into.push(test),
            Self::Not(inner) => inner.collect(into),
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().for_each(|n| n.collect(into)),
        }
    }

    /// Whether facts of an open run can make it this value for good.
    fn can_settle(&self, value: bool) -> bool {
        match self {
            Self::Const(constant) => *constant == value,
            Self::Test(test) => {
                if value {
                    test.stays.when_true
                } else {
                    test.stays.when_false
                }
            }
            Self::Not(inner) => inner.can_settle(!value),
            Self::All(nodes) if value => nodes.iter().all(|node| node.can_settle(true)),
            Self::All(nodes) => nodes.iter().any(|node| node.can_settle(false)),
            Self::Any(nodes) if value => nodes.iter().any(|node| node.can_settle(true)),
            Self::Any(nodes) => nodes.iter().all(|node| node.can_settle(false)),
        }
    }
}
