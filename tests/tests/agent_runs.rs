//! What a model served is what the runs add up to that a collector tells of when it stops.

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
use serde_json::Value;

fn config(events: &Path, spans: &Path) -> String {
    format!(
        "receivers:\n  otlp: {{protocols: {{http: {{endpoint: '127.0.0.1:0'}}}}}}\nprocessors:\n  \
         token_usage:\n  batch: {{timeout: 10m, send_batch_size: 100000, wait_for_result: false}}\n  agent_runs: \
         {{lone_calls: true}}\nconnectors:\n  agent_runs:\nexporters:\n  file/events: {{path: \
         '{}'}}\n  file/spans: {{path: '{}'}}\nservice:\n  telemetry: {{metrics: {{level: none}}}}\n  \
         pipelines:\n    traces: {{receivers: [otlp], processors: [token_usage, batch, agent_runs], \
         exporters: [file/spans, agent_runs]}}\n    logs: {{receivers: [otlp], processors: \
         [token_usage, agent_runs], exporters: [agent_runs]}}\n    logs/runs: {{receivers: \
         [agent_runs], exporters: [file/events]}}\n",
        events.display(),
        spans.display(),
    )
}

/// The requests of a recording: path, content type, body.
fn requests(name: &str) -> Vec<(String, &'static str, Vec<u8>)> {
    let mut requests = Vec::new();
    for signal in ["traces", "logs"] {
        let file = |end: &str| binary::folder().join(format!("data/otlp/{name}.{signal}.{end}"));
        if let Ok(bytes) = fs::read(file("pb")) {
            requests.push((format!("/v1/{signal}"), "application/x-protobuf", bytes));
        }
        if let Ok(lines) = fs::read_to_string(file("jsonl")) {
            for line in lines.lines() {
                let body = line.as_bytes().to_vec();
                requests.push((format!("/v1/{signal}"), "application/json", body));
            }
        }
    }
    requests
}

/// Input and output tokens in the end, over all runs that were told.
fn tokens(events: &str) -> (u64, u64) {
    let mut runs = BTreeMap::new();
    for line in events.lines() {
        let request: Value = serde_json::from_str(line).unwrap();
        for record in each(&request, &["resourceLogs", "scopeLogs", "logRecords"]) {
            let name = record["eventName"].as_str().unwrap();
            if ["closed", "lost", "amended"].iter().any(|end| name.ends_with(end)) {
                let id = (text(&record, "tollgate.run.id"), record["spanId"].to_string());
                let count = |key| text(&record, key).parse::<u64>().unwrap_or(0);
                let input = count("tollgate.run.input_tokens");
                runs.insert(id, (input, count("tollgate.run.output_tokens")));
            }
        }
    }
    runs.values().fold((0, 0), |sum, run| (sum.0 + run.0, sum.1 + run.1))
}

#[tokio::test]
async fn runs_told_at_the_end_add_up_to_what_the_model_served() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("agent_runs");
    fs::create_dir_all(&folder).unwrap();
    let (events, spans) = (folder.join("events.json"), folder.join("spans.json"));
    let collector = Collector::start(&config(&events, &spans)).await;
    let address = collector.http().await;
    let table = fs::read_to_string(binary::folder().join("data/otlp/EXPECTED.tsv")).unwrap();
    let mut served = (0, 0);
    for line in table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let columns: Vec<_> = line.split('\t').collect();
        let number = |at: usize| columns.get(at).unwrap().parse::<u64>().unwrap();
        served = (served.0 + number(2), served.1 + number(3));
        let name = columns.first().unwrap();
        for (path, kind, body) in requests(name) {
            let answer = post(address, &path, &[("content-type", kind)], body).await;
            assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        }
    }
    // What `batch` still holds passes only now, and the events of its runs after it.
    collector.stop().await;
    assert_eq!(tokens(&fs::read_to_string(&events).unwrap()), served);
    let passed = fs::read_to_string(&spans).unwrap();
    assert!(passed.contains("tollgate.run.outcome"), "no root is stamped");
}
