//! What a condition is worth for given facts, and why.

use super::{Compare, Expr, Name, Node, Pattern, Test, Truth};
use crate::fields::{Fact, Facts};

/// One test of an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The test as it is written.
    pub test: String,
    /// What was found.
    pub found: String,
    /// What that makes of it.
    pub truth: Truth,
}

impl Expr {
    /// What it is worth. Does not allocate.
    #[must_use]
    pub fn truth(&self, facts: &dyn Facts) -> Truth {
        self.root.truth(facts, false)
    }

    /// What it is worth already, whatever else may arrive of an open run: tests that can still
    /// change count as unknown. Does not allocate.
    #[must_use]
    pub fn truth_early(&self, facts: &dyn Facts) -> Truth {
        self.root.truth(facts, true)
    }

    /// The test that made it false, as its opposite: `duration>60s`. Does not allocate.
    #[must_use]
    pub fn why_false(&self, facts: &dyn Facts) -> Option<&str> {
        self.root.why(facts, false)
    }

    /// Every test with what was found.
    #[must_use]
    pub fn steps(&self, facts: &dyn Facts) -> Vec<Step> {
        let step = |test: &Test| Step {
            test: test.text.to_string(),
            found: shown(&test.name, facts),
            truth: test.truth(facts),
        };
        self.tests().map(step).collect()
    }
}

impl Node {
    fn truth(&self, facts: &dyn Facts, is_early: bool) -> Truth {
        match self {
            Self::Const(constant) => Truth::of(*constant),
            Self::Test(test) => match (test.truth(facts), is_early) {
                (Truth::True, true) if !test.stays.when_true => Truth::Unknown,
                (Truth::False, true) if !test.stays.when_false => Truth::Unknown,
                (truth, _) => truth,
            },
            Self::Not(inner) => inner.truth(facts, is_early).not(),
            Self::All(nodes) => first(nodes, Truth::False, facts, is_early),
            Self::Any(nodes) => first(nodes, Truth::True, facts, is_early),
        }
    }

    /// The text of a test that made the node `value`.
    fn why(&self, facts: &dyn Facts, value: bool) -> Option<&str> {
        let wanted = Truth::of(value);
        match self {
            Self::Const(_) => None,
            Self::Test(test) => (test.truth(facts) == wanted).then_some(if value {
                &*test.text
            } else {
                &*test.opposite
            }),
            Self::Not(inner) => inner.why(facts, !value),
            Self::All(_) | Self::Any(_) if self.truth(facts, false) != wanted => None,
            Self::All(nodes) | Self::Any(nodes) => nodes
                .iter()
                .filter(|node| node.truth(facts, false) == wanted)
                .find_map(|node| node.why(facts, value)),
        }
    }
}

/// `decides` if one node is that; unknown if one is; else the opposite.
fn first(nodes: &[Node], decides: Truth, facts: &dyn Facts, is_early: bool) -> Truth {
    let mut result = decides.not();
    for node in nodes {
        let truth = node.truth(facts, is_early);
        if truth == decides {
            return decides;
        }
        if truth == Truth::Unknown {
            result = Truth::Unknown;
        }
    }
    result
}

impl Name {
    fn fact<'a>(&self, facts: &'a dyn Facts) -> Fact<'a> {
        match self {
            Self::Field(field) => facts.field(*field),
            Self::Attribute(key) => facts.attribute(key),
        }
    }

    fn any(&self, facts: &dyn Facts, test: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        match self {
            Self::Field(field) => facts.any(*field, test),
            Self::Attribute(key) => facts.any_of_attribute(key, test),
        }
    }
}

impl Test {
    fn truth(&self, facts: &dyn Facts) -> Truth {
        let fact = self.name.fact(facts);
        let holds = match (&self.compare, fact) {
            (Compare::Number(order, number), fact) => number.compare(fact, *order),
            (Compare::NumberIn(numbers), fact) => one_of(numbers, fact),
            (Compare::Name(order, other), fact) => match (fact, other.fact(facts)) {
                (Fact::Int(left), Fact::Int(right)) => Some(order.holds(&left, &right)),
                (Fact::Nanos(left), Fact::Nanos(right)) => Some(order.holds(&left, &right)),
                (left, right) => left
                    .number()
                    .and_then(|left| right.number().map(|right| order.holds(&left, &right))),
            },
            (Compare::Text(patterns), Fact::Text(text)) => Some(matches(patterns, text)),
            (Compare::Text(patterns), Fact::List) => {
                Some(self.name.any(facts, &mut |text| matches(patterns, text)))
            }
            (Compare::Bool(wanted), Fact::Bool(flag)) => Some(flag == *wanted),
            (Compare::Text(_) | Compare::Bool(_), _) => None,
        };
        holds.map_or(Truth::Unknown, Truth::of)
    }
}

fn one_of(numbers: &[super::Number], fact: Fact<'_>) -> Option<bool> {
    let mut holds = Some(false);
    for number in numbers {
        match number.compare(fact, super::Order::Equal) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => holds = None,
        }
    }
    holds
}

fn matches(patterns: &[Pattern], text: &[u8]) -> bool {
    patterns.iter().any(|pattern| pattern.matches(text))
}

/// What was found, in words. Of attributes only their type: values of people stay out of reports.
fn shown(name: &Name, facts: &dyn Facts) -> String {
    let fact = name.fact(facts);
    match (name, fact) {
        (_, Fact::Missing) => "nothing".to_owned(),
        (_, Fact::Bool(flag)) => flag.to_string(),
        (_, Fact::Int(number)) => number.to_string(),
        (_, Fact::Float(number)) => number.to_string(),
        (_, Fact::Nanos(_)) => format!("{}s", fact.number().unwrap_or(f64::NAN)),
        (Name::Field(_), Fact::Text(text)) => String::from_utf8_lossy(text).into_owned(),
        (Name::Attribute(_), Fact::Text(_)) => "a text".to_owned(),
        (_, Fact::List) => {
            let mut texts = Vec::new();
            name.any(facts, &mut |text| {
                texts.push(String::from_utf8_lossy(text).into_owned());
                texts.len() >= 16
            });
            match name {
                Name::Field(_) => texts.join(", "),
                Name::Attribute(_) => format!("{} texts", texts.len()),
            }
        }
    }
}
