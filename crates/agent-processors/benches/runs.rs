//! What following runs adds to a pass: nanoseconds a span, beside a pass that only opens each span.
//!
//! `cargo bench -p agent-processors --bench runs`. Spans of 13 attributes each, in requests of 100: ten
//! runs of an agent with nine model calls, or HTTP calls. Every trace and span has an id of its own, so
//! that nothing is a repetition; the agent's processors begin empty.
//!
//! Then what no honest SDK sends, through both processors: megabytes a second for a model call of 1, 10 and
//! 40 MB that is given its cost, beside spans like those above. Equal speeds at all sizes are linear time;
//! what no longer fits into the caches is slower once.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark"
)]
#![expect(clippy::disallowed_types, reason = "measures real time")]

use std::{
    fmt::Write as _,
    hint::black_box,
    time::{Duration, Instant},
};

use agent_processors::{agent_runs::AgentRuns, slo::Slo, token_usage::TokenUsage};
use sdk::{
    Around, Batch, BuildContext, ComponentKind, Record, RecordKinds, RecordProcessor, Verdict,
};

/// What the program runs with.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const SPANS: usize = 100;
const RUN: usize = 10;
const REQUESTS: usize = 50;
/// As many as have more calls than `agent_runs` keeps by default.
const MANY_REQUESTS: usize = 400;
const REPEATS: usize = 25;
const HOSTILE_REPEATS: usize = 5;
/// About how many bytes a hostile span has; a million attributes are the most.
const SIZES: [usize; 3] = [1 << 20, 10 << 20, 40 << 20];
/// Whose spans of calls these are.
const SCOPE: &str = "opentelemetry.instrumentation.openai_v2";

/// Calls of four models in turn; of each the provider, its host, and the models asked for and answering.
const MODELS: [[&str; 4]; 4] = [
    ["openai", "api.openai.com", "gpt-4o", "gpt-4o-2024-08-06"],
    ["openai", "api.openai.com", "gpt-4.1-mini", "gpt-4.1-mini-2025-04-14"],
    ["anthropic", "api.anthropic.com", "claude-haiku-4-5", "claude-haiku-4-5-20251001"],
    ["mistral_ai", "api.mistral.ai", "mistral-small", "mistral-small-2506"],
];
const CALL: &str = "gen_ai.operation.name=chat gen_ai.provider.name=PROVIDER \
    gen_ai.request.model=ASKED gen_ai.response.model=ANSWERED gen_ai.response.id=ID \
    gen_ai.usage.input_tokens=77777 gen_ai.usage.output_tokens=567 gen_ai.request.temperature=0.5 \
    gen_ai.request.max_tokens=4096 server.address=HOST server.port=443 \
    gen_ai.conversation.id=conv_5j66 session.turn=3";
const AGENT: &str = "gen_ai.operation.name=invoke_agent gen_ai.agent.name=planner \
    gen_ai.agent.id=a1 gen_ai.conversation.id=conv_5j66 k1=v k2=v k3=v k4=v k5=v k6=v k7=v k8=v k9=v";
const HTTP: &str = "http.request.method=GET url.full=https://shop.example/cart?id=7 \
    url.scheme=https server.address=shop.example server.port=443 http.response.status_code=200 \
    network.protocol.version=1.1 user_agent.original=curl/8.5 client.address=10.0.0.7 \
    http.route=/cart thread.id=12 thread.name=worker-12 code.function.name=cart";

type Visit<'v> = &'v mut dyn FnMut(&mut Record<'_>, &Around<'_, '_>) -> Verdict;

fn main() {
    for (name, scope, is_agent) in [
        ("runs of an agent", SCOPE, true),
        ("HTTP calls", "opentelemetry.instrumentation.httpx", false),
    ] {
        let batches: Vec<_> = (0..MANY_REQUESTS).map(|at| request(at, scope, is_agent)).collect();
        let bytes: usize = batches.iter().map(|batch| batch.bytes().len()).sum();
        println!("{name}: {} bytes a span", bytes / (SPANS * MANY_REQUESTS));
        let many = batches.as_slice();
        let few = batches.get(..REQUESTS).unwrap();
        let empty = measure(few, &mut || Box::new(|_, _| Verdict::Keep));
        println!("{empty:8.1} ns/span  empty pass");
        for (row, is_many, usage, runs, slo) in ROWS {
            let row = format!("{name}: {row}");
            if wanted(&row) {
                let batches = if *is_many { many } else { few };
                let cost = measure(batches, &mut || pass(*usage, *runs, slo.map(|slo| slo())));
                println!("{:+8.1} ns/span  {row}", cost - empty);
            }
        }
    }
    hostile();
}

/// Prints how fast hostile spans pass.
fn hostile() {
    let clean = |bytes: usize| {
        let requests = (0..bytes >> 16).map(|at| request(at, SCOPE, true));
        requests.collect::<Vec<_>>()
    };
    let row = "hostile: none, honest spans";
    if wanted(row) {
        print_speeds(row, &clean);
    }
    for (name, attributes) in HOSTILE {
        let row = format!("hostile: {name}");
        if wanted(&row) {
            print_speeds(&row, &|bytes| vec![span_with(&attributes(bytes))]);
        }
    }
}

fn print_speeds(row: &str, batches: &dyn Fn(usize) -> Vec<Batch>) {
    let speeds = SIZES.map(|bytes| {
        let batches = batches(bytes);
        let bytes: usize = batches.iter().map(|batch| batch.bytes().len()).sum();
        let time = (0..HOSTILE_REPEATS).map(|_| {
            let mut visit = pass(true, Some(""), None);
            let start = Instant::now();
            for batch in &batches {
                black_box(pdata::rewrite(batch, RecordKinds::SPAN, &mut *visit));
            }
            start.elapsed()
        });
        bytes as f64 / 1e6 / time.min().unwrap().as_secs_f64()
    });
    let [small, large, largest] = speeds;
    println!("{small:8.0} {large:8.0} {largest:8.0} MB/s of 1, 10, 40 MB  {row}");
}

/// A hostile kind of span: attributes of about so many bytes, as JSON.
type Attributes = fn(usize) -> String;

/// What was tried, under keys whose texts are looked into.
const HOSTILE: &[(&str, Attributes)] = &[
    ("wide JSON", |bytes| texts(&format!("{{\"usage\":[{}0]}}", "1,".repeat(bytes / 2)))),
    ("deep JSON", |bytes| texts(&"{\"a\":".repeat(bytes / 5))),
    ("brackets that never close", |bytes| texts(&"[".repeat(bytes))),
    ("quotes and escapes", |bytes| texts(&"\"\\\"".repeat(bytes / 3))),
    ("nested Python reprs", |bytes| texts(&"Usage(prompt_tokens=".repeat(bytes / 20))),
    ("cyclic references", |bytes| {
        texts(&"{'self': {...}, 'id': '<Recursion>'}".repeat(bytes / 36))
    }),
    ("a number of many digits", |bytes| texts(&"9".repeat(bytes))),
    ("attributes of unknown keys", |bytes| many(bytes / 24, |at| format!("odd.{at:08}"))),
    ("attributes of known heads", |bytes| {
        many(bytes / 40, |at| format!("gen_ai.prompt.{at:08}.content"))
    }),
    ("one key again and again", |bytes| {
        many(bytes / 40, |_| "gen_ai.usage.input_tokens".to_owned())
    }),
];

/// One text under several keys, a quarter of it each.
fn texts(text: &str) -> String {
    let end = text.len() / 4;
    let text = serde_json::Value::from(text.get(..end).unwrap());
    let keys =
        ["langfuse.observation.usage_details", "output.value", "llm.usage", "ai.prompt.messages"];
    let pairs = keys.map(|key| format!(r#"{{"key":"{key}","value":{{"stringValue":{text}}}}}"#));
    pairs.join(",")
}

fn many(count: usize, key: fn(usize) -> String) -> String {
    let pairs =
        (0..count).map(|at| format!(r#"{{"key":"{}","value":{{"intValue":"7"}}}}"#, key(at)));
    pairs.collect::<Vec<_>>().join(",")
}

/// A model call with these attributes besides. It has tokens, so that its cost is written and all is copied.
fn span_with(attributes: &str) -> Batch {
    testkit::traces(&format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"scope":{{"name":"{SCOPE}"}},"spans":[{{
        "traceId":"{:032x}","spanId":"{:016x}","name":"chat",
        "startTimeUnixNano":"1767323045000000000","endTimeUnixNano":"1767323046000000000",
        "attributes":[{{"key":"gen_ai.request.model","value":{{"stringValue":"gpt-4o"}}}},
        {{"key":"gen_ai.usage.input_tokens","value":{{"intValue":"70"}}}},
        {{"key":"gen_ai.usage.output_tokens","value":{{"intValue":"5"}}}},{attributes}]
        }}]}}]}}]}}"#,
        7, 9
    ))
}

/// Name, whether the requests are more than the ledger remembers calls of, whether there is a
/// `token_usage`, the settings of `agent_runs` if there is one, and those of `slo`.
type Row = (&'static str, bool, bool, Option<&'static str>, Option<fn() -> String>);

const ROWS: &[Row] = &[
    ("token_usage", false, true, None, None),
    ("agent_runs, stamp_roots: false", false, false, Some("stamp_roots: false"), None),
    ("agent_runs", false, false, Some(""), None),
    ("token_usage and agent_runs", false, true, Some(""), None),
    ("token_usage and agent_runs, ledger full", true, true, Some(""), None),
    ("both and slo, 20 on calls, no tags", false, true, Some(""), Some(|| on_calls("none"))),
    ("both and slo, 20 on calls, tags on bad", false, true, Some(""), Some(|| on_calls("bad"))),
    ("both and slo, 20 on calls, all tagged", false, true, Some(""), Some(|| on_calls("all"))),
    ("both and slo, 3 on runs, no tags", false, true, Some(""), Some(|| on_runs("none"))),
    ("both and slo, 3 on runs, all tagged", false, true, Some(""), Some(|| on_runs("all"))),
];

/// Twenty objectives on model calls, of which a call meets five: those of its model.
fn on_calls(tags: &str) -> String {
    let goods = ["duration <= 30s", "not error", "cost <= $1", "tokens.total <= 50k and not error"];
    let models = ["gpt-4o", "gpt-4.1*", "claude-*", "mistral-*"];
    let lines = (0..20).map(|at| {
        let (good, model) = (goods[at % 4], models[at / 5]);
        format!(
            "- {{name: o{at}, on: model_call, match: {{gen_ai.request.model: '{model}'}}, good: \
             '{good} and tokens.input <= {}', target: 95%}}\n",
            at + 1_000_000
        )
    });
    format!("tags: {tags}\nobjectives:\n{}", lines.collect::<String>())
}

fn on_runs(tags: &str) -> String {
    format!(
        "tags: {tags}\nobjectives:
         - {{name: complete, on: run, match: {{gen_ai.agent.name: 'plan*'}}, good: outcome == completed, target: 95%}}
         - {{name: frugal, on: run, good: cost <= $10 and model_calls <= 25, target: 95%}}
         - {{name: quick, on: run, good: duration <= 60s, target: 95%}}\n"
    )
}

/// Whether the command line asks for this row; without words it asks for all.
fn wanted(row: &str) -> bool {
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with("--")).peekable();
    words.peek().is_none() || words.any(|word| row.contains(&word))
}

/// Processors of their own, that know nothing yet.
fn pass(usage: bool, runs: Option<&str>, slo: Option<String>) -> Visitor {
    let usage = usage.then(|| testkit::record_processor::<TokenUsage>(""));
    let context = testkit::context(ComponentKind::Processor, "agent_runs");
    let of_slo = BuildContext { id: "slo".parse().unwrap(), ..context.clone() };
    let runs = runs.map(|runs| AgentRuns::new(testkit::settings(runs), context).unwrap());
    let slo = slo.map(|slo| Slo::new(testkit::settings(&slo), of_slo).unwrap());
    Box::new(move |record, around| {
        if let Some(usage) = &usage {
            let _ = usage.process(record, around);
        }
        let verdict = runs.as_ref().map_or(Verdict::Keep, |runs| runs.process(record, around));
        if let Some(slo) = &slo {
            let _ = slo.process(record, around);
        }
        verdict
    })
}

type Visitor = Box<dyn FnMut(&mut Record<'_>, &Around<'_, '_>) -> Verdict>;

/// What the code costs when nothing disturbs it: of each request the fastest of several repeats, each
/// with processors of its own.
fn measure(batches: &[Batch], make: &mut dyn FnMut() -> Visitor) -> f64 {
    let mut best = vec![Duration::MAX; batches.len()];
    for _ in 0..REPEATS {
        let mut visit = make();
        let visit: Visit<'_> = &mut visit;
        for (batch, best) in batches.iter().zip(&mut best) {
            let start = Instant::now();
            black_box(pdata::rewrite(batch, RecordKinds::SPAN, visit));
            *best = start.elapsed().min(*best);
        }
    }
    let all: Duration = best.iter().sum();
    all.as_nanos() as f64 / (best.len() * SPANS) as f64
}

/// A request of ten traces; in each nine spans and after them their root.
fn request(number: usize, scope: &str, is_agent: bool) -> Batch {
    let mut spans = String::new();
    for at in 0..SPANS {
        let trace = number * SPANS + at / RUN + 1;
        let (is_root, id) = (at % RUN == RUN - 1, number * SPANS * 2 + at + 1);
        let line = match (is_agent, is_root) {
            (true, true) => AGENT.to_owned(),
            (true, false) => call(at),
            (false, _) => HTTP.to_owned(),
        };
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

/// A call of one of the models.
fn call(at: usize) -> String {
    let [provider, host, asked, answered] = *MODELS.get(at * 7 / 3 % MODELS.len()).unwrap();
    let line = CALL.replace("PROVIDER", provider).replace("HOST", host);
    line.replace("ASKED", asked).replace("ANSWERED", answered)
}
