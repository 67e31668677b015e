//! What a model served is what the Prometheus page says: recorded telemetry of real SDKs, played through the
//! binary.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a helper that fails fails the test, and says what it leaves out"
)]

use std::{
    fmt::Write as _,
    fs,
    io::Write as _,
    net::SocketAddr,
    process::{Command, Stdio},
};

use acceptance::{Collector, binary, client::get, collector::fields, within_deadline};

/// A recording, and the tokens that the model served in it.
struct Recording {
    name: String,
    input: f64,
    output: f64,
}

fn recordings() -> Vec<Recording> {
    let table = fs::read_to_string(binary::folder().join("data/otlp/EXPECTED.tsv")).unwrap();
    let rows = table.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let row = |line: &str| {
        let columns: Vec<_> = line.split('\t').collect();
        let [name, _, input, output, ..] = columns[..] else { panic!("{line}") };
        let number = |text: &str| text.parse::<f64>().unwrap();
        Recording { name: name.to_owned(), input: number(input), output: number(output) }
    };
    rows.map(row).collect()
}

/// The traces and logs of a recording.
fn files(name: &str) -> Vec<String> {
    let ends = ["traces.pb", "traces.jsonl", "logs.pb", "logs.jsonl"];
    let files = ends.map(|end| format!("data/otlp/{name}.{end}"));
    files.into_iter().filter(|file| binary::folder().join(file).exists()).collect()
}

/// Each recording on its own way to one page: as it is, and behind `token_usage`. `instance` tells whose
/// the numbers are.
fn config(recordings: &[Recording]) -> String {
    let (mut receivers, mut connectors, mut pipelines) =
        (String::new(), String::new(), String::new());
    let mut outputs = Vec::new();
    for Recording { name, .. } in recordings {
        let files = files(name).join(", ");
        writeln!(receivers, "  otlp_file/{name}: {{include: [{files}]}}").unwrap();
        for (way, processors) in [("plain", "[]"), ("normalised", "[token_usage]")] {
            let to = format!("agent_metrics/{name}-{way}");
            writeln!(
                connectors,
                "  {to}: {{interval: 1s, settle: 1s, compatibility: [mutx], resource: \
                 {{service.instance.id: {name}-{way}}}}}"
            )
            .unwrap();
            for signal in ["traces", "logs"] {
                writeln!(
                    pipelines,
                    "    {signal}/{name}-{way}: {{receivers: [otlp_file/{name}], processors: \
                     {processors}, exporters: [{to}]}}"
                )
                .unwrap();
            }
            outputs.push(to);
        }
    }
    format!(
        "receivers:\n{receivers}processors: {{token_usage: {{}}}}\nconnectors:\n{connectors}exporters: \
         {{prometheus: {{endpoint: '127.0.0.1:0', without_scope_info: true, \
         resource_to_telemetry_conversion: {{enabled: false}}}}}}\nservice:\n  telemetry: {{metrics: \
         {{level: none}}}}\n  pipelines:\n    metrics: {{receivers: [{}], exporters: \
         [prometheus]}}\n{pipelines}",
        outputs.join(", ")
    )
}

async fn page(address: SocketAddr) -> String {
    let answer = get(address, "/metrics").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text()
}

/// The sum over the series of a page whose labels hold all of `labels`.
fn sum(page: &str, name: &str, labels: &[String]) -> f64 {
    let mut sum = 0.0;
    for line in page.lines() {
        let Some(rest) = line.strip_prefix(name).filter(|rest| rest.starts_with('{')) else {
            continue;
        };
        let (shown, value) = rest.rsplit_once(' ').unwrap();
        if labels.iter().all(|label| shown.contains(label.as_str())) {
            sum += value.parse::<f64>().unwrap();
        }
    }
    sum
}

/// What the page says of each recording, on both ways, where that is not what the model served.
fn wrong(page: &str, recordings: &[Recording]) -> Vec<String> {
    let mut wrong = Vec::new();
    for Recording { name, input, output } in recordings {
        for way in ["plain", "normalised"] {
            let instance = format!("instance=\"{name}-{way}\"");
            let tokens = |kind: &str| {
                let of_kind = format!("gen_ai_token_type=\"{kind}\"");
                sum(page, "tollgate_tokens_total", &[instance.clone(), of_kind])
            };
            let shown = (tokens("input"), tokens("output"));
            if shown != (*input, *output) {
                wrong.push(format!("{name}, {way}: {shown:?} for {:?}", (input, output)));
            }
        }
    }
    wrong
}

#[tokio::test]
async fn the_page_says_what_the_model_served() {
    let recordings = recordings();
    let collector = Collector::start(&config(&recordings)).await;
    let started = collector.line("Starting prometheus exporter").await;
    let address = fields(&started)["endpoint"].as_str().unwrap().parse().unwrap();
    let mut last = Vec::new();
    let search = async {
        loop {
            let page = page(address).await;
            last = wrong(&page, &recordings);
            if last.is_empty() {
                return page;
            }
        }
    };
    let found = tokio::time::timeout(acceptance::DEADLINE, search).await;
    let page = found.unwrap_or_else(|_| panic!("{last:#?}\n{}", collector.log()));
    check_with_promtool(&page);
    for metric in [
        "tollgate_calls_total",
        "tollgate_cost_USD_total",
        "tollgate_call_duration_seconds_count",
        "tollgate_tool_calls_total",
        "tollgate_agent_runs_total",
        "gen_ai_client_operation_duration_seconds_bucket",
        "gen_ai_client_token_usage_sum",
        "llm_latency_seconds_bucket",
        "llm_requests_total",
        "mutx_agent_tasks_total",
        "mutx_agent_task_duration_seconds_bucket",
        "otel_traces_span_count_total",
    ] {
        assert!(sum(&page, metric, &[]) > 0.0, "{metric} is not on the page:\n{page}");
    }
    within_deadline("a stop", collector.stop()).await;
}

/// promtool reads the page. What it says of style is said of names that are not ours to choose.
fn check_with_promtool(page: &str) {
    let mut command = Command::new("promtool");
    command.args(["check", "metrics"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        println!("skipped: promtool is not installed (Debian: apt install prometheus)");
        return;
    };
    child.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}\n{page}");
}
