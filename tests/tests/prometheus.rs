//! A real Prometheus on the wire: what it is written and what it scrapes is what was sent. Without
//! Prometheus that is said in one line.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what fails here fails the test")]

use std::time::{SystemTime, UNIX_EPOCH};

use acceptance::{Collector, Prometheus, client::post, collector::fields};
use serde_json::{Value, json};

const FEATURES: &[&str] =
    &["--web.enable-remote-write-receiver", "--enable-feature=native-histograms,exemplar-storage"];

fn now() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos()
}

/// One metric of each kind, all at this time; the counter has an exemplar.
fn metrics(time: u128, requests: u64) -> Vec<u8> {
    let text = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let (time, start) = (time.to_string(), (time - 60_000_000_000).to_string());
    let point = |mut more: Value| {
        more["attributes"] = json!([text("model", "gpt-4o")]);
        more["timeUnixNano"] = json!(time);
        more["startTimeUnixNano"] = json!(start);
        json!([more])
    };
    let exemplar = json!([{"asDouble": 0.7, "timeUnixNano": time, "spanId": "0102030405060708",
                           "traceId": "000102030405060708090a0b0c0d0e0f"}]);
    let metrics = json!([
        {"name": "agent.requests", "sum": {"isMonotonic": true, "aggregationTemporality": 2,
            "dataPoints": point(json!({"asInt": requests.to_string()}))}},
        {"name": "agent.queue", "gauge": {"dataPoints": point(json!({"asDouble": -0.25}))}},
        {"name": "agent.duration", "unit": "s", "histogram": {"aggregationTemporality": 2,
            "dataPoints": point(json!({"explicitBounds": [0.5, 2], "bucketCounts": ["1", "2", "3"],
                                       "sum": 12.5, "count": "6", "exemplars": exemplar}))}},
        {"name": "agent.sizes", "unit": "By", "exponentialHistogram": {"aggregationTemporality": 2,
            "dataPoints": point(json!({"scale": 1, "sum": 80.5, "count": "10", "zeroCount": "1",
                "positive": {"offset": 2, "bucketCounts": ["4", "0", "3"]},
                "negative": {"offset": 0, "bucketCounts": ["2"]}}))}},
        {"name": "agent.lag", "summary": {"dataPoints": point(json!({"sum": 9.5, "count": "4",
            "quantileValues": [{"quantile": 0.5, "value": 1.5}, {"quantile": 0.9, "value": 4}]}))}},
    ]);
    let resource =
        [text("service.name", "shop"), text("service.instance.id", "a"), text("region", "eu")];
    json!({"resourceMetrics": [{"resource": {"attributes": resource},
                                "scopeMetrics": [{"metrics": metrics}]}]})
    .to_string()
    .into_bytes()
}

async fn send(collector: &Collector, metrics: Vec<u8>) {
    let headers = [("content-type", "application/json")];
    let address = collector.http().await;
    assert_eq!(post(address, "/v1/metrics", &headers, metrics).await.status, 200);
}

/// What stands in a Prometheus after it got [`metrics`], by any way.
fn check_classic(prometheus: &Prometheus) {
    let series = "{model=\"gpt-4o\",job=\"shop\",instance=\"a\"}";
    for (expr, value) in [
        (format!("agent_requests_total{series}"), "41"),
        (format!("agent_queue{series}"), "-0.25"),
        (format!("agent_duration_seconds_sum{series}"), "12.5"),
        (format!("agent_duration_seconds_count{series}"), "6"),
        ("agent_duration_seconds_bucket{le=\"0.5\"}".to_owned(), "1"),
        ("agent_duration_seconds_bucket{le=~\"2(.0)?\"}".to_owned(), "3"),
        ("agent_duration_seconds_bucket{le=\"+Inf\"}".to_owned(), "6"),
        ("agent_lag{quantile=\"0.9\"}".to_owned(), "4"),
        ("agent_lag_sum".to_owned(), "9.5"),
        ("agent_lag_count".to_owned(), "4"),
        ("target_info{region=\"eu\",job=\"shop\",instance=\"a\"}".to_owned(), "1"),
        // Half of the way through the third of six in the bucket up to 2.
        ("histogram_quantile(0.5, agent_duration_seconds_bucket)".to_owned(), "2"),
    ] {
        let found = prometheus.wait(&expr);
        assert_eq!(found.len(), 1, "{expr}: {found:?}");
        assert_eq!(found[0]["value"][1], value, "{expr}");
    }
}

fn exporting(exporter: &str) -> String {
    format!(
        "receivers:\n  otlp: {{protocols: {{http: {{endpoint: '127.0.0.1:0'}}}}}}\nexporters:\n  {exporter}\n\
         service:\n  telemetry: {{metrics: {{level: none}}}}\n  pipelines:\n    metrics: {{receivers: [otlp], \
         exporters: [{}]}}\n",
        exporter.split(':').next().unwrap()
    )
}

#[tokio::test]
async fn what_is_written_to_it_is_what_was_sent() {
    if !Prometheus::is_installed() {
        return;
    }
    let mut prometheus = Prometheus::new("remote-write");
    prometheus.start("global: {}\n", FEATURES);
    let config = exporting(&format!(
        "prometheusremotewrite: {{endpoint: 'http://{}/api/v1/write', disable_scope_info: true, \
         max_batch_size_bytes: 400, external_labels: {{cluster: c1}}}}",
        prometheus.address
    ));
    let collector = Collector::start(&config).await;
    let time = now();
    send(&collector, metrics(time - 2_000_000_000, 40)).await;
    send(&collector, metrics(time - 1_000_000_000, 41)).await;
    check_classic(&prometheus);
    assert_eq!(prometheus.wait("count({cluster=\"c1\"}) == count({__name__=~\".+\"})").len(), 1);
    let before = prometheus.wait("agent_requests_total[1m]");
    let values = before[0]["values"].as_array().unwrap().iter().map(|value| &value[1]);
    assert_eq!(values.collect::<Vec<_>>(), ["40", "41"]);
    // Native: bounds and counts are those of the exponential histogram.
    let native = prometheus.wait("agent_sizes_bytes");
    let histogram = &native[0]["histogram"][1];
    assert_eq!((&histogram["count"], &histogram["sum"]), (&json!("10"), &json!("80.5")));
    let buckets = histogram["buckets"].as_array().unwrap().iter();
    let buckets: Vec<_> = buckets
        .map(|bucket| {
            let bound = |at: usize| bucket[at].as_str().unwrap().parse::<f64>().unwrap();
            (format!("{:.3}..{:.3}", bound(1), bound(2)), bucket[3].as_str().unwrap().to_owned())
        })
        .collect();
    let expected = [
        ("-1.414..-1.000", "2"),
        ("-0.000..0.000", "1"),
        ("2.000..2.828", "4"),
        ("4.000..5.657", "3"),
    ];
    let expected = expected.map(|(range, count)| (range.to_owned(), count.to_owned()));
    assert_eq!(buckets, expected);
    let query = [("query", "agent_duration_seconds_bucket"), ("start", "0"), ("end", "9999999999")];
    let exemplars = prometheus.get("query_exemplars", &query).unwrap();
    let one = &exemplars[0]["exemplars"][0];
    assert_eq!(one["labels"]["trace_id"], "000102030405060708090a0b0c0d0e0f");
    assert_eq!((&exemplars[0]["seriesLabels"]["le"], &one["value"]), (&json!("2"), &json!("0.7")));
    // A series that has ended is gone at once, not five minutes later.
    let gone = json!({"resourceMetrics": [{"resource": {"attributes": [
        {"key": "service.name", "value": {"stringValue": "shop"}},
        {"key": "service.instance.id", "value": {"stringValue": "a"}}]},
        "scopeMetrics": [{"metrics": [{"name": "agent.queue", "gauge": {"dataPoints": [
            {"attributes": [{"key": "model", "value": {"stringValue": "gpt-4o"}}], "flags": 1,
             "timeUnixNano": now().to_string()}]}}]}]}]});
    send(&collector, gone.to_string().into_bytes()).await;
    prometheus.wait("absent(agent_queue)");
    let log = collector.stop().await;
    assert!(!log.contains("Exporting failed"), "{log}");
}

#[tokio::test]
async fn what_it_scrapes_is_what_was_sent() {
    if !Prometheus::is_installed() {
        return;
    }
    let page = "prometheus: {endpoint: '127.0.0.1:0', without_scope_info: true, enable_open_metrics: true}";
    let collector = Collector::start(&exporting(page)).await;
    let started = collector.line("Starting prometheus exporter").await;
    let address = fields(&started)["endpoint"].as_str().unwrap().to_owned();
    send(&collector, metrics(now(), 41)).await;
    let mut prometheus = Prometheus::new("scraping");
    let config = format!(
        "scrape_configs: [{{job_name: tollgate, honor_labels: true, scrape_interval: 1s, \
         static_configs: [{{targets: ['{address}']}}]}}]\n"
    );
    prometheus.start(&config, FEATURES);
    check_classic(&prometheus);
    assert_eq!(prometheus.wait("up{job=\"tollgate\"} == 1").len(), 1);
    let sizes = prometheus.wait("agent_sizes_bytes_count");
    assert_eq!(sizes[0]["value"][1], "10");
    let metadata = prometheus.get("metadata", &[("metric", "agent_duration_seconds")]).unwrap();
    assert_eq!(metadata["agent_duration_seconds"][0]["type"], "histogram");
    collector.stop().await;
}
