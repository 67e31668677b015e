//! What one edit costs: nanoseconds a span, on the wire and by way of prost structs.
//!
//! `cargo bench -p pdata --bench rewrite [-- part of a name]`. A request of 100 spans in one scope, each 535 bytes with 13
//! attributes as a GenAI client writes them; every edit but the first touches every span.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]
#![expect(clippy::disallowed_types, reason = "measures real time")]

use std::{hint::black_box, sync::Arc, time::Instant};

use bytes::Bytes;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value::Value},
    resource::v1::Resource,
    trace::v1::{ResourceSpans, ScopeSpans, Span, Status},
};
use pdata::{Batch, Context, Record, RecordKinds, Signal, Verdict, rewrite};
use prost::Message as _;

const SPANS: usize = 100;
const ROUNDS: usize = 400;
const REPEATS: usize = 9;

fn main() {
    let batch = Batch::checked(Signal::Traces, request(), Arc::new(Context::default())).unwrap();
    println!("{} bytes a request, {} a span", batch.bytes().len(), span(1).encoded_len());
    on_the_wire(&batch, "visit, no edit", &mut |_| Verdict::Keep);
    on_the_wire(&batch, "visit, read one", &mut |record| {
        black_box(record.attributes().get(b"gen_ai.usage.output_tokens"));
        Verdict::Keep
    });
    on_the_wire(&batch, "remove one, insert one", &mut |record| {
        let mut attributes = record.attributes_mut();
        attributes.remove(b"llm.is_streaming");
        attributes.insert(b"deployment.environment", pdata::AnyValue::Str(b"production"));
        Verdict::Keep
    });
    on_the_wire(&batch, "update one", &mut |record| {
        record.attributes_mut().update(b"gen_ai.response.model", pdata::AnyValue::Str(b"gpt"));
        Verdict::Keep
    });
    let mut dropped = 0;
    on_the_wire(&batch, "drop half", &mut |_| {
        dropped += 1;
        if dropped % 2 == 0 { Verdict::Drop } else { Verdict::Keep }
    });
    measure("prost: decode, the same two edits, encode", &mut || {
        let mut request = ExportTraceServiceRequest::decode(batch.bytes().clone()).unwrap();
        let scopes = request.resource_spans.iter_mut().flat_map(|group| &mut group.scope_spans);
        for span in scopes.flat_map(|group| &mut group.spans) {
            span.attributes.retain(|pair| pair.key != "llm.is_streaming");
            if span.attributes.iter().all(|pair| pair.key != "deployment.environment") {
                span.attributes.push(text("deployment.environment", "production"));
            }
        }
        request.encode_to_vec().len()
    });
    measure("copy of the request", &mut || black_box(batch.bytes().to_vec()).len());
}

fn on_the_wire(batch: &Batch, name: &str, edit: &mut dyn FnMut(&mut Record<'_>) -> Verdict) {
    measure(name, &mut || {
        rewrite(batch, RecordKinds::SPAN, &mut |record, _| edit(record)).batch.bytes().len()
    });
}

/// The fastest of several repeats: what the code costs when nothing disturbs it.
fn measure(name: &str, run: &mut dyn FnMut() -> usize) {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if !wanted.is_empty() && !wanted.iter().any(|part| name.contains(part.as_str())) {
        return;
    }
    let mut best = f64::MAX;
    for _ in 0..REPEATS {
        let start = Instant::now();
        for _ in 0..ROUNDS {
            black_box(run());
        }
        let nanos = start.elapsed().as_nanos() as f64 / (ROUNDS * SPANS) as f64;
        best = best.min(nanos);
    }
    println!("{best:8.1} ns/span  {name}");
}

fn request() -> Bytes {
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

fn text(key: &str, value: &str) -> KeyValue {
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
