//! What one evaluation result says.

use pdata::views::EventView;
use sdk::{AnyValue, Around, Record};
use slo::{Fact, Facts, Field};

use super::{any, fact};

/// The name of the event that carries the result of an evaluation.
pub(crate) const EVENT: &[u8] = b"gen_ai.evaluation.result";

/// The facts about one evaluation result: a log record, or an event of a span.
#[derive(Clone, Debug)]
pub struct EvaluationFacts<'a> {
    own: Vec<(&'a [u8], AnyValue<'a>)>,
    resource: Vec<(&'a [u8], AnyValue<'a>)>,
}

impl<'a> EvaluationFacts<'a> {
    /// The facts about a log record; none if it is no evaluation result.
    #[must_use]
    pub fn of_log<'r: 'a, 'b: 'a>(record: &Record<'r>, around: &Around<'_, 'b>) -> Option<Self> {
        let is_it = record.event_name() == EVENT
            || record.attributes().get(b"event.name") == Some(AnyValue::Str(EVENT));
        is_it.then(|| Self {
            own: record.attributes().iter().map(|pair| (pair.key, pair.value())).collect(),
            resource: resource(around),
        })
    }

    /// The facts about an event of a span; none if it is no evaluation result.
    #[must_use]
    pub fn of_event<'b: 'a>(event: &EventView<'a>, around: &Around<'_, 'b>) -> Option<Self> {
        (event.name() == EVENT).then(|| Self {
            own: event.attributes().into_iter().map(|pair| (pair.key, pair.value())).collect(),
            resource: resource(around),
        })
    }

    /// What was evaluated, by what, in the order name, response, evaluator; empty where nobody says.
    pub(crate) fn identity(&self) -> [&'a [u8]; 3] {
        let keys = ["gen_ai.evaluation.name", "gen_ai.response.id", "gen_ai.evaluation.evaluator"];
        keys.map(|key| self.value(key).and_then(AnyValue::as_str).unwrap_or_default())
    }

    fn value(&self, key: &str) -> Option<AnyValue<'a>> {
        let mut all = self.own.iter().chain(&self.resource);
        all.find(|(known, _)| *known == key.as_bytes()).map(|(_, value)| *value)
    }

    fn own(&self, key: &str) -> Fact<'a> {
        self.value(key).map_or(Fact::Missing, fact)
    }
}

fn resource<'a, 'b: 'a>(around: &Around<'_, 'b>) -> Vec<(&'a [u8], AnyValue<'a>)> {
    around.resource.attributes().iter().map(|pair| (pair.key, pair.value())).collect()
}

impl Facts for EvaluationFacts<'_> {
    fn field(&self, field: Field) -> Fact<'_> {
        match field {
            Field::Score => self.own("gen_ai.evaluation.score.value"),
            Field::Label => self.own("gen_ai.evaluation.score.label"),
            Field::Error => Fact::Bool(self.value("error.type").is_some()),
            Field::ErrorType => self.own("error.type"),
            _ => Fact::Missing,
        }
    }

    fn attribute(&self, key: &str) -> Fact<'_> {
        self.own(key)
    }

    fn any_of_attribute(&self, key: &str, test: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        self.value(key).is_some_and(|value| any(value, test))
    }
}
