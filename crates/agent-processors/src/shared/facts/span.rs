//! What one span says.

use genai::{Class, Prices, Pricing, Provider, Reading};
use sdk::{AnyValue, Around, Record};
use slo::{Fact, Facts, Field, Grain};

use super::{any, count, fact, nanos, text, tokens};
use crate::shared::{dialect_of, read, time, tracker::Outcome};

/// `Status.code` of a failure.
const ERROR: u64 = 2;

/// The facts about one span, looked up where they stand. Of GenAI telemetry the words of more than
/// twenty dialects are understood.
#[derive(Clone, Copy, Debug)]
pub struct SpanFacts<'r, 'a, 'b> {
    record: &'r Record<'a>,
    resource: &'r Record<'b>,
    reading: Option<Reading<'a>>,
    /// US dollars.
    cost: Option<f64>,
}

impl<'r, 'a, 'b> SpanFacts<'r, 'a, 'b> {
    /// The facts about a span as it stands. `prices` tell what calls cost that carry no cost.
    #[must_use]
    pub fn of(record: &'r Record<'a>, around: &Around<'r, 'b>, prices: Option<&Prices>) -> Self {
        let reading = read(&dialect_of(around), record);
        let cost = reading.as_ref().and_then(|reading| cost(reading, record, prices));
        Self { record, resource: around.resource, reading, cost }
    }

    /// What the span is, besides [`Grain::Span`], which every span is.
    #[must_use]
    pub fn grain(&self) -> Option<Grain> {
        let reading = self.reading.as_ref()?;
        match reading.class {
            Class::Leaf if reading.is_evident() => Some(Grain::ModelCall),
            Class::Tool => Some(Grain::ToolCall),
            Class::Agent => Some(Grain::Agent),
            _ => None,
        }
    }

    /// What was understood of it.
    #[must_use]
    pub fn reading(&self) -> Option<&Reading<'a>> {
        self.reading.as_ref()
    }

    /// Whether it failed.
    #[must_use]
    pub fn failed(&self) -> bool {
        let failed = self.reading.as_ref().is_some_and(|reading| reading.failed);
        failed || self.record.status_code() == ERROR
    }

    /// The class of its error; none where nothing failed.
    #[must_use]
    pub fn error_type(&self) -> Option<&'a [u8]> {
        let said = || self.record.attributes().get(b"error.type").and_then(AnyValue::as_str);
        let read = self.reading.as_ref().and_then(|reading| reading.error_type);
        self.failed().then(|| read.or_else(said)).flatten()
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
        let Some(reading) = &self.reading else { return Fact::Missing };
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
        let reading = self.reading.as_ref()?;
        reading.time_to_first_chunk.filter(|_| reading.stream != Some(false))
    }

    /// Output tokens a second after the first chunk.
    fn throughput(&self) -> Option<f64> {
        let output = self.reading.as_ref()?.usage.output?;
        #[expect(clippy::cast_precision_loss, reason = "a rate")]
        let (output, took) = (output as f64, self.took()? as f64 / 1e9);
        let streaming = took - self.ttft()?;
        (streaming > 0.0).then(|| output / streaming)
    }

    fn outcome(&self) -> Option<Outcome> {
        let reading = self.reading.as_ref()?;
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
        let Some(reading) = &self.reading else { return Fact::Missing };
        tokens(&reading.usage, field).map_or(Fact::Missing, count)
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
            Field::Cost => float(self.cost),
            Field::Ttft => float(self.ttft()),
            Field::Throughput => float(self.throughput()),
            Field::Stream => {
                let reading = self.reading.as_ref();
                let said = reading.and_then(|reading| reading.stream);
                said.or(self.ttft().map(|_| true)).map_or(Fact::Missing, Fact::Bool)
            }
            Field::Error => Fact::Bool(self.failed()),
            Field::ErrorType => text(self.error_type()),
            Field::FinishReasons => {
                let reasons = self.reading.as_ref().map(|reading| reading.finish_reasons);
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
        match (field, &self.reading) {
            (Field::FinishReasons, Some(reading)) => reading.finish_reasons.iter().any(test),
            _ => false,
        }
    }

    fn any_of_attribute(&self, key: &str, test: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        self.value(key).is_some_and(|value| any(value, test))
    }
}

/// What a call cost: as it says, else by its price.
fn cost(reading: &Reading<'_>, record: &Record<'_>, prices: Option<&Prices>) -> Option<f64> {
    match reading.cost {
        _ if reading.cache_hit => Some(0.0),
        Some(cost) => Some(cost.usd),
        None if reading.class == Class::Leaf && reading.usage.is_known() => {
            let pricing = Pricing {
                provider: reading.provider,
                response_model: reading.response_model,
                request_model: reading.request_model,
                service_tier: reading.service_tier,
                at: time(record.start_time_unix_nano()),
            };
            prices?.cost(prices?.rate(&pricing), &reading.usage)
        }
        None => None,
    }
}
