//! Whether a condition can be both true and false.
//!
//! A comparison with a constant changes only at the constant. So the condition is tried with values
//! at, below and above each of its constants, in every combination; that is exact.

use super::{Compare, Expr, Name, Number, Pattern, Truth};
use crate::fields::{Fact, Facts, Field, Kind, OUTCOMES, Unit};

/// Combinations tried at most; conditions with more are taken to be fine.
const COMBINATIONS_MAX: usize = 20_000;
/// Texts a list is filled with in every combination.
const LIST_TEXTS_MAX: usize = 4;

#[derive(Clone, Debug)]
enum Value {
    Bool(bool),
    Number(f64),
    Text(String),
    Texts(Vec<String>),
}

impl Expr {
    /// Its value if it is the same whatever the facts are; `None` if it varies, or if that is too
    /// much to try.
    #[must_use]
    pub fn constancy(&self) -> Option<bool> {
        let mut names: Vec<(Name, Vec<Value>)> = Vec::new();
        let mut combinations = 1_usize;
        for test in self.tests() {
            if matches!(test.compare, Compare::Name(..)) {
                return None;
            }
            if names.iter().any(|(name, _)| *name == test.name) {
                continue;
            }
            let compares = self.tests().filter(|other| other.name == test.name);
            let values = values(&test.name, compares.map(|other| &other.compare))?;
            combinations = combinations.checked_mul(values.len())?;
            if combinations > COMBINATIONS_MAX {
                return None;
            }
            names.push((test.name.clone(), values));
        }
        let mut seen = None;
        for at in 0..combinations {
            let truth = self.truth(&Sample { names: &names, at }) == Truth::True;
            if *seen.get_or_insert(truth) != truth {
                return None;
            }
        }
        seen
    }
}

/// The values that tell the comparisons apart.
fn values<'a>(name: &Name, compares: impl Iterator<Item = &'a Compare>) -> Option<Vec<Value>> {
    let (mut numbers, mut patterns, mut has_bool) = (Vec::new(), Vec::new(), false);
    for compare in compares {
        match compare {
            Compare::Number(_, number) => numbers.push(number),
            Compare::NumberIn(list) => numbers.extend(list),
            Compare::Text(list) => patterns.extend(list.iter()),
            Compare::Bool(_) => has_bool = true,
            Compare::Name(..) => return None,
        }
    }
    let kind = match name {
        Name::Field(field) => Some(field.row().kind),
        Name::Attribute(_) => None,
    };
    let mut values = Vec::new();
    if has_bool {
        values.extend([Value::Bool(true), Value::Bool(false)]);
    }
    if !numbers.is_empty() {
        values.extend(around(&numbers, kind).into_iter().map(Value::Number));
    }
    if !patterns.is_empty() {
        values.extend(texts(name, &patterns, kind)?);
    }
    Some(values)
}

fn around(numbers: &[&Number], kind: Option<Kind>) -> Vec<f64> {
    let mut points: Vec<f64> = numbers.iter().map(|number| number.float()).collect();
    points.sort_by(f64::total_cmp);
    points.dedup();
    let mut values = points.clone();
    values.extend(points.windows(2).filter_map(|pair| Some((pair.first()? + pair.last()?) / 2.0)));
    values.extend(points.first().map(|least| least - 1.0));
    values.extend(points.last().map(|most| most + 1.0));
    if kind == Some(Kind::Number(Unit::Count)) || kind == Some(Kind::Number(Unit::Tokens)) {
        values = values.iter().flat_map(|value| [value.floor(), value.ceil()]).collect();
    }
    // Only scores and attributes go below zero.
    let goes_below = matches!(kind, None | Some(Kind::Number(Unit::Plain)));
    if !goes_below {
        values.retain(|value| *value >= 0.0);
        values.push(0.0);
    }
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

fn texts(name: &Name, patterns: &[&Pattern], kind: Option<Kind>) -> Option<Vec<Value>> {
    if *name == Name::Field(Field::Outcome) {
        return Some(OUTCOMES.iter().map(|word| Value::Text((*word).to_owned())).collect());
    }
    let mut words: Vec<String> = patterns.iter().map(|p| p.text().replace('*', "")).collect();
    words.sort();
    words.dedup();
    // Two patterns may share texts that neither of them shows.
    if words.len() > 1 && patterns.iter().any(|pattern| pattern.has_stars()) {
        return None;
    }
    // Another text than all of them; under `*` alone there is none.
    let mut other = "?".to_owned();
    while words.contains(&other) {
        other.push('?');
    }
    if kind != Some(Kind::Texts) {
        words.push(other);
        return Some(words.into_iter().map(Value::Text).collect());
    }
    if words.len() > LIST_TEXTS_MAX {
        return None;
    }
    let subset = |bits: usize| {
        let chosen = words.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1);
        Value::Texts(chosen.map(|(_, word)| word.clone()).chain([other.clone()]).collect())
    };
    let whole = Value::Texts(words.clone());
    Some((0..1 << words.len()).map(subset).chain([whole]).collect())
}

/// The combination of that number.
struct Sample<'a> {
    names: &'a [(Name, Vec<Value>)],
    at: usize,
}

impl Sample<'_> {
    fn value(&self, is_it: impl Fn(&Name) -> bool) -> Option<&Value> {
        let mut rest = self.at;
        for (name, values) in self.names {
            let count = values.len().max(1);
            if is_it(name) {
                return values.get(rest % count);
            }
            rest /= count;
        }
        None
    }

    fn fact(&self, is_it: impl Fn(&Name) -> bool) -> Fact<'_> {
        match self.value(is_it) {
            None => Fact::Missing,
            Some(Value::Bool(flag)) => Fact::Bool(*flag),
            Some(Value::Number(number)) => Fact::Float(*number),
            Some(Value::Text(text)) => Fact::Text(text.as_bytes()),
            Some(Value::Texts(_)) => Fact::List,
        }
    }
}

impl Facts for Sample<'_> {
    fn field(&self, field: Field) -> Fact<'_> {
        self.fact(|name| *name == Name::Field(field))
    }

    fn attribute(&self, key: &str) -> Fact<'_> {
        self.fact(|name| matches!(name, Name::Attribute(own) if **own == *key))
    }

    fn any(&self, field: Field, test: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        match self.value(|name| *name == Name::Field(field)) {
            Some(Value::Texts(texts)) => texts.iter().any(|text| test(text.as_bytes())),
            _ => false,
        }
    }
}
