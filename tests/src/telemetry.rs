//! Requests to send, and what to find again in what arrived; built and read by prost.

use opentelemetry_proto::tonic::{
    collector::{
        logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
        trace::v1::ExportTraceServiceRequest,
    },
    logs::v1::{LogRecord, ResourceLogs, ScopeLogs},
    metrics::v1::{Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, metric::Data},
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use prost::Message as _;

/// The gRPC service that takes traces, without its package's start.
pub const TRACES: &str = "trace.v1.TraceService";
/// The gRPC service that takes metrics.
pub const METRICS: &str = "metrics.v1.MetricsService";
/// The gRPC service that takes logs.
pub const LOGS: &str = "logs.v1.LogsService";

/// A request with one span of each name.
#[must_use]
pub fn traces(names: &[&str]) -> Vec<u8> {
    let span = |name: &&str| Span {
        trace_id: vec![1; 16],
        span_id: vec![2; 8],
        name: (*name).to_owned(),
        ..Span::default()
    };
    let spans = names.iter().map(span).collect();
    let scope_spans = vec![ScopeSpans { spans, ..ScopeSpans::default() }];
    let resource_spans = vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }];
    ExportTraceServiceRequest { resource_spans }.encode_to_vec()
}

/// The names of all spans in a request.
#[must_use]
pub fn span_names(request: &[u8]) -> Vec<String> {
    let request = ExportTraceServiceRequest::decode(request).unwrap();
    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans).map(|span| span.name).collect()
}

/// A request with so many log records.
#[must_use]
pub fn logs(count: usize) -> Vec<u8> {
    let record = LogRecord { severity_text: "INFO".to_owned(), ..LogRecord::default() };
    let log_records = vec![record; count];
    let scope_logs = vec![ScopeLogs { log_records, ..ScopeLogs::default() }];
    let resource_logs = vec![ResourceLogs { scope_logs, ..ResourceLogs::default() }];
    ExportLogsServiceRequest { resource_logs }.encode_to_vec()
}

/// A request with one gauge of so many points.
#[must_use]
pub fn metrics(points: usize) -> Vec<u8> {
    let data_points = vec![NumberDataPoint { time_unix_nano: 1, ..Default::default() }; points];
    let data = Some(Data::Gauge(Gauge { data_points }));
    let metrics = vec![Metric { name: "load".to_owned(), data, ..Metric::default() }];
    let scope_metrics = vec![ScopeMetrics { metrics, ..ScopeMetrics::default() }];
    let resource_metrics = vec![ResourceMetrics { scope_metrics, ..ResourceMetrics::default() }];
    ExportMetricsServiceRequest { resource_metrics }.encode_to_vec()
}
