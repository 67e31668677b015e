//! Makes GenAI spans as an instrumented agent sends them: the same shape, ever new ids and numbers.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use bytes::Bytes;
use fastrand::Rng;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;

use crate::chat::Chat;
use crate::scenario::{Content, DELETED_KEY, Size};

/// The models spans name: provider, host, model asked for, model that answered.
const MODELS: [[&str; 4]; 4] = [
    ["openai", "api.openai.com", "gpt-4.1-mini", "gpt-4.1-mini-2025-04-14"],
    ["openai", "api.openai.com", "gpt-4o-mini", "gpt-4o-mini-2024-07-18"],
    ["anthropic", "api.anthropic.com", "claude-haiku-4-5", "claude-haiku-4-5-20251001"],
    ["mistral_ai", "api.mistral.ai", "mistral-small", "mistral-small-2506"],
];

/// The agents spans name.
const AGENTS: [&str; 4] = ["triage", "researcher", "summariser", "reviewer"];

/// The words of prompts.
const WORDS: [&str; 24] = [
    "the", "customer", "asked", "about", "a", "refund", "for", "order", "that", "arrived", "late",
    "and", "wants", "to", "know", "which", "invoice", "was", "paid", "in", "March", "please",
    "check", "again",
];

/// 2026-01-01T00:00:00Z, where the spans begin.
const EPOCH_NANOS: u64 = 1_767_225_600_000_000_000;

/// A source of spans, the same ones for the same seed.
#[derive(Debug)]
pub(crate) struct Spans {
    random: Rng,
    size: Size,
    now: u64,
    /// The trace that spans belong to now, their parent there, and how many are still to come.
    trace: (u128, u64, usize),
    content: Content,
    /// The turns of the run so far, as JSON.
    turns: String,
    /// The private values in those.
    turns_planted: Vec<String>,
    planted: Planted,
}

/// The private values in each span, by its id.
pub(crate) type Planted = HashMap<u64, Vec<String>>;

/// Spans of one agent run.
const SPANS_A_TRACE: usize = 10;

impl Spans {
    /// Starts a source of spans of one size.
    pub(crate) fn new(size: Size, content: Content, seed: u64) -> Self {
        Self {
            random: Rng::with_seed(seed),
            size,
            now: EPOCH_NANOS,
            trace: (0, 0, 0),
            content,
            turns: String::new(),
            turns_planted: Vec::new(),
            planted: Planted::new(),
        }
    }

    /// The private values in the spans made so far.
    pub(crate) fn planted(self) -> Planted {
        self.planted
    }

    /// Makes an encoded export request of `per_request` spans, under one resource and one scope.
    pub(crate) fn request(&mut self, per_request: usize) -> Bytes {
        let scope = InstrumentationScope {
            name: match self.size {
                Size::Http => "opentelemetry.instrumentation.asgi".to_owned(),
                _ => "opentelemetry.instrumentation.openai_v2".to_owned(),
            },
            version: "2.1b0".to_owned(),
            ..InstrumentationScope::default()
        };
        let spans = (0..per_request).map(|_| self.span()).collect();
        let request = ExportTraceServiceRequest {
            resource_spans: vec![ResourceSpans {
                resource: Some(self.resource()),
                scope_spans: vec![ScopeSpans {
                    scope: Some(scope),
                    spans,
                    ..ScopeSpans::default()
                }],
                ..ResourceSpans::default()
            }],
        };
        request.encode_to_vec().into()
    }

    fn resource(&mut self) -> Resource {
        let instance = self.uuid();
        let attributes = vec![
            text("service.name", "support-agents"),
            text("service.version", "1.14.2"),
            text("service.instance.id", instance),
            text("telemetry.sdk.language", "python"),
            text("telemetry.sdk.name", "opentelemetry"),
            text("telemetry.sdk.version", "1.38.0"),
        ];
        Resource { attributes, ..Resource::default() }
    }

    fn span(&mut self) -> Span {
        let model = self.random.choice(MODELS).unwrap_or_default();
        let start = self.now + self.random.u64(..1_000_000);
        self.now += 1_000_000;
        if self.size == Size::Http {
            return self.http_span(start);
        }
        let mut attributes = self.attributes(model);
        let planted = match self.size.prompt_bytes() {
            0 => self.small_private(&mut attributes),
            _ => {
                let (messages, planted) = self.messages();
                attributes.push(text("gen_ai.input.messages", messages));
                planted
            }
        };
        let [_, _, asked, _] = model;
        let span = self.span_of(format!("chat {asked}"), SpanKind::Client, start, attributes);
        if let Ok(id) = <[u8; 8]>::try_from(span.span_id.as_slice())
            && !planted.is_empty()
        {
            self.planted.insert(u64::from_be_bytes(id), planted);
        }
        span
    }

    /// Puts a mail address into every second span that has no prompt, if there is to be private data.
    fn small_private(&mut self, attributes: &mut Vec<KeyValue>) -> Vec<String> {
        if self.content != Content::Private || self.random.bool() {
            return Vec::new();
        }
        let value = format!("{}@{}.example.org", self.letters(8), self.letters(4).to_lowercase());
        attributes.push(text("user.email", value.clone()));
        vec![value]
    }

    fn span_of(
        &mut self,
        name: String,
        kind: SpanKind,
        start: u64,
        attributes: Vec<KeyValue>,
    ) -> Span {
        if self.trace.2 == 0 {
            self.trace = (self.random.u128(1..), self.random.u64(1..), SPANS_A_TRACE);
        }
        self.trace.2 -= 1;
        let (trace, root, left) = self.trace;
        // A root ends last, and so comes last.
        let (id, parent) = match left {
            0 => (root, Vec::new()),
            _ => (self.random.u64(1..), root.to_be_bytes().to_vec()),
        };
        Span {
            trace_id: trace.to_be_bytes().to_vec(),
            span_id: id.to_be_bytes().to_vec(),
            parent_span_id: parent,
            flags: 0x101,
            name,
            kind: kind.into(),
            start_time_unix_nano: start,
            end_time_unix_nano: start + self.random.u64(200_000_000..9_000_000_000),
            attributes,
            ..Span::default()
        }
    }

    /// A span with 13 attributes that has nothing to do with models.
    fn http_span(&mut self, start: u64) -> Span {
        let order = self.random.u32(..1_000_000);
        let attributes = vec![
            text("http.request.method", "GET"),
            text("http.route", "/api/v1/customers/{id}/orders"),
            text("url.path", format!("/api/v1/customers/{}/orders", self.letters(8))),
            text("url.scheme", "https"),
            number("http.response.status_code", 200),
            text("network.protocol.version", "1.1"),
            text("user_agent.original", "Mozilla/5.0 (X11) Firefox/128"),
            text("client.address", format!("10.2.{}.17", self.random.u8(..))),
            number("client.port", self.random.i64(1_024..65_535)),
            text("server.address", "orders.internal.example.com"),
            number("server.port", 8_443),
            text("user.id", format!("u-{order:06}")),
            text("enduser.session", self.letters(14)),
        ];
        self.span_of(
            "GET /api/v1/customers/{id}/orders".to_owned(),
            SpanKind::Server,
            start,
            attributes,
        )
    }

    /// The 13 attributes every span has.
    fn attributes(&mut self, [provider, host, asked, answered]: [&str; 4]) -> Vec<KeyValue> {
        let agent = self.random.choice(AGENTS).unwrap_or_default();
        let stop = AnyValue { value: Some(Value::StringValue("stop".to_owned())) };
        let top_p = f64::from(self.random.u8(0..=10)) / 10.0;
        vec![
            // The last of a trace is its root, the agent.
            text("gen_ai.operation.name", if self.trace.2 == 1 { "invoke_agent" } else { "chat" }),
            text("gen_ai.provider.name", provider),
            text("gen_ai.request.model", asked),
            text("gen_ai.response.model", answered),
            text("user.id", format!("u-{:06}", self.random.u32(..1_000_000))),
            attribute(
                "gen_ai.response.finish_reasons",
                Value::ArrayValue(ArrayValue { values: vec![stop] }),
            ),
            number("gen_ai.usage.input_tokens", self.random.i64(50..8_000)),
            number("gen_ai.usage.output_tokens", self.random.i64(10..1_500)),
            text(DELETED_KEY, format!("conv_{}", self.letters(12))),
            text("gen_ai.agent.name", agent),
            attribute("gen_ai.request.top_p", Value::DoubleValue(top_p)),
            text("server.address", host),
            number("server.port", 443),
        ]
    }

    /// The messages of a prompt as JSON, from three quarters to five quarters of the size asked for,
    /// and the private values in them.
    fn messages(&mut self) -> (String, Vec<String>) {
        let wanted = self.size.prompt_bytes();
        let wanted = self.random.usize(wanted * 3 / 4..=wanted * 5 / 4);
        match self.content {
            Content::Words => (self.words(wanted), Vec::new()),
            Content::Clean | Content::Private => {
                let private = self.content == Content::Private;
                let chat = Chat::write(&mut self.random, wanted.saturating_sub(90), private);
                (format!("[{}]", message("user", &chat.text)), chat.planted)
            }
            Content::History => self.history(wanted),
        }
    }

    /// Everything said in this run so far, and one turn more. The spans of a run are `wanted` bytes
    /// long on average.
    fn history(&mut self, wanted: usize) -> (String, Vec<String>) {
        // The trace's next span is its first when none is left.
        if self.trace.2 == 0 {
            self.turns.clear();
            self.turns_planted.clear();
        } else {
            self.turns.push(',');
        }
        let role = if self.trace.2.is_multiple_of(2) { "user" } else { "assistant" };
        let turn = (wanted * 2 / (SPANS_A_TRACE + 1)).saturating_sub(90);
        let chat = Chat::write(&mut self.random, turn, true);
        self.turns.push_str(&message(role, &chat.text));
        self.turns_planted.extend(chat.planted);
        (format!("[{}]", self.turns), self.turns_planted.clone())
    }

    /// Words in any order.
    fn words(&mut self, wanted: usize) -> String {
        let mut json = String::with_capacity(wanted + 64);
        json.push_str(r#"[{"role":"user","parts":[{"type":"text","content":""#);
        while json.len() + 8 < wanted {
            json.push_str(self.random.choice(WORDS).unwrap_or_default());
            json.push(' ');
        }
        json.push_str(r#""}]}]"#);
        json
    }

    fn letters(&mut self, count: usize) -> String {
        (0..count).map(|_| self.random.alphanumeric()).collect()
    }

    fn uuid(&mut self) -> String {
        let hex = format!("{:032x}", self.random.u128(..));
        [0..8, 8..12, 12..16, 16..20, 20..32]
            .map(|part| hex.get(part).unwrap_or_default())
            .join("-")
    }
}

/// One message of the GenAI conventions, around a text that is escaped already.
fn message(role: &str, escaped: &str) -> String {
    format!(r#"{{"role":"{role}","parts":[{{"type":"text","content":"{escaped}"}}]}}"#)
}

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue { value: Some(value) }),
        ..KeyValue::default()
    }
}

/// A string attribute.
pub(crate) fn text(key: &str, value: impl Into<String>) -> KeyValue {
    attribute(key, Value::StringValue(value.into()))
}

fn number(key: &str, value: i64) -> KeyValue {
    attribute(key, Value::IntValue(value))
}
