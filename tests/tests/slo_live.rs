//! The traces that were judged by hand (`data/slo/corpus`), sent to a running collector: its counters end
//! at what a backtest of the recordings says.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what fails here fails the test")]

use std::{collections::BTreeMap, fs, net::SocketAddr, path::PathBuf, process::Command};

use acceptance::{
    Collector,
    binary::{folder, path},
    client::{get, post},
    collector::fields,
    within_deadline,
};
use serde_json::Value;

/// Counts by objective and verdict; zeros are left out.
type Counts = BTreeMap<(String, String), u64>;

/// Longer than sending all of it takes, so that no run is closed before its parts were sent.
const SETTINGS: &str = "close_after_root: 5s, idle_timeout: 6s";

fn corpus() -> PathBuf {
    folder().join("data/slo/corpus")
}

fn config() -> String {
    let objectives = fs::read_to_string(corpus().join("objectives.yaml")).unwrap();
    let objectives = objectives.replace('\n', "\n    ");
    format!(
        "receivers:\n  otlp: {{protocols: {{http: {{endpoint: '127.0.0.1:0'}}}}}}\nprocessors:\n  agent_runs: \
         {{{SETTINGS}}}\n  slo:\n    interval: 1s\n    {objectives}\nconnectors:\n  slo:\nexporters:\n  \
         prometheus: {{endpoint: '127.0.0.1:0'}}\nservice:\n  telemetry: {{metrics: {{level: none}}}}\n  \
         pipelines:\n    traces: {{receivers: [otlp], processors: [agent_runs, slo], exporters: [slo]}}\n    \
         logs: {{receivers: [otlp], processors: [slo], exporters: [slo]}}\n    metrics/slo: {{receivers: [slo], \
         exporters: [prometheus]}}\n"
    )
}

/// The files that were made by hand; each line or file is a request.
fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(corpus()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name != "verdicts.json" && (name.ends_with(".json") || name.ends_with(".jsonl"))
    });
    files.sort();
    assert!(files.len() >= 40, "{files:?}");
    files
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts")]
fn whole(number: f64) -> u64 {
    number as u64
}

/// What a backtest says.
fn recorded(files: &[PathBuf]) -> Counts {
    let objectives = corpus().join("objectives.yaml");
    let mut args = vec!["slo", "backtest"];
    args.extend(files.iter().map(|path| path.to_str().unwrap()));
    args.extend(["--objectives", objectives.to_str().unwrap(), "--json"]);
    let output = Command::new(path()).args(&args).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut counts = Counts::new();
    for result in report["results"].as_array().unwrap() {
        for verdict in ["good", "bad", "excluded", "unknown"] {
            let count = whole(result[verdict].as_f64().unwrap());
            let key = (result["objective"].as_str().unwrap().to_owned(), verdict.to_owned());
            if count > 0 {
                counts.insert(key, count);
            }
        }
    }
    counts
}

/// What the page says.
fn live(page: &str) -> Counts {
    let mut counts = Counts::new();
    for line in page.lines().filter_map(|line| line.strip_prefix("slo_events_total{")) {
        let (labels, value) = line.rsplit_once("} ").unwrap();
        let label = |name: &str| {
            let start = format!("{name}=\"");
            let (_, rest) = labels.split_once(&start).unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        let count = whole(value.split(' ').next().unwrap().parse().unwrap());
        if count > 0 {
            *counts.entry((label("slo_name"), label("slo_verdict"))).or_default() += count;
        }
    }
    counts
}

async fn send(address: SocketAddr, request: &str) {
    let path = if request.contains("\"resourceLogs\"") { "/v1/logs" } else { "/v1/traces" };
    let headers = [("content-type", "application/json")];
    let answer = post(address, path, &headers, request.as_bytes().to_vec()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test]
async fn what_is_judged_live_is_what_a_backtest_says() {
    let files = files();
    let expected = recorded(&files);
    let collector = Collector::start(&config()).await;
    let address = collector.http().await;
    let started = collector.line("Starting prometheus exporter").await;
    let page: SocketAddr = fields(&started)["endpoint"].as_str().unwrap().parse().unwrap();
    for file in &files {
        let text = fs::read_to_string(file).unwrap();
        match file.extension().is_some_and(|extension| extension == "jsonl") {
            true => {
                for line in text.lines() {
                    send(address, line).await;
                }
            }
            false => send(address, &text).await,
        }
    }
    let mut last = Counts::new();
    let wait = async {
        loop {
            last = live(&get(page, "/metrics").await.text());
            if last == expected {
                return;
            }
        }
    };
    let is_equal = tokio::time::timeout(acceptance::DEADLINE, wait).await.is_ok();
    if !is_equal {
        assert_eq!(last, expected, "after {:?}", acceptance::DEADLINE);
    }
    within_deadline("the end", collector.stop()).await;
}
