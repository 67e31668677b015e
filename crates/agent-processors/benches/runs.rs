//! What following runs adds to a pass: nanoseconds a span, beside a pass that only opens each span.
//!
//! `cargo bench -p agent-processors --bench runs`. Spans of 13 attributes each, in requests of 100: ten
//! runs of an agent with nine model calls, or HTTP calls. Every trace and span has an id of its own, so
//! that nothing is a repetition; the agent's processors begin empty.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]
#![expect(clippy::disallowed_types, reason = "measures real time")]

use std::{fmt::Write as _, hint::black_box, time::Instant};

use agent_processors::{agent_runs::AgentRuns, token_usage::TokenUsage};
use sdk::{Around, Batch, Record, RecordKinds, RecordProcessor, Verdict};

/// What the program runs with.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const SPANS: usize = 100;
const RUN: usize = 10;
const REQUESTS: usize = 50;
const REPEATS: usize = 25;

const CALL: &str = "gen_ai.operation.name=chat gen_ai.provider.name=openai \
    gen_ai.request.model=gpt-4o gen_ai.response.model=gpt-4o-2024-08-06 gen_ai.response.id=ID \
    gen_ai.usage.input_tokens=77777 gen_ai.usage.output_tokens=567 gen_ai.request.temperature=0.5 \
    gen_ai.request.max_tokens=4096 server.address=api.openai.com server.port=443 \
    gen_ai.conversation.id=conv_5j66 session.turn=3";
const AGENT: &str = "gen_ai.operation.name=invoke_agent gen_ai.agent.name=planner \
    gen_ai.agent.id=a1 gen_ai.conversation.id=conv_5j66 k1=v k2=v k3=v k4=v k5=v k6=v k7=v k8=v k9=v";
const HTTP: &str = "http.request.method=GET url.full=https://shop.example/cart?id=7 \
    url.scheme=https server.address=shop.example server.port=443 http.response.status_code=200 \
    network.protocol.version=1.1 user_agent.original=curl/8.5 client.address=10.0.0.7 \
    http.route=/cart thread.id=12 thread.name=worker-12 code.function.name=cart";

type Visit<'v> = &'v mut dyn FnMut(&mut Record<'_>, &Around<'_, '_>) -> Verdict;

fn main() {
    for (name, scope, inner, root) in [
        ("runs of an agent", "opentelemetry.instrumentation.openai_v2", CALL, AGENT),
        ("HTTP calls", "opentelemetry.instrumentation.httpx", HTTP, HTTP),
    ] {
        let batches: Vec<_> = (0..REQUESTS).map(|at| request(at, scope, inner, root)).collect();
        let bytes: usize = batches.iter().map(|batch| batch.bytes().len()).sum();
        println!("{name}: {} bytes a span", bytes / (SPANS * REQUESTS));
        let empty = measure(&batches, &mut || Box::new(|_, _| Verdict::Keep));
        println!("{empty:8.1} ns/span  empty pass");
        let usage = measure(&batches, &mut || {
            let usage = testkit::record_processor::<TokenUsage>("");
            Box::new(move |record, around| usage.process(record, around))
        });
        println!("{:+8.1} ns/span  token_usage", usage - empty);
        for yaml in ["stamp_roots: false", ""] {
            let runs = measure(&batches, &mut || {
                let runs = testkit::record_processor::<AgentRuns>(yaml);
                Box::new(move |record, around| runs.process(record, around))
            });
            println!("{:+8.1} ns/span  agent_runs {yaml}", runs - empty);
        }
        let both = measure(&batches, &mut || {
            let usage = testkit::record_processor::<TokenUsage>("");
            let runs = testkit::record_processor::<AgentRuns>("");
            Box::new(move |record, around| {
                let _ = usage.process(record, around);
                runs.process(record, around)
            })
        });
        println!("{:+8.1} ns/span  token_usage and agent_runs", both - empty);
    }
}

type Visitor = Box<dyn FnMut(&mut Record<'_>, &Around<'_, '_>) -> Verdict>;

/// The fastest of several repeats, each with processors of its own: what the code costs when nothing
/// disturbs it.
fn measure(batches: &[Batch], make: &mut dyn FnMut() -> Visitor) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..REPEATS {
        let mut visit = make();
        let visit: Visit<'_> = &mut visit;
        let start = Instant::now();
        for batch in batches {
            black_box(pdata::rewrite(batch, RecordKinds::SPAN, visit));
        }
        let nanos = start.elapsed().as_nanos() as f64 / (batches.len() * SPANS) as f64;
        best = best.min(nanos);
    }
    best
}

/// A request of ten traces; in each nine spans and after them their root.
fn request(number: usize, scope: &str, inner: &str, root: &str) -> Batch {
    let mut spans = String::new();
    for at in 0..SPANS {
        let trace = number * SPANS + at / RUN + 1;
        let (is_root, id) = (at % RUN == RUN - 1, number * SPANS * 2 + at + 1);
        let line = if is_root { root } else { inner };
        let one = testkit::json_of(&testkit::spans(&format!("span {line}")));
        let span = one.pointer("/resourceSpans/0/scopeSpans/0/spans/0").unwrap().to_string();
        let head = span.replace("\"ID\"", &format!("\"chatcmpl-{id}\""));
        // No two calls are alike, as in life.
        let head = head.replace("77777", &(1000 + id).to_string());
        let parent = number * SPANS * 2 + at / RUN * RUN + RUN;
        let parent = if is_root { String::new() } else { format!("{parent:016x}") };
        let start = 1_767_323_045_000_000_000_u64 + at as u64 * 1_000_000;
        let _ = write!(
            spans,
            r#"{}{{"traceId":"{:032x}","spanId":"{:016x}","parentSpanId":"{parent}",
            "startTimeUnixNano":"{start}","endTimeUnixNano":"{}",{}"#,
            if at == 0 { "" } else { "," },
            (trace as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c834),
            id,
            start + 900_000,
            head.strip_prefix('{').unwrap(),
        );
    }
    testkit::traces(&format!(
        r#"{{"resourceSpans":[{{"resource":{{"attributes":[
        {{"key":"service.name","value":{{"stringValue":"shop"}}}}]}},
        "scopeSpans":[{{"scope":{{"name":"{scope}"}},"spans":[{spans}]}}]}}]}}"#
    ))
}
