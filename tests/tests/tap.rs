//! `tollgate tap`: a look at a running collector, from another process.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use acceptance::{Collector, Outcome, client::post, collector::fields, run};
use serde_json::{Value, json};

const CONFIG: &str = "receivers:\n  otlp: {protocols: {http: {endpoint: '127.0.0.1:0'}}}\nprocessors:\n  \
    attributes: {actions: [{key: tier, value: gold, action: insert}]}\nexporters:\n  nop:\nextensions:\n  tap: \
    {endpoint: 'localhost:0'}\nservice:\n  extensions: [tap]\n  telemetry: {metrics: {level: none}}\n  \
    pipelines:\n    traces: {receivers: [otlp], processors: [attributes], exporters: [nop]}\n";

fn span() -> Vec<u8> {
    let attribute = json!({"key": "user.email", "value": {"stringValue": "ada@example.org"}});
    let span = json!({"traceId": "000102030405060708090a0b0c0d0e0f", "spanId": "0102030405060708",
                      "name": "chat", "attributes": [attribute]});
    json!({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).to_string().into_bytes()
}

async fn tap(endpoint: &str, arguments: &[&str]) -> Outcome {
    let all = [&["tap", "--endpoint", endpoint], arguments].concat();
    let all: Vec<String> = all.into_iter().map(str::to_owned).collect();
    let running = move || run(&all.iter().map(String::as_str).collect::<Vec<_>>());
    tokio::task::spawn_blocking(running).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edge_is_seen_before_and_behind_the_processors_without_private_data() {
    let collector = Collector::start(CONFIG).await;
    let address = collector.http().await;
    let started = collector.line("Starting tap extension").await;
    let endpoint = fields(&started)["endpoint"].as_str().unwrap().to_owned();
    let edges = tap(&endpoint, &[]).await;
    assert_eq!((edges.stdout.as_str(), edges.code), ("traces\ntraces:nop\n", Some(0)));
    let sending = tokio::spawn(async move {
        let headers = [("content-type", "application/json")];
        loop {
            assert_eq!(post(address, "/v1/traces", &headers, span()).await.status, 200);
        }
    });
    for (edge, has_tier) in [("traces", false), ("traces:nop", true)] {
        let seen = tap(&endpoint, &[edge, "--batches", "2"]).await;
        assert_eq!(seen.code, Some(0), "{}", seen.stderr);
        let line: Value = serde_json::from_str(seen.stdout.lines().next().unwrap()).unwrap();
        assert_eq!(line["edge"], edge);
        assert_eq!(line["otlp"]["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["name"], "chat");
        assert_eq!(seen.stdout.contains("gold"), has_tier, "{}", seen.stdout);
        assert!(!seen.stdout.contains("ada@"), "{}", seen.stdout);
    }
    sending.abort();
    let unknown = tap(&endpoint, &["logs"]).await;
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.stderr.contains("there is no edge \"logs\"; there are: traces, traces:nop"));
    collector.stop().await;
    let nobody = tap(&endpoint, &[]).await;
    assert!(nobody.stderr.contains("Is there a collector with the extension `tap`"));
}
