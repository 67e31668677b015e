//! What the collector tells about itself: the page of metrics, the log, the health (C§1.5, §4).

#![expect(clippy::unwrap_used, reason = "a helper that fails fails the test")]

use std::{collections::BTreeMap, net::SocketAddr};

use acceptance::{
    Answer, Backend, Collector, Connection,
    client::{get, post, send, whole},
    collector::fields,
    telemetry::{LOGS, METRICS, TRACES, logs, metrics, traces},
    within_deadline,
};
use tonic::Status;

/// A port that was free a moment ago: the page does not say which one it got.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

async fn start(level: &str, backend: &Backend) -> (Collector, SocketAddr) {
    let port = free_port();
    let config = format!(
        "receivers:\n  otlp: {{protocols: {{grpc: {{endpoint: '127.0.0.1:0'}}, http: {{endpoint: \
         '127.0.0.1:0'}}}}}}\nprocessors: {{batch: {{timeout: 5ms}}}}\nexporters:\n  nop:\n  \
         otlp_grpc: {{endpoint: '{}', tls: {{insecure: true}}, sending_queue: {{batch: \
         {{flush_timeout: 5ms}}}}, retry_on_failure: {{enabled: false}}}}\nservice:\n  telemetry: \
         {{metrics: {{level: {level}, readers: [{{pull: {{exporter: {{prometheus: {{host: \
         127.0.0.1, port: {port}}}}}}}}}]}}}}\n  pipelines:\n    traces: {{receivers: [otlp], \
         processors: [batch], exporters: [nop, otlp_grpc]}}\n    metrics: {{receivers: [otlp], \
         exporters: [nop]}}\n    logs: {{receivers: [otlp], exporters: [nop]}}\n",
        backend.address
    );
    (Collector::start(&config).await, SocketAddr::from(([127, 0, 0, 1], port)))
}

/// Every series of the page and its value.
async fn series(page: SocketAddr) -> BTreeMap<String, f64> {
    let answer = get(page, "/metrics").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = answer.text();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let split = lines.map(|line| line.rsplit_once(' ').unwrap());
    split.map(|(name, value)| (name.to_owned(), value.parse().unwrap())).collect()
}

async fn send_some(collector: &Collector) {
    let connection = Connection::open(collector.grpc().await).await;
    connection.export(TRACES, &traces(&["a", "b"])).await;
    connection.export(METRICS, &metrics(3)).await;
    connection.export(LOGS, &logs(4)).await;
    let headers = [("content-type", "application/x-protobuf")];
    post(collector.http().await, "/v1/traces", &headers, traces(&["c"])).await;
}

#[tokio::test]
async fn counts_under_the_names_and_labels_of_the_go_collector() {
    let backend = Backend::start().await;
    let (collector, page) = start("basic", &backend).await;
    send_some(&collector).await;
    backend.answered(1).await;
    // What the backend has answered is counted, and its room given back, a moment later.
    let sent = |shown: &BTreeMap<String, f64>| {
        let is_sent = |name: &str| name.starts_with("otelcol_exporter_sent_spans{exporter=\"otlp");
        let queue = "otelcol_exporter_queue_size{data_type=\"traces\",exporter=\"otlp_grpc\"}";
        shown.iter().any(|(name, value)| is_sent(name) && *value == 3.0)
            && shown.get(queue) == Some(&0.0)
    };
    let shown = within_deadline("three spans to be counted", async {
        loop {
            let shown = series(page).await;
            if sent(&shown) {
                return shown;
            }
        }
    })
    .await;
    for (name, value) in [
        ("otelcol_receiver_accepted_spans{receiver=\"otlp\",transport=\"grpc\"}", 2.0),
        ("otelcol_receiver_accepted_spans{receiver=\"otlp\",transport=\"http\"}", 1.0),
        ("otelcol_receiver_refused_spans{receiver=\"otlp\",transport=\"grpc\"}", 0.0),
        ("otelcol_receiver_accepted_metric_points{receiver=\"otlp\",transport=\"grpc\"}", 3.0),
        ("otelcol_receiver_accepted_log_records{receiver=\"otlp\",transport=\"grpc\"}", 4.0),
        ("otelcol_exporter_sent_spans{exporter=\"nop\"}", 3.0),
        ("otelcol_exporter_sent_metric_points{exporter=\"nop\"}", 3.0),
        ("otelcol_exporter_sent_log_records{exporter=\"nop\"}", 4.0),
        ("otelcol_exporter_queue_capacity{data_type=\"traces\",exporter=\"otlp_grpc\"}", 1000.0),
        ("otelcol_exporter_queue_size{data_type=\"traces\",exporter=\"otlp_grpc\"}", 0.0),
        ("promhttp_metric_handler_errors_total{cause=\"encoding\"}", 0.0),
    ] {
        assert_eq!(shown.get(name), Some(&value), "{name} in {shown:#?}");
    }
    for start in [
        "otelcol_process_uptime",
        "otelcol_process_cpu_seconds",
        "otelcol_process_memory_rss",
        "otelcol_process_runtime_heap_alloc_bytes",
        "otelcol_process_runtime_total_sys_memory_bytes",
        "target_info{service_instance_id=\"",
    ] {
        assert!(shown.keys().any(|name| name.starts_with(start)), "no {start} in {shown:#?}");
    }
    for name in shown.keys().filter(|name| name.starts_with("otelcol_")) {
        assert!(!name.contains("_total{") && !name.ends_with("_total"), "{name}");
        assert!(!name.contains("otel_scope_") && !name.contains("service_"), "{name}");
    }
    collector.stop().await;
}

#[tokio::test]
async fn failures_are_counted_where_they_happen() {
    let backend = Backend::start().await;
    backend.otherwise(Answer::Status(Status::permission_denied("no")));
    let (collector, page) = start("detailed", &backend).await;
    send_some(&collector).await;
    collector.line("Exporting failed. Dropping data.").await;
    let shown = series(page).await;
    let failed: Vec<_> = shown
        .iter()
        .filter(|(name, _)| name.starts_with("otelcol_exporter_send_failed_spans{"))
        .collect();
    assert!(!failed.is_empty(), "{shown:#?}");
    for (name, _) in failed {
        assert!(name.contains("error_permanent=\"true\""), "{name}");
        assert!(name.contains("error_type=\"PermissionDenied\""), "{name}");
    }
    collector.stop().await;
}

#[tokio::test]
async fn the_level_decides_what_is_shown() {
    let normal = "otelcol_processor_batch_timeout_trigger_send{";
    let detailed = "otelcol_processor_batch_batch_send_size_bytes_sum{";
    for (level, shows_normal, shows_detailed) in
        [("basic", false, false), ("normal", true, false), ("detailed", true, true)]
    {
        let backend = Backend::start().await;
        let (collector, page) = start(level, &backend).await;
        send_some(&collector).await;
        backend.answered(1).await;
        let shown = series(page).await;
        let has = |start: &str| shown.keys().any(|name| name.starts_with(start));
        assert_eq!((has(normal), has(detailed)), (shows_normal, shows_detailed), "{level}");
        collector.stop().await;
    }
    let backend = Backend::start().await;
    let (collector, page) = start("none", &backend).await;
    assert!(tokio::net::TcpStream::connect(page).await.is_err());
    collector.stop().await;
}

#[tokio::test]
async fn the_page_is_text_with_help_and_nothing_else_is_there() {
    let backend = Backend::start().await;
    let (collector, page) = start("normal", &backend).await;
    send_some(&collector).await;
    let answer = get(page, "/metrics").await;
    let content_type = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";
    assert_eq!(answer.header("content-type"), content_type);
    let text = answer.text();
    let mut helped = 0;
    for line in text.lines().filter(|line| line.starts_with("# HELP otelcol_")) {
        let is_marked = ["[Development]", "[Alpha]", "[Beta]", "[Stable]"]
            .iter()
            .any(|end| line.ends_with(end));
        assert!(is_marked, "{line}");
        helped += 1;
    }
    assert!(helped > 10, "{text}");
    let open_metrics = [("accept", "application/openmetrics-text")];
    let answer = send(page, "POST", "/metrics", &open_metrics, whole("")).await.unwrap();
    assert_eq!((answer.status, answer.header("content-type")), (200, content_type));
    let gzip = [("accept-encoding", "gzip")];
    let answer = send(page, "GET", "/metrics", &gzip, whole("")).await.unwrap();
    assert_eq!(answer.header("content-encoding"), "gzip");
    assert_eq!(answer.body.get(..2), Some(&[0x1f, 0x8b][..]));
    for path in ["/", "/metric", "/metrics/", "/debug/pprof"] {
        assert_eq!(get(page, path).await.status, 404, "{path}");
    }
    collector.stop().await;
}

const QUIET: &str = "\
receivers: {otlp: {protocols: {http: {endpoint: '127.0.0.1:0'}}}}
exporters: {nop: {}}
extensions: {health_check: {endpoint: '127.0.0.1:0'}}
service:
  extensions: [health_check]
  telemetry: {metrics: {level: none}, logs: {encoding: console}}
  pipelines: {traces: {receivers: [otlp], exporters: [nop]}}
";

#[tokio::test]
async fn the_log_has_the_columns_and_messages_of_the_go_collector() {
    let log = Collector::start(QUIET).await.stop().await;
    for line in log.lines() {
        let columns: Vec<_> = line.split('\t').collect();
        assert_eq!(columns.len(), 5, "{line}");
        let time = columns[0].as_bytes();
        assert!(time.len() == 24 && time[10] == b'T' && time[19] == b'.', "{line}");
        assert!(columns[0].ends_with('Z'), "{line}");
        assert_eq!(columns[1], "info", "{line}");
        assert!(columns[2].contains(".rs:"), "{line}");
        let fields = fields(line);
        assert_eq!(fields["resource"]["service.name"], "tollgate", "{line}");
        // A blank after each colon and comma.
        assert!(columns[4].starts_with("{\"resource\": {\"service.instance.id\": \""), "{line}");
    }
    let mut rest = log.as_str();
    for message in [
        "Starting tollgate...",
        "Starting extensions...",
        "Extension is starting...",
        "Extension started.",
        "Starting HTTP server",
        "Everything is ready. Begin running and processing data.",
        "Received signal from OS",
        "Starting shutdown...",
        "Stopping extensions...",
        "Shutdown complete.",
    ] {
        let at = rest.find(message).unwrap_or_else(|| panic!("no {message} in its place in {log}"));
        rest = &rest[at..];
    }
    assert!(log.contains("\"signal\": \"terminated\""), "{log}");
    assert!(log.contains("\"otelcol.component.id\": \"otlp\""), "{log}");
    assert!(log.contains("\"otelcol.component.kind\": \"receiver\""), "{log}");
}

#[tokio::test]
async fn the_log_in_json_is_an_object_a_line() {
    let log = Collector::start(&QUIET.replace("console", "json")).await.stop().await;
    for line in log.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        for name in ["level", "ts", "caller", "msg"] {
            assert!(entry[name].is_string(), "no {name} in {line}");
        }
        assert_eq!(entry["resource"]["service.name"], "tollgate", "{line}");
    }
}

#[tokio::test]
async fn the_log_keeps_to_its_level_and_warns_of_old_names() {
    let old = QUIET
        .replace("nop: {}", "otlp: {endpoint: '127.0.0.1:1', tls: {insecure: true}}")
        .replace("[nop]", "[otlp]")
        .replace("encoding: console", "level: warn");
    let collector = Collector::spawn(&old, &[]);
    collector.line("\"otlp\" alias is deprecated; use \"otlp_grpc\" instead").await;
    let log = collector.stop().await;
    for line in log.lines() {
        assert_eq!(line.split('\t').nth(1), Some("warn"), "{line}");
    }
}

#[tokio::test]
async fn the_health_check_says_that_it_is_available() {
    let collector = Collector::start(QUIET).await;
    let line = collector.line("Starting health_check extension").await;
    let address = fields(&line)["endpoint"].as_str().unwrap().parse().unwrap();
    let answer = get(address, "/").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(body["status"], "Server available");
    assert!(body["upSince"].is_string() && body["uptime"].is_string(), "{body}");
    collector.stop().await;
}
