//! The request the benches share: GenAI spans as a client writes them.

use bytes::Bytes;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value::Value},
    resource::v1::Resource,
    trace::v1::{ResourceSpans, ScopeSpans, Span, Status},
};
use prost::Message as _;

/// Spans in the request.
pub(crate) const SPANS: usize = 100;

pub(crate) fn request() -> Bytes {
    let scope = InstrumentationScope { name: "bench".to_owned(), ..Default::default() };
    let spans = (0..SPANS).map(|at| span(at as u64)).collect();
    let scope_spans = vec![ScopeSpans { scope: Some(scope), spans, ..Default::default() }];
    let resource =
        Resource { attributes: vec![text("service.name", "agent")], ..Default::default() };
    let resource = Some(resource);
    let resource_spans = vec![ResourceSpans { resource, scope_spans, ..Default::default() }];
    ExportTraceServiceRequest { resource_spans }.encode_to_vec().into()
}

fn span(at: u64) -> Span {
    let start_time_unix_nano = 1_760_000_000_000_000_000 + at;
    Span {
        trace_id: (0..16).map(|byte| byte * 13 + 1).collect(),
        span_id: at.to_le_bytes().to_vec(),
        parent_span_id: vec![9; 8],
        name: "chat gpt-4o-2024-08-06".to_owned(),
        kind: 3,
        start_time_unix_nano,
        end_time_unix_nano: start_time_unix_nano + 1_500_000_000,
        attributes: vec![
            text("gen_ai.operation.name", "chat"),
            text("gen_ai.system", "openai"),
            text("gen_ai.request.model", "gpt-4o-2024-08-06"),
            text("gen_ai.response.model", "gpt-4o-2024-08-06"),
            text("gen_ai.response.id", "chatcmpl-9J3uIL87gl"),
            number("gen_ai.usage.input_tokens", 1_234),
            number("gen_ai.usage.output_tokens", 567),
            text("llm.is_streaming", "false"),
            number("gen_ai.request.max_tokens", 4_096),
            text("server.address", "api.openai.com"),
            number("server.port", 443),
            text("gen_ai.conversation.id", "conv_5j66"),
            number("session.turn", 3),
        ],
        status: Some(Status { code: 1, ..Default::default() }),
        flags: 257,
        ..Default::default()
    }
}

pub(crate) fn text(key: &str, value: &str) -> KeyValue {
    any(key, Value::StringValue(value.to_owned()))
}

fn number(key: &str, value: i64) -> KeyValue {
    any(key, Value::IntValue(value))
}

fn any(key: &str, value: Value) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue { value: Some(value) }),
        ..Default::default()
    }
}
