//! What reading costs: nanoseconds a span.
//!
//! `cargo bench -p genai --bench read [-- part of a name]`. Spans of 13 attributes, opened for editing as
//! in a pipeline; the cost of opening alone is the first row.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]
#![expect(clippy::disallowed_types, reason = "measures real time")]

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant, UNIX_EPOCH},
};

use genai::{Call, Ledger, Limits, Prices, Pricing, ScopeDialect, profile, read};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value::Value},
    trace::v1::{ResourceSpans, ScopeSpans, Span, Status},
};
use pdata::{Batch, Context, Record, RecordKinds, Signal, Verdict, rewrite};
use prost::Message as _;

const SPANS: usize = 100;
const ROUNDS: usize = 400;
const REPEATS: usize = 9;

fn main() {
    let semconv = batch(&semconv());
    let openinference = batch(&openinference());
    let http = batch(&http());
    let unknown = ScopeDialect::of(b"bench", b"");
    let prices = Prices::bundled();

    each(&http, "HTTP span, opened only", &mut |_| {});
    each(&http, "HTTP span, read", &mut |record| {
        assert!(black_box(read(&unknown, record)).is_none());
    });
    each(&semconv, "GenAI span, opened only", &mut |_| {});
    each(&semconv, "GenAI span, read", &mut |record| {
        assert!(black_box(read(&unknown, record)).is_some());
    });
    each(&semconv, "GenAI span, read, priced, attributes listed", &mut |record| {
        let reading = read(&unknown, record).unwrap();
        let rate = prices.rate(&Pricing::of(&reading, record.start_time_unix_nano()));
        black_box(prices.cost(rate, &reading.usage));
        let mut count = 0;
        profile::each_attribute(&reading, profile::Profile::V1_41, &mut |_, _| count += 1);
        black_box(count);
    });
    each(&openinference, "OpenInference span, read", &mut |record| {
        assert!(black_box(read(&unknown, record)).is_some());
    });
    let pricing = Pricing {
        provider: genai::Provider::of(b"openai"),
        response_model: Some(b"gpt-4o-2024-08-06"),
        request_model: Some(b"gpt-4o"),
        service_tier: None,
        at: UNIX_EPOCH + Duration::from_secs(1_790_000_000),
    };
    measure("a price looked up again", &mut || {
        (0..SPANS).for_each(|_| {
            black_box(prices.rate(black_box(&pricing)));
        });
    });
    measure("a scope resolved", &mut || {
        let name = b"opentelemetry.instrumentation.openai.v1";
        (0..SPANS).for_each(|_| {
            black_box(ScopeDialect::of(black_box(name), b""));
        });
    });
    ledger(&semconv, &unknown);
}

/// Adding, settling and forgetting calls of traces of ten spans.
fn ledger(batch: &Batch, scope: &ScopeDialect) {
    let mut call = None;
    rewrite(batch, RecordKinds::SPAN, &mut |record, _| {
        call = read(scope, record).map(|reading| Call::new(&reading, scope));
        Verdict::Keep
    });
    let call = call.unwrap();
    let mut ledger = Ledger::new(Limits { calls: 20_000, ..Limits::default() });
    let mut next = 0u64;
    measure("a call counted", &mut || {
        for _ in 0..SPANS {
            next += 1;
            let trace = (next / 10).to_be_bytes().repeat(2);
            let ids = [&trace[..], &next.to_be_bytes(), &1u64.to_be_bytes()];
            let mut call = call.at(ids, next * 1000, next * 1000 + 500);
            call.response = next;
            ledger.add(call, Duration::from_millis(next));
        }
        ledger.settle(Duration::from_millis(next), &mut |commit| {
            black_box(commit);
        });
    });
}

fn each(batch: &Batch, name: &str, run: &mut dyn FnMut(&mut Record<'_>)) {
    measure(name, &mut || {
        black_box(rewrite(batch, RecordKinds::SPAN, &mut |record, _| {
            run(record);
            Verdict::Keep
        }));
    });
}

/// The fastest of several repeats: what the code costs when nothing disturbs it.
fn measure(name: &str, run: &mut dyn FnMut()) {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if !wanted.is_empty() && !wanted.iter().any(|part| name.contains(part.as_str())) {
        return;
    }
    let mut best = f64::MAX;
    for _ in 0..REPEATS {
        let start = Instant::now();
        (0..ROUNDS).for_each(|_| run());
        best = best.min(start.elapsed().as_nanos() as f64 / (ROUNDS * SPANS) as f64);
    }
    println!("{best:8.1} ns/span  {name}");
}

fn batch(attributes: &[KeyValue]) -> Batch {
    assert_eq!(attributes.len(), 13);
    let span = |at: u64| Span {
        trace_id: (0..16).map(|byte| byte * 13 + 1).collect(),
        span_id: (at + 1).to_le_bytes().to_vec(),
        parent_span_id: vec![9; 8],
        name: "chat gpt-4o-2024-08-06".to_owned(),
        kind: 3,
        start_time_unix_nano: 1_790_000_000_000_000_000 + at,
        end_time_unix_nano: 1_790_000_001_500_000_000 + at,
        attributes: attributes.to_vec(),
        status: Some(Status { code: 1, ..Default::default() }),
        flags: 257,
        ..Default::default()
    };
    let spans = (0..SPANS as u64).map(span).collect();
    let scope_spans = vec![ScopeSpans { spans, ..Default::default() }];
    let resource_spans = vec![ResourceSpans { scope_spans, ..Default::default() }];
    let bytes = ExportTraceServiceRequest { resource_spans }.encode_to_vec().into();
    Batch::checked(Signal::Traces, bytes, Arc::new(Context::default())).unwrap()
}

fn semconv() -> Vec<KeyValue> {
    vec![
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
    ]
}

fn openinference() -> Vec<KeyValue> {
    vec![
        text("openinference.span.kind", "LLM"),
        text("llm.system", "openai"),
        text("llm.provider", "openai"),
        text("llm.model_name", "gpt-4o-2024-08-06"),
        text("input.mime_type", "application/json"),
        number("llm.token_count.prompt", 1_234),
        number("llm.token_count.completion", 567),
        number("llm.token_count.total", 1_801),
        number("llm.token_count.prompt_details.cache_read", 1_000),
        number("llm.token_count.completion_details.reasoning", 128),
        text("llm.invocation_parameters", "{\"model\": \"gpt-4o\"}"),
        text("llm.finish_reason", "stop"),
        text("session.id", "conv_5j66"),
    ]
}

fn http() -> Vec<KeyValue> {
    vec![
        text("http.request.method", "POST"),
        text("http.route", "/v1/chat/completions"),
        number("http.response.status_code", 200),
        text("url.full", "https://api.example.com/v1/chat/completions"),
        text("url.scheme", "https"),
        text("server.address", "api.example.com"),
        number("server.port", 443),
        text("network.protocol.version", "1.1"),
        text("network.peer.address", "10.1.2.3"),
        text("user_agent.original", "python-httpx/0.28.1"),
        text("user.id", "u-1"),
        text("session.id", "conv_5j66"),
        text("thread.name", "MainThread"),
    ]
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
