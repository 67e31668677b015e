//! Facts about telemetry, as the language of objectives asks for them.
//!
//! [`SpanFacts`] are about one span and stand in it, [`EvaluationFacts`] about one evaluation result,
//! [`RunFacts`] about a run that is followed.

mod evaluation;
mod once;
mod run;
mod span;
#[cfg(test)]
mod tests;

use genai::Usage;
use sdk::AnyValue;
use slo::{Fact, Facts, Field, Given, Grain, Known};

pub use self::{evaluation::EvaluationFacts, span::SpanFacts};
pub(crate) use self::{
    once::Once,
    run::{Asked, MORE, RunFacts},
};

/// A value of an attribute as a fact.
pub(crate) fn fact(value: AnyValue<'_>) -> Fact<'_> {
    match value {
        AnyValue::Str(text) => Fact::Text(text),
        AnyValue::Bool(flag) => Fact::Bool(flag),
        AnyValue::Int(number) => Fact::Int(number),
        AnyValue::Double(number) => Fact::Float(number),
        AnyValue::Array(_) => Fact::List,
        AnyValue::Empty | AnyValue::KvList(_) | AnyValue::Bytes(_) => Fact::Missing,
    }
}

/// Whether `test` holds for one of the texts of a list.
fn any(value: AnyValue<'_>, test: &mut dyn FnMut(&[u8]) -> bool) -> bool {
    match value {
        AnyValue::Array(list) => list.iter().filter_map(AnyValue::as_str).any(test),
        _ => false,
    }
}

/// A count as a fact.
fn count(count: u64) -> Fact<'static> {
    Fact::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

/// The tokens that a field asks for; none if nothing is said of them.
fn tokens(usage: &Usage, field: Field) -> Option<u64> {
    match field {
        Field::TokensInput => usage.input,
        Field::TokensOutput => usage.output,
        Field::TokensCached => usage.cache_read,
        Field::TokensReasoning => usage.reasoning,
        _ => match (usage.input, usage.output) {
            (None, None) => None,
            (input, output) => Some(input.unwrap_or(0).saturating_add(output.unwrap_or(0))),
        },
    }
}

/// Nanoseconds as a fact.
fn nanos(nanos: u64) -> Fact<'static> {
    Fact::Nanos(i64::try_from(nanos).unwrap_or(i64::MAX))
}

/// A text as a fact, if there is one.
fn text(text: Option<&[u8]>) -> Fact<'_> {
    text.map_or(Fact::Missing, Fact::Text)
}

/// Everything known about a thing, written down: for explanations and recordings. `keys` are the
/// attributes to look up.
#[must_use]
pub fn snapshot<'k>(
    facts: &dyn Facts,
    grain: Grain,
    keys: impl IntoIterator<Item = &'k str>,
) -> Known {
    let mut known = Known::new();
    for row in slo::fields::FIELDS.iter().filter(|row| row.is_on(grain)) {
        let listed = |test: &mut dyn FnMut(&[u8]) -> bool| facts.any(row.field, test);
        if let Some(given) = given(facts.field(row.field), listed) {
            known.set(row.field, given);
        }
    }
    for key in keys {
        let listed = |test: &mut dyn FnMut(&[u8]) -> bool| facts.any_of_attribute(key, test);
        if let Some(given) = given(facts.attribute(key), listed) {
            known = known.with_attribute(key, given);
        }
    }
    known
}

fn given(
    fact: Fact<'_>,
    listed: impl FnOnce(&mut dyn FnMut(&[u8]) -> bool) -> bool,
) -> Option<Given> {
    let text = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
    Some(match fact {
        Fact::Missing => return None,
        Fact::Bool(flag) => Given::Bool(flag),
        Fact::Int(number) => Given::Int(number),
        Fact::Float(number) => Given::Float(number),
        Fact::Nanos(nanos) => Given::Nanos(nanos),
        Fact::Text(bytes) => Given::Text(text(bytes)),
        Fact::List => {
            let mut texts = Vec::new();
            listed(&mut |bytes| {
                texts.push(text(bytes));
                false
            });
            Given::Texts(texts)
        }
    })
}
