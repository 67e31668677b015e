//! Own metrics and the log, sent by OTLP (C§4.1).

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use acceptance::{Answer, Backend, Collector, within_deadline};
use opentelemetry_proto::tonic::{
    collector::{logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest},
    common::v1::{KeyValue, any_value::Value},
};
use prost::Message as _;

fn config(protocol: &str, backend: &Backend) -> String {
    let otlp = format!(
        "{{otlp: {{protocol: {protocol}, endpoint: 'http://{}', headers: [{{name: x-tenant, value: own}}], \
         compression: gzip}}}}",
        backend.address
    );
    format!(
        "receivers:\n  otlp: {{protocols: {{grpc: {{endpoint: '127.0.0.1:0'}}, http: {{endpoint: '127.0.0.1:0'}}}}}}\n\
         exporters:\n  nop:\nservice:\n  telemetry:\n    resource: {{attributes: [{{name: team, value: agents}}]}}\n    \
         logs: {{processors: [{{batch: {{schedule_delay: 10, exporter: {otlp}}}}}]}}\n    metrics: {{readers: \
         [{{periodic: {{interval: 20, exporter: {otlp}}}}}]}}\n  pipelines:\n    traces: {{receivers: [otlp], \
         exporters: [nop]}}\n"
    )
}

fn has(attributes: &[KeyValue], key: &str, value: &str) -> bool {
    let wanted = Some(Value::StringValue(value.to_owned()));
    let is_it = |pair: &&KeyValue| pair.key == key;
    let found = attributes.iter().find(is_it).and_then(|pair| pair.value.clone());
    found.is_some_and(|found| found.value == wanted)
}

/// Names of metrics and messages of the log that came, with the headers checked.
async fn came(backend: &Backend, wanted: &[&str]) -> Vec<String> {
    let search = async {
        loop {
            let mut seen = Vec::new();
            for request in backend.received() {
                assert_eq!(request.headers.get("x-tenant").unwrap(), "own");
                if request.path.contains("etrics") {
                    let request = ExportMetricsServiceRequest::decode(request.body).unwrap();
                    let metrics = request.resource_metrics.into_iter().next().unwrap();
                    let about = metrics.resource.unwrap().attributes;
                    assert!(
                        has(&about, "team", "agents") && has(&about, "service.name", "tollgate")
                    );
                    let scopes = metrics.scope_metrics.into_iter();
                    seen.extend(scopes.flat_map(|scope| scope.metrics).map(|metric| metric.name));
                } else {
                    let request = ExportLogsServiceRequest::decode(request.body).unwrap();
                    let logs = request.resource_logs.into_iter().next().unwrap();
                    assert!(has(&logs.resource.unwrap().attributes, "team", "agents"));
                    for record in logs.scope_logs.into_iter().flat_map(|scope| scope.log_records) {
                        assert_eq!(record.severity_text, "info", "{record:?}");
                        if let Some(Value::StringValue(message)) = record.body.unwrap().value {
                            seen.push(message);
                        }
                    }
                }
            }
            if wanted.iter().all(|wanted| seen.iter().any(|seen| seen == wanted)) {
                return seen;
            }
            tokio::task::yield_now().await;
        }
    };
    within_deadline(&format!("{wanted:?}"), search).await
}

#[tokio::test]
async fn metrics_and_log_arrive_over_both_protocols() {
    for protocol in ["grpc", "http/protobuf"] {
        let backend = Backend::start().await;
        let collector = Collector::start(&config(protocol, &backend)).await;
        let ready = "Everything is ready. Begin running and processing data.";
        came(&backend, &["otelcol_process_uptime", ready]).await;
        let log = collector.stop().await;
        // What was logged last is sent, too, and the output has it all the same.
        let last = came(&backend, &["Shutdown complete."]).await;
        assert!(last.iter().any(|message| message == "Starting shutdown..."));
        assert!(log.contains("Shutdown complete.") && log.contains(ready), "{log}");
    }
}

#[tokio::test]
async fn a_backend_that_is_away_is_named_once_and_holds_nothing_up() {
    let backend = Backend::start().await;
    backend.otherwise(Answer::Status(tonic::Status::unavailable("away")));
    let collector = Collector::start(&config("grpc", &backend)).await;
    collector.line("own metrics are not taken").await;
    backend.arrived(10).await;
    let log = collector.stop().await;
    assert_eq!(log.matches("own metrics are not taken").count(), 1, "{log}");
    assert_eq!(log.matches("own log records are not taken").count(), 1, "{log}");
}
