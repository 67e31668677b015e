//! Which things an objective looks at.

use std::fmt;

use crate::{Fact, Facts, Field, Truth, expr::Pattern};

/// What a key must be: one of these.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// A text; `*` stands for any characters.
    Text(Pattern),
    /// A whole number.
    Int(i64),
    /// Yes or no.
    Bool(bool),
}

/// Conditions on attributes that all have to hold; without any, everything matches.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Match(Vec<(Key, Vec<Wanted>)>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    SpanName,
    Attribute(String),
}

impl Match {
    /// Whether all of it holds. What is missing is not known to match: the answer is unknown.
    #[must_use]
    pub fn truth(&self, facts: &dyn Facts) -> Truth {
        let mut result = Truth::True;
        for (key, wanted) in &self.0 {
            match key.truth(facts, wanted) {
                Truth::False => return Truth::False,
                Truth::Unknown => result = Truth::Unknown,
                Truth::True => {}
            }
        }
        result
    }

    /// What is wanted of an attribute; nothing if it is not asked about.
    #[must_use]
    pub fn wanted(&self, attribute: &str) -> &[Wanted] {
        let is_it = |key: &Key| matches!(key, Key::Attribute(name) if name == attribute);
        self.0.iter().find(|(key, _)| is_it(key)).map_or(&[], |(_, wanted)| wanted)
    }

    /// Whether it asks about nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The keys as they are written, and what is wanted of each.
    pub fn iter(&self) -> impl Iterator<Item = (String, &[Wanted])> {
        self.0.iter().map(|(key, wanted)| (key.to_string(), wanted.as_slice()))
    }

    /// The attributes it asks about.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|(key, _)| match key {
            Key::Attribute(name) => Some(name.as_str()),
            Key::SpanName => None,
        })
    }

    /// A match of one condition alone.
    pub(crate) fn one(key: &str, wanted: &[Wanted]) -> Self {
        let mut one = Self::default();
        one.add(key.strip_prefix("attributes.").unwrap_or(key), wanted.to_vec());
        one
    }

    /// Adds a condition; `span_name` is the name of the span, everything else an attribute.
    pub(crate) fn add(&mut self, key: &str, wanted: Vec<Wanted>) {
        let key = match key {
            "span_name" => Key::SpanName,
            _ => Key::Attribute(key.to_owned()),
        };
        // In the order of the keys, so that the same conditions are equal however they are written.
        let place = self.0.partition_point(|(known, _)| *known < key);
        self.0.insert(place, (key, wanted));
    }
}

impl Key {
    fn truth(&self, facts: &dyn Facts, wanted: &[Wanted]) -> Truth {
        let fact = match self {
            Self::SpanName => facts.field(Field::SpanName),
            Self::Attribute(key) => facts.attribute(key),
        };
        let holds = match (fact, self) {
            (Fact::Missing, _) => return Truth::Unknown,
            (Fact::List, Self::Attribute(key)) => facts.any_of_attribute(key, &mut |text| {
                wanted.iter().any(|wanted| wanted.holds(Fact::Text(text)))
            }),
            (fact, _) => wanted.iter().any(|wanted| wanted.holds(fact)),
        };
        if holds { Truth::True } else { Truth::False }
    }
}

impl Wanted {
    #[expect(clippy::cast_precision_loss, reason = "only compared with what is no whole number")]
    fn holds(&self, fact: Fact<'_>) -> bool {
        match (self, fact) {
            (Self::Text(pattern), Fact::Text(text)) => pattern.matches(text),
            (Self::Int(wanted), Fact::Int(number)) => *wanted == number,
            (Self::Int(wanted), Fact::Float(number)) => *wanted as f64 == number,
            (Self::Bool(wanted), Fact::Bool(flag)) => *wanted == flag,
            _ => false,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SpanName => f.write_str("span_name"),
            Self::Attribute(key) if crate::fields::ATTRIBUTES.contains(&&**key) => f.write_str(key),
            Self::Attribute(key) => write!(f, "attributes.{key}"),
        }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(pattern) => f.write_str(pattern.text()),
            Self::Int(number) => number.fmt(f),
            Self::Bool(flag) => flag.fmt(f),
        }
    }
}
