//! The dashboard of `tollgate slo dashboard`, every query of it run by a real Prometheus that evaluates
//! the rules of `tollgate slo rules` on the series of a running collector's page. Without Prometheus that is said in one line.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what fails here fails the test")]

use std::{
    fmt::Write as _,
    fs,
    time::{SystemTime, UNIX_EPOCH},
};

use acceptance::{
    Collector, Prometheus,
    binary::folder,
    client::{get, post},
    collector::fields,
    run, within_deadline,
};
use serde_json::{Value, json};

const OBJECTIVES: &str = "data/slo/objectives.yaml";
/// Minutes of history, and of them in the end an outage of `tools`.
const HISTORY: u64 = 8 * 60;
const OUTAGE: u64 = 30;

/// A collector with these objectives, whose counters Prometheus may ask for.
fn config() -> String {
    let objectives = fs::read_to_string(folder().join(OBJECTIVES)).unwrap();
    let objectives = objectives.replace('\n', "\n    ");
    format!(
        "receivers:\n  otlp: {{protocols: {{http: {{endpoint: '127.0.0.1:0'}}}}}}\nprocessors:\n  agent_runs:\n  \
         slo:\n    interval: 1s\n    {objectives}\nconnectors:\n  slo:\nexporters:\n  prometheus: {{endpoint: \
         '127.0.0.1:0'}}\nservice:\n  telemetry: {{metrics: {{level: none}}}}\n  pipelines:\n    traces: \
         {{receivers: [otlp], processors: [agent_runs, slo], exporters: [slo]}}\n    metrics/slo: {{receivers: \
         [slo], exporters: [prometheus]}}\n"
    )
}

/// A streamed answer of a model.
fn call(model: &str, id: u8) -> Vec<u8> {
    let attribute = |key: &str, value: Value| json!({"key": key, "value": value});
    let span = json!({
        "traceId": format!("{id:032x}"), "spanId": format!("{id:016x}"), "name": "chat",
        "startTimeUnixNano": "1700000000000000000", "endTimeUnixNano": "1700000001000000000",
        "attributes": [
            attribute("gen_ai.operation.name", json!({"stringValue": "chat"})),
            attribute("gen_ai.request.model", json!({"stringValue": model})),
            attribute("gen_ai.request.stream", json!({"boolValue": true})),
            attribute("gen_ai.response.id", json!({"stringValue": model})),
            attribute("gen_ai.usage.input_tokens", json!({"intValue": "5"})),
            attribute("gen_ai.response.time_to_first_chunk", json!({"doubleValue": 0.5})),
        ],
    });
    json!({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).to_string().into_bytes()
}

/// The labels of the counter's series, as the page of a running collector has them once two models were
/// called.
async fn exported() -> Vec<String> {
    let collector = Collector::start(&config()).await;
    let address = collector.http().await;
    let started = collector.line("Starting prometheus exporter").await;
    let page = fields(&started)["endpoint"].as_str().unwrap().parse().unwrap();
    for (model, id) in [("gpt-4o", 1), ("claude", 2)] {
        let headers = [("content-type", "application/json")];
        assert_eq!(post(address, "/v1/traces", &headers, call(model, id)).await.status, 200);
    }
    let search = async {
        loop {
            let text = get(page, "/metrics").await.text();
            let series = text.lines().filter_map(|line| line.strip_prefix("slo_events_total{"));
            let labels: Vec<String> =
                series.map(|line| line.rsplit_once("} ").unwrap().0.to_owned()).collect();
            let has = |model: &str| labels.iter().any(|one| one.contains(&format!("=\"{model}\"")));
            if has("gpt-4o") && has("claude") {
                return labels;
            }
        }
    };
    let labels = within_deadline("the counters", search).await;
    collector.stop().await;
    labels
}

/// What was counted until now in these series, a sample a minute, in OpenMetrics.
fn history(series: &[String]) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let mut text = "# TYPE slo_events counter\n".to_owned();
    for labels in series {
        let label = |name: &str| {
            let (_, rest) = labels.split_once(&format!("{name}=\"")).unwrap();
            rest.split('"').next().unwrap()
        };
        let (name, verdict) = (label("slo_name"), label("slo_verdict"));
        let mut total = 0;
        for minute in 0..=HISTORY {
            let is_out = name == "tools" && minute > HISTORY - OUTAGE;
            total += match (verdict, minute) {
                (_, 0) => 0,
                ("good", _) if is_out => 0,
                ("bad", _) if is_out => 10,
                ("good", _) => 10,
                (_, minute) => u64::from(minute % 60 == 30),
            };
            let at = now - (HISTORY - minute) * 60;
            writeln!(text, "slo_events_total{{{labels}}} {total} {at}").unwrap();
        }
    }
    text + "# EOF\n"
}

/// A Prometheus with these rules and this past.
fn prometheus(rules: &str, history: &str) -> Prometheus {
    // As often as Prometheus does it otherwise, so that nothing is waited for.
    let rules = rules.replace("  interval: 5m\n", "");
    let config = "global: {evaluation_interval: 1s}\nrule_files: [rules.yaml]\n";
    let mut prometheus = Prometheus::new("slo-dashboard");
    prometheus.write("rules.yaml", &rules);
    prometheus.import(history);
    prometheus.start(config, &[]);
    prometheus
}

/// Every query of the dashboard and of its closed rows, with the panel's title, and whether it is
/// drawn over time.
fn queries(panels: &Value) -> Vec<(String, String, bool)> {
    let mut found = Vec::new();
    for panel in panels.as_array().into_iter().flatten() {
        let title = panel["title"].as_str().unwrap();
        for target in panel["targets"].as_array().into_iter().flatten() {
            let expr = target["expr"].as_str().unwrap().to_owned();
            found.push((title.to_owned(), expr, target["range"] == true));
        }
        found.extend(queries(&panel["panels"]));
    }
    found
}

#[test]
fn every_query_gives_something_and_none_an_error() {
    if !Prometheus::is_installed() {
        return;
    }
    let rules = run(&["slo", "rules", OBJECTIVES]);
    assert_eq!(rules.code, Some(0), "{}", rules.stderr);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let series = runtime.block_on(exported());
    assert!(series.len() >= 4 * 6, "{series:?}");
    let prometheus = prometheus(&rules.stdout, &history(&series));
    let names = "count(count by (slo_name) (slo:budget_remaining:ratio)) == 5";
    prometheus.wait(names);
    prometheus.wait("ALERTS{alertname=\"SloHardDown\",slo_name=\"tools\"}");
    prometheus.wait("count(count by (slo_name) (slo:burn_rate:increase1h)) == 5");

    let page: Value = serde_json::from_str(&run(&["slo", "dashboard", OBJECTIVES]).stdout).unwrap();
    let all = queries(&page["panels"]);
    assert!(all.len() > 40, "{} queries", all.len());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    // Up to what is to come, since alerts are as old as the server: a second may be too short.
    let (start, end) = ((now - 900).to_string(), (now + 60).to_string());
    for (title, written, is_range) in &all {
        for chosen in [".*", "tools|first-token"] {
            let expr = written.replace("$objective", chosen).replace("$__rate_interval", "5m");
            assert!(!expr.contains('$'), "{title}: a variable is left in {expr}");
            let found =
                prometheus.now(&expr).unwrap_or_else(|error| panic!("{title}: {expr}: {error}"));
            assert!(!found.is_empty(), "{title}: nothing for {expr}");
            if *is_range {
                let range =
                    [("query", expr.as_str()), ("start", &start), ("end", &end), ("step", "60")];
                let data = prometheus.get("query_range", &range).unwrap();
                assert_eq!(data["resultType"], "matrix", "{title}");
                assert!(
                    !data["result"].as_array().unwrap().is_empty(),
                    "{title}: nothing over time for {expr}"
                );
            }
        }
    }
    // The list of objectives on the page: `label_values(slo:objective:ratio, slo_name)`.
    let variable = &page["templating"]["list"][1];
    assert_eq!(variable["definition"], "label_values(slo:objective:ratio, slo_name)");
    let values =
        prometheus.get("label/slo_name/values", &[("match[]", "slo:objective:ratio")]).unwrap();
    assert_eq!(values.as_array().map(Vec::len), Some(5), "{values}");
    shows_the_outage(&prometheus, &all);
}

/// What is shown of the outage is right, not only something.
fn shows_the_outage(prometheus: &Prometheus, all: &[(String, String, bool)]) {
    let table: Vec<&str> = all
        .iter()
        .filter(|(title, ..)| title == "Objectives")
        .map(|(_, expr, _)| expr.as_str())
        .collect();
    let cell = |column: usize, name: &str| -> f64 {
        let found = prometheus.now(&table[column].replace("$objective", name)).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        found[0]["value"][1].as_str().unwrap().parse().unwrap()
    };
    // Target, kept, left, burn rate, alerts.
    assert!((cell(0, "tools") - 0.98).abs() < 1e-9);
    let bad = 10.0 * 30.0 + 7.0;
    let kept = 1.0 - bad / (bad + 10.0 * 450.0);
    assert!((cell(1, "tools") - kept).abs() < 0.01, "{} is not {kept}", cell(1, "tools"));
    assert!(cell(2, "tools") < 0.0 && cell(2, "run-budget") > 0.5);
    assert!(cell(3, "tools") > 20.0 && cell(3, "run-budget") < 1.0);
    assert!(cell(4, "tools") >= 1.0 && cell(4, "run-budget") < 0.5);
}
