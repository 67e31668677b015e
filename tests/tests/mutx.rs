//! What MUTX sends, as it was recorded from its API and its SDK, becomes runs, tokens and cost.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper that fails fails the test"
)]

use std::{collections::BTreeMap, fs, path::Path};

use acceptance::{
    Collector, binary,
    client::post,
    records::{each, text},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;

const SPANS: [&str; 3] = ["resourceSpans", "scopeSpans", "spans"];
const RECORDS: [&str; 3] = ["resourceLogs", "scopeLogs", "logRecords"];

fn config(events: &Path, spans: &Path) -> String {
    format!(
        "receivers:\n  otlp: {{protocols: {{http: {{endpoint: '127.0.0.1:0'}}}}}}\nprocessors:\n  \
         token_usage:\n  agent_runs:\nconnectors:\n  agent_runs:\nexporters:\n  file/events: {{path: '{}'}}\n  \
         file/spans: {{path: '{}'}}\nservice:\n  telemetry: {{metrics: {{level: none}}}}\n  pipelines:\n    \
         traces: {{receivers: [otlp], processors: [token_usage, agent_runs], exporters: [file/spans, \
         agent_runs]}}\n    logs/runs: {{receivers: [agent_runs], exporters: [file/events]}}\n",
        events.display(),
        spans.display(),
    )
}

/// The request of a recording. Protobuf's own JSON writes ids in base64, OTLP's in hexadecimal.
fn request(name: &str) -> Value {
    let file = binary::folder().join("data/mutx").join(name);
    let recorded: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let mut request = recorded["req"].clone();
    hexadecimal(&mut request);
    request
}

fn hexadecimal(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(hexadecimal),
        Value::Object(members) => {
            for (key, value) in members {
                match value.as_str() {
                    Some(id) if ["traceId", "spanId", "parentSpanId"].contains(&key.as_str()) => {
                        let bytes = BASE64_STANDARD.decode(id).unwrap();
                        let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
                        *value = digits.collect::<String>().into();
                    }
                    _ => hexadecimal(value),
                }
            }
        }
        _ => {}
    }
}

/// What every line of a file holds at the end of a path of lists.
fn read(file: &Path, path: &[&str]) -> Vec<Value> {
    let lines = fs::read_to_string(file).unwrap();
    lines.lines().flat_map(|line| each(&serde_json::from_str(line).unwrap(), path)).collect()
}

#[tokio::test]
async fn recorded_runs_of_mutx_are_followed_counted_and_priced() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutx");
    fs::create_dir_all(&folder).unwrap();
    let (events, spans) = (folder.join("events.json"), folder.join("spans.json"));
    let collector = Collector::start(&config(&events, &spans)).await;
    let address = collector.http().await;
    let mut sent = 0;
    for name in ["mutx_api_otlp_capture.jsonl", "mutx_sdk_langchain_capture.jsonl"] {
        let request = request(name);
        sent += each(&request, &SPANS).len();
        let kind = [("content-type", "application/json")];
        let answer = post(address, "/v1/traces", &kind, request.to_string()).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
    }
    collector.stop().await;

    let passed = read(&spans, &SPANS);
    assert_eq!(passed.len(), sent);
    let by_name = |name: &str| passed.iter().find(|span| span["name"] == name).unwrap();
    let call = by_name("llm.call");
    assert_eq!(text(call, "gen_ai.request.model"), "gpt-5-mini");
    assert_eq!(text(call, "gen_ai.provider.name"), "openai");
    assert_eq!(text(call, "gen_ai.usage.input_tokens"), "12");
    assert_eq!(text(call, "gen_ai.usage.output_tokens"), "7");
    // 12 × 0.25 + 7 × 2.00 dollars a million.
    let cost = text(call, "gen_ai.usage.cost").parse::<f64>().unwrap();
    assert!((cost - 17e-6).abs() < 1e-9, "{cost}");
    assert_eq!(text(by_name("agent.execution"), "tollgate.run.output_tokens"), "7");

    let mut closed = BTreeMap::new();
    for record in read(&events, &RECORDS) {
        if record["eventName"] == "tollgate.run.closed" {
            let total = |key: &str| text(&record, &format!("tollgate.run.{key}"));
            let keys =
                ["input_tokens", "output_tokens", "model_calls", "tool_calls", "tool_failures"];
            closed.insert(text(&record, "gen_ai.agent.name"), keys.map(total).join(" "));
        }
    }
    // The HTTP spans of the API begin no run. The adapter for LangChain loses its calls: what they
    // used stands on the agent's span only, and counts from there.
    let expected = [("agent.execution", "12 7 1 2 1"), ("mutx.agent.execute", "3 4 0 0 0")];
    let expected = expected.map(|(agent, totals)| (agent.to_owned(), totals.to_owned()));
    assert_eq!(closed, BTreeMap::from(expected));
}
