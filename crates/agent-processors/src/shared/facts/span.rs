//! What one span says.

use std::cell::OnceCell;

use genai::{Class, Prices, Pricing, Provider, Reading, ScopeDialect};
use sdk::{AnyValue, Around, Record};
use slo::{Fact, Facts, Field, Grain};

use super::{any, count, fact, nanos, text, tokens};
use crate::shared::{Gist, dialect_of, read, time, tracker::Outcome};

/// `Status.code` of a failure.
const ERROR: u64 = 2;

/// The facts about one span, looked up where they stand. Of GenAI telemetry the words of more than
/// twenty dialects are understood.
#[derive(Clone, Debug)]
pub struct SpanFacts<'r, 'a, 'b> {
    record: &'r Record<'a>,
    resource: &'r Record<'b>,
    scope: ScopeDialect,
    /// What is asked most; none if it is no GenAI telemetry.
    gist: Option<Gist>,
    /// All that was understood, read once somebody asks for what the gist does not say.
    reading: OnceCell<Option<Reading<'a>>>,
    prices: Option<&'r Prices>,
    /// US dollars by these prices, worked out once.
    priced: OnceCell<Option<f64>>,
}

impl<'r, 'a, 'b> SpanFacts<'r, 'a, 'b> {
    /// The facts about a span as it stands. `prices` tell what calls cost that carry no cost.
    #[must_use]
    #[inline]
    pub fn of(record: &'r Record<'a>, around: &Around<'r, 'b>, prices: Option<&'r Prices>) -> Self {
        let (reading, scope) = (OnceCell::new(), dialect_of(around));
        let mut facts = Self {
            record,
            resource: around.resource,
            scope,
            gist: Gist::known(record),
            reading,
            prices,
            priced: OnceCell::new(),
        };
        if facts.gist.is_none() {
            facts.gist = facts.reading().map(Gist::of);
        }
        facts
    }

    /// What the span is, besides [`Grain::Span`], which every span is.
    #[must_use]
    pub fn grain(&self) -> Option<Grain> {
        let gist = self.gist.as_ref()?;
        match gist.class {
            Class::Leaf if gist.is_evident => Some(Grain::ModelCall),
            Class::Tool => Some(Grain::ToolCall),
            Class::Agent => Some(Grain::Agent),
            _ => None,
        }
    }

    /// What was understood of it.
    #[must_use]
    pub fn reading(&self) -> Option<&Reading<'a>> {
        self.reading.get_or_init(|| read(&self.scope, self.record)).as_ref()
    }

    /// Whether it failed.
    #[must_use]
    pub fn failed(&self) -> bool {
        let failed = self.gist.is_some_and(|gist| gist.failed);
        failed || self.record.status_code() == ERROR
    }

    /// The class of its error; none where nothing failed.
    #[must_use]
    pub fn error_type(&self) -> Option<&'a [u8]> {
        let said = || self.record.attributes().get(b"error.type").and_then(AnyValue::as_str);
        let read = || self.reading().and_then(|reading| reading.error_type);
        self.failed().then(|| read().or_else(said)).flatten()
    }

    /// The value of an attribute: of the span, else of its resource.
    fn value(&self, key: &str) -> Option<AnyValue<'_>> {
        match self.record.attributes().get(key.as_bytes()) {
            Some(own) => Some(own),
            None => self.resource.attributes().get(key.as_bytes()),
        }
    }

    /// What dialects say in other words.
    fn understood(&self, key: &str) -> Fact<'_> {
        let Some(reading) = self.reading() else { return Fact::Missing };
        let said = match key {
            "gen_ai.operation.name" => Some(reading.operation).filter(|name| !name.is_empty()),
            "gen_ai.provider.name" | "gen_ai.system" => {
                reading.provider.map(|provider| match provider {
                    Provider::Known(name) => name.as_bytes(),
                    Provider::Other(name) => name,
                })
            }
            "gen_ai.request.model" => reading.request_model,
            "gen_ai.response.model" => reading.response_model,
            "gen_ai.response.id" => reading.response_id,
            "gen_ai.agent.name" => reading.agent_name,
            "gen_ai.agent.id" => reading.agent_id,
            "gen_ai.workflow.name" => reading.workflow_name,
            "gen_ai.tool.name" => reading.tool_name,
            "gen_ai.tool.call.id" => reading.tool_call_id,
            "gen_ai.conversation.id" => reading.conversation_id,
            "error.type" => reading.error_type,
            "gen_ai.request.stream" => return reading.stream.map_or(Fact::Missing, Fact::Bool),
            _ => None,
        };
        text(said)
    }

    fn took(&self) -> Option<u64> {
        let (start, end) = (self.record.start_time_unix_nano(), self.record.end_time_unix_nano());
        (start != 0 && end != 0).then(|| end.saturating_sub(start))
    }

    /// Seconds to the first chunk, of streamed answers.
    fn ttft(&self) -> Option<f64> {
        let gist = self.gist.as_ref()?;
        gist.time_to_first_chunk.filter(|_| gist.stream != Some(false))
    }

    /// Output tokens a second after the first chunk.
    fn throughput(&self) -> Option<f64> {
        let output = self.gist.as_ref()?.usage().output?;
        #[expect(clippy::cast_precision_loss, reason = "a rate")]
        let (output, took) = (output as f64, self.took()? as f64 / 1e9);
        let streaming = took - self.ttft()?;
        (streaming > 0.0).then(|| output / streaming)
    }

    fn outcome(&self) -> Option<Outcome> {
        let reading = self.reading()?;
        let said = || {
            let reason = self.record.attributes().get(b"gen_ai.agent.finish_reason")?;
            Outcome::of_finish_reason(reason.as_str()?)
        };
        Some(match (said(), reading.error_type, self.failed()) {
            (Some(outcome), ..) => outcome,
            (None, Some(class), true) => Outcome::of_error(class),
            (None, None, true) => Outcome::Error,
            (None, _, false) => Outcome::Completed,
        })
    }

    fn tokens(&self, field: Field) -> Fact<'static> {
        let Some(gist) = &self.gist else { return Fact::Missing };
        tokens(&gist.usage(), field).map_or(Fact::Missing, count)
    }

    /// What a call cost: as it says, else by its price.
    fn cost(&self) -> Option<f64> {
        let gist = self.gist.as_ref()?;
        if !gist.is_unpriced {
            return gist.cost;
        }
        *self.priced.get_or_init(|| {
            let (prices, reading) = (self.prices?, self.reading()?);
            let pricing = Pricing {
                provider: reading.provider,
                response_model: reading.response_model,
                request_model: reading.request_model,
                service_tier: reading.service_tier,
                at: time(self.record.start_time_unix_nano()),
            };
            prices.cost(prices.rate(&pricing), &reading.usage)
        })
    }
}

impl Facts for SpanFacts<'_, '_, '_> {
    fn field(&self, field: Field) -> Fact<'_> {
        let float = |number: Option<f64>| number.map_or(Fact::Missing, Fact::Float);
        match field {
            Field::Outcome => self
                .outcome()
                .map_or(Fact::Missing, |outcome| Fact::Text(outcome.name().as_bytes())),
            Field::Duration => self.took().map_or(Fact::Missing, nanos),
            Field::TokensInput
            | Field::TokensOutput
            | Field::TokensTotal
            | Field::TokensCached
            | Field::TokensReasoning => self.tokens(field),
            Field::Cost => float(self.cost()),
            Field::Ttft => float(self.ttft()),
            Field::Throughput => float(self.throughput()),
            Field::Stream => {
                let said = self.gist.and_then(|gist| gist.stream);
                said.or(self.ttft().map(|_| true)).map_or(Fact::Missing, Fact::Bool)
            }
            Field::Error => Fact::Bool(self.failed()),
            Field::ErrorType => text(self.error_type()),
            Field::FinishReasons => {
                let reasons = self.reading().map(|reading| reading.finish_reasons);
                match reasons {
                    Some(reasons) if !reasons.is_empty() => Fact::List,
                    _ => Fact::Missing,
                }
            }
            Field::SpanName => Fact::Text(self.record.name()),
            _ => Fact::Missing,
        }
    }

    fn attribute(&self, key: &str) -> Fact<'_> {
        match self.value(key) {
            Some(value) => fact(value),
            None => self.understood(key),
        }
    }

    fn any(&self, field: Field, test: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        match (field, self.reading()) {
            (Field::FinishReasons, Some(reading)) => reading.finish_reasons.iter().any(test),
            _ => false,
        }
    }

    fn any_of_attribute(&self, key: &str, test: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        self.value(key).is_some_and(|value| any(value, test))
    }
}
