//! What the processors of this crate add to a pass: nanoseconds a span, beside a pass that only opens
//! each span.
//!
//! `cargo bench -p agent-processors --bench pass [-- part of a name]`. Requests of 100 spans with 13 attributes each: model
//! calls in the conventions' words, the same in OpenInference's, and HTTP calls.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]
#![expect(clippy::disallowed_types, reason = "measures real time")]

use std::{fmt::Write as _, hint::black_box, time::Instant};

use agent_processors::{gen_ai_normalizer::GenAiNormalizer, token_usage::TokenUsage};
use sdk::{Batch, Record, RecordKinds, RecordProcessor, Verdict};

const SPANS: usize = 100;
const ROUNDS: usize = 400;
const REPEATS: usize = 15;

const SEMCONV: &str = "chat gen_ai.operation.name=chat gen_ai.provider.name=openai \
    gen_ai.request.model=gpt-4o gen_ai.response.model=gpt-4o-2024-08-06 \
    gen_ai.response.id=chatcmpl-9J3uIL87gl gen_ai.usage.input_tokens=1234 \
    gen_ai.usage.output_tokens=567 gen_ai.request.temperature=0.5 gen_ai.request.max_tokens=4096 \
    server.address=api.openai.com server.port=443 gen_ai.conversation.id=conv_5j66 session.turn=3";
const OPENINFERENCE: &str = "ChatCompletion openinference.span.kind=LLM llm.model_name=gpt-4o \
    llm.provider=openai llm.system=openai llm.token_count.prompt=1234 llm.token_count.completion=567 \
    llm.token_count.total=1801 llm.token_count.prompt_details.cache_read=1024 session.id=conv_5j66 \
    server.address=api.openai.com server.port=443 user.tier=gold session.turn=3";
const HTTP: &str = "GET http.request.method=GET url.full=https://shop.example/cart?id=7 \
    url.scheme=https server.address=shop.example server.port=443 http.response.status_code=200 \
    network.protocol.version=1.1 user_agent.original=curl/8.5 client.address=10.0.0.7 \
    http.route=/cart thread.id=12 thread.name=worker-12 code.function.name=cart";

fn main() {
    let token_usage = testkit::record_processor::<TokenUsage>("");
    let amount = testkit::record_processor::<TokenUsage>("cost: amount");
    let no_cost = testkit::record_processor::<TokenUsage>("cost: none");
    let removing = testkit::record_processor::<TokenUsage>("originals: remove");
    let normalizer = testkit::record_processor::<GenAiNormalizer>(
        "sources: [{name: openinference}, {name: openllmetry}]",
    );
    for (name, scope, line) in [
        ("model calls, conventions", "opentelemetry.instrumentation.openai_v2", SEMCONV),
        ("model calls, OpenInference", "openinference.instrumentation.openai", OPENINFERENCE),
        ("HTTP calls", "opentelemetry.instrumentation.httpx", HTTP),
    ] {
        if !wanted(name) {
            continue;
        }
        let batch = request(scope, line);
        println!("{name}: {} bytes a span", batch.bytes().len() / SPANS);
        let empty = measure(&batch, &mut |_, _| Verdict::Keep);
        println!("{empty:8.1} ns/span  empty pass");
        tell("token_usage", &batch, &token_usage, empty);
        tell("token_usage, cost: amount", &batch, &amount, empty);
        tell("token_usage, cost: none", &batch, &no_cost, empty);
        tell("token_usage, originals: remove", &batch, &removing, empty);
        tell("gen_ai_normalizer", &batch, &normalizer, empty);
    }
}

/// Whether the command line asks for this one; without words it asks for all.
fn wanted(name: &str) -> bool {
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with("--")).peekable();
    words.peek().is_none() || words.any(|word| name.contains(&word))
}

fn tell<P: RecordProcessor>(name: &str, batch: &Batch, processor: &P, empty: f64) {
    let cost = measure(batch, &mut |record, around| processor.process(record, around));
    println!("{:+8.1} ns/span  {name}", cost - empty);
}

/// The fastest of several repeats: what the code costs when nothing disturbs it.
fn measure(
    batch: &Batch,
    visit: &mut dyn FnMut(&mut Record<'_>, &sdk::Around<'_, '_>) -> Verdict,
) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..REPEATS {
        let start = Instant::now();
        for _ in 0..ROUNDS {
            black_box(pdata::rewrite(batch, RecordKinds::SPAN, visit));
        }
        let nanos = start.elapsed().as_nanos() as f64 / (ROUNDS * SPANS) as f64;
        best = best.min(nanos);
    }
    best
}

/// A request of one scope with the same span over and over, under other ids.
fn request(scope: &str, line: &str) -> Batch {
    let one = testkit::json_of(&testkit::spans(line));
    let span = one.pointer("/resourceSpans/0/scopeSpans/0/spans/0").unwrap().to_string();
    let head = span.strip_prefix('{').unwrap();
    let mut spans = String::new();
    for at in 0..SPANS {
        let comma = if at == 0 { "" } else { "," };
        let ids = format!(
            r#""traceId":"5b8efff798038103d269b633813fc60c","spanId":"{at:016x}",
            "startTimeUnixNano":"{}","endTimeUnixNano":"1767323046000000000""#,
            1_767_323_045_000_000_000_u64 + at as u64
        );
        let _ = write!(spans, "{comma}{{{ids},{head}");
    }
    testkit::traces(&format!(
        r#"{{"resourceSpans":[{{"resource":{{"attributes":[]}},
        "scopeSpans":[{{"scope":{{"name":"{scope}"}},"spans":[{spans}]}}]}}]}}"#
    ))
}
