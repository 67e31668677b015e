//! Spans go in; tags, log records and counters come out, under the names that the rules ask for.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails fails the test, and says what it found"
)]

use std::{fs, path::Path};

use acceptance::{
    Collector, Outcome,
    client::{get, post},
    collector::fields,
    records::{each, text},
    within_deadline,
};
use serde_json::{Value, json};

const OBJECTIVES: &str = "objectives:
  - {name: complete, on: run, match: {gen_ai.agent.name: 'support*'}, good: outcome == completed, target: 95%}
  - {name: tools, on: tool_call, good: not error, target: 98%, group_by: [gen_ai.tool.name]}
";

fn config(events: &Path, spans: &Path) -> String {
    let objectives = OBJECTIVES.replace('\n', "\n    ");
    format!(
        "receivers:\n  otlp: {{protocols: {{http: {{endpoint: '127.0.0.1:0'}}}}}}\nprocessors:\n  \
         token_usage:\n  agent_runs: {{close_after_root: 100ms}}\n  slo:\n    interval: 1s\n    {objectives}\n\
         connectors:\n  slo:\nexporters:\n  file/events: {{path: '{}'}}\n  file/spans: {{path: '{}'}}\n  \
         prometheus: {{endpoint: '127.0.0.1:0', enable_open_metrics: true}}\nservice:\n  telemetry: \
         {{metrics: {{level: none}}}}\n  pipelines:\n    traces: {{receivers: [otlp], processors: \
         [token_usage, agent_runs, slo], exporters: [file/spans, slo]}}\n    logs/slo: {{receivers: [slo], \
         exporters: [file/events]}}\n    metrics/slo: {{receivers: [slo], exporters: [prometheus]}}\n",
        events.display(),
        spans.display(),
    )
}

/// A run of one tool call and one model call; what failed has a class of error.
fn a_run(trace: u64, failed_tool: bool, failed_run: bool) -> Value {
    let attribute = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let span = |id: u64, parent: u64, failed: bool, mut attributes: Vec<Value>| {
        if failed {
            attributes.push(attribute("error.type", "timed out"));
        }
        json!({
            "traceId": format!("{trace:032x}"), "spanId": format!("{id:016x}"),
            "parentSpanId": if parent == 0 { String::new() } else { format!("{parent:016x}") },
            "name": "span", "startTimeUnixNano": "1700000000000000000",
            "endTimeUnixNano": "1700000001000000000",
            "status": if failed { json!({"code": 2}) } else { json!({}) },
            "attributes": attributes,
        })
    };
    let operation = |name: &str| attribute("gen_ai.operation.name", name);
    let tool = vec![operation("execute_tool"), attribute("gen_ai.tool.name", "search")];
    let agent = vec![operation("invoke_agent"), attribute("gen_ai.agent.name", "support-1")];
    let spans = [span(2, 1, failed_tool, tool), span(1, 0, failed_run, agent)];
    json!({"resourceSpans": [{
        "resource": {"attributes": [attribute("service.name", "helpdesk")]},
        "scopeSpans": [{"spans": spans}],
    }]})
}

fn value(page: &str, labels: &[&str]) -> Option<f64> {
    let mut lines = page.lines().filter_map(|line| line.strip_prefix("slo_events_total{"));
    let line = lines.find(|line| labels.iter().all(|label| line.contains(label)))?;
    line.rsplit_once("} ")?.1.split(' ').next()?.parse().ok()
}

#[tokio::test]
async fn spans_in_tags_records_and_counters_out() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("slo");
    fs::create_dir_all(&folder).unwrap();
    let (events, spans) = (folder.join("events.json"), folder.join("spans.json"));
    let collector = Collector::start(&config(&events, &spans)).await;
    let address = collector.http().await;
    let started = collector.line("Starting prometheus exporter").await;
    let page: std::net::SocketAddr =
        fields(&started)["endpoint"].as_str().unwrap().parse().unwrap();
    for (trace, failed_tool, failed_run) in [(1, false, false), (2, true, false), (3, true, true)] {
        let body = a_run(trace, failed_tool, failed_run).to_string().into_bytes();
        let headers = [("content-type", "application/json")];
        let answer = post(address, "/v1/traces", &headers, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let bad = |name: &'static str| [name, "slo_verdict=\"bad\""];
    let good = |name: &'static str| [name, "slo_verdict=\"good\""];
    let (runs, tools) = ("slo_name=\"complete\"", "slo_group_gen_ai_tool_name=\"search\"");
    let search = async {
        loop {
            let page = get(page, "/metrics").await.text();
            let found = [
                value(&page, &bad(runs)),
                value(&page, &good(runs)),
                value(&page, &bad(tools)),
                value(&page, &good(tools)),
            ];
            if found == [Some(1.0), Some(2.0), Some(2.0), Some(1.0)] {
                return page;
            }
        }
    };
    let page = within_deadline("the counters", search).await;
    for line in ["slo_objective_target_ratio{", "slo_window_seconds{", "slo_info{"] {
        assert!(page.lines().any(|found| found.starts_with(line)), "{line} is not on\n{page}");
    }
    collector.stop().await;
    let records = lines(&events, &["resourceLogs", "scopeLogs", "logRecords"]);
    let mut told: Vec<_> = records
        .iter()
        .map(|one| ["slo.name", "slo.verdict", "slo.reason"].map(|key| text(one, key)).join(" "))
        .collect();
    told.sort_unstable();
    assert_eq!(told, ["complete bad outcome!=completed", "tools bad error", "tools bad error"]);
    let spans = lines(&spans, &["resourceSpans", "scopeSpans", "spans"]);
    let verdicts = |id: u64| -> Vec<String> {
        let id = format!("{id:016x}");
        spans.iter().filter(|one| one["spanId"] == id).map(|one| text(one, "slo.verdict")).collect()
    };
    assert_eq!(verdicts(1), ["good", "good", "bad"]);
    assert_eq!(verdicts(2), ["good", "bad", "bad"]);
}

/// Everything at the end of a path, in a file of OTLP JSON lines.
fn lines(file: &Path, path: &[&str]) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap();
    text.lines().flat_map(|line| each(&serde_json::from_str(line).unwrap(), path)).collect()
}

#[test]
fn a_bad_objective_is_refused_with_its_place() {
    let config = config(Path::new("a"), Path::new("b")).replace("not error", "not eror");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join("slo-bad.yaml");
    fs::write(&file, &config).unwrap();
    let Outcome { code, stderr, .. } =
        acceptance::run(&["validate", "--config", file.to_str().unwrap()]);
    assert_ne!(code, Some(0), "{stderr}");
    let line = config.lines().position(|line| line.contains("eror")).unwrap() + 1;
    for part in ["objectives[1]::good", "did you mean error", &format!("slo-bad.yaml:{line}:")] {
        assert!(stderr.contains(part), "{part} is not in\n{stderr}");
    }
}
