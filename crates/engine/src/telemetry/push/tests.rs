use std::time::{Duration, UNIX_EPOCH};

use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    common::v1::any_value,
    metrics::v1::{Metric, metric::Data, number_data_point},
};
use prost::Message as _;
use sdk::telemetry::{Level, Telemetry};

use crate::settings::{LogProcessor, OtlpPush, PeriodicReader};

fn resource() -> Vec<(String, String)> {
    vec![("service.name".to_owned(), "tollgate".to_owned())]
}

fn sent(telemetry: &Telemetry) -> ExportMetricsServiceRequest {
    let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
    let request = telemetry.otlp(&resource(), at(1), at(2));
    ExportMetricsServiceRequest::decode(&request[..]).unwrap()
}

/// The metric of that name.
fn metric(request: &ExportMetricsServiceRequest, name: &str) -> Metric {
    let metrics = &request.resource_metrics[0].scope_metrics[0].metrics;
    metrics.iter().find(|metric| metric.name == name).unwrap().clone()
}

#[test]
fn own_metrics_are_what_the_page_shows() {
    let telemetry = Telemetry::new(Level::Detailed);
    let labels = [("exporter", "otlp_grpc")];
    telemetry.counter(Level::Basic, "sent", "Sent.", &labels).add(7);
    telemetry.counter(Level::Basic, "sent", "Sent.", &[("exporter", "nop")]).add(2);
    telemetry.float_counter(Level::Basic, "cpu", "CPU.", &[]).raise_to(3.0);
    telemetry.gauge(Level::Basic, "queue", "Queue.", &labels).set(-4);
    let histogram = telemetry.histogram(Level::Basic, "size", "Size.", &[1.0, 10.0], &labels);
    [0.5, 5.0, 6.0, 50.0].into_iter().for_each(|value| histogram.record(value));
    let request = sent(&telemetry);
    let about = request.resource_metrics[0].resource.as_ref().unwrap();
    assert_eq!(about.attributes[0].key, "service.name");
    assert_eq!(
        request.resource_metrics[0].scope_metrics[0].scope.as_ref().unwrap().name,
        "tollgate"
    );
    let Some(Data::Sum(sum)) = metric(&request, "sent").data else { panic!("no sum") };
    assert!(sum.is_monotonic && sum.aggregation_temporality == 2);
    let points: Vec<_> = sum
        .data_points
        .iter()
        .map(|point| {
            let value = point.attributes[0].value.clone().unwrap().value.unwrap();
            let any_value::Value::StringValue(exporter) = value else { panic!("{value:?}") };
            (exporter, point.value.unwrap(), point.start_time_unix_nano, point.time_unix_nano)
        })
        .collect();
    let number = number_data_point::Value::AsInt;
    let (start, time) = (1_000_000_000, 2_000_000_000);
    let expected = [
        ("nop".to_owned(), number(2), start, time),
        ("otlp_grpc".to_owned(), number(7), start, time),
    ];
    assert_eq!(points, expected);
    let Some(Data::Sum(cpu)) = metric(&request, "cpu").data else { panic!("no sum") };
    // Fractional by nature, whole by chance.
    assert_eq!(cpu.data_points[0].value, Some(number_data_point::Value::AsDouble(3.0)));
    let Some(Data::Gauge(queue)) = metric(&request, "queue").data else { panic!("no gauge") };
    assert_eq!(queue.data_points[0].value, Some(number(-4)));
    assert_eq!(metric(&request, "queue").description, "Queue.");
    let Some(Data::Histogram(size)) = metric(&request, "size").data else { panic!("no histogram") };
    let point = &size.data_points[0];
    assert_eq!((point.count, point.sum), (4, Some(61.5)));
    assert_eq!(
        (&point.bucket_counts[..], &point.explicit_bounds[..]),
        (&[1, 2, 1][..], &[1.0, 10.0][..])
    );
}

fn otlp(yaml: &str) -> OtlpPush {
    let value = config::yaml::parse(yaml, "t.yaml").unwrap();
    config::decode(&value, "").unwrap()
}

#[test]
fn an_endpoint_gets_the_scheme_and_the_path_it_lacks() {
    for (yaml, http, grpc, is_plain) in [
        ("endpoint: localhost:4318", "https://localhost:4318", "localhost:4318", false),
        (
            "{endpoint: 'localhost:4318', insecure: true}",
            "http://localhost:4318",
            "localhost:4318",
            true,
        ),
        ("endpoint: http://a:1/", "http://a:1/", "a:1", true),
    ] {
        let settings = otlp(yaml);
        assert_eq!(settings.http().endpoint, http);
        let client = settings.grpc();
        assert_eq!((client.endpoint.as_str(), client.tls.insecure), (grpc, is_plain));
    }
    let with_path = |endpoint| super::client::with_path(endpoint, "logs").unwrap().to_string();
    assert_eq!(with_path("http://a:1"), "http://a:1/v1/logs");
    assert_eq!(with_path("http://a:1/"), "http://a:1/v1/logs");
    assert_eq!(with_path("http://a:1/otlp/v1/logs"), "http://a:1/otlp/v1/logs");
}

#[test]
fn headers_of_both_kinds_are_sent_and_the_first_kind_wins() {
    let settings = otlp("{headers: [{name: a, value: x}], headers_list: 'a=y, b=z'}");
    let headers = settings.http().headers;
    let pairs: Vec<_> = headers.iter().map(|(name, value)| (name, value.reveal())).collect();
    assert_eq!(pairs, [("a", "x"), ("b", "z")]);
}

#[test]
fn settings_that_cannot_work_are_named() {
    let reader = |yaml: &str| {
        let value = config::yaml::parse(yaml, "t.yaml").unwrap();
        config::decode::<PeriodicReader>(&value, "").unwrap().problems()
    };
    let processor = |yaml: &str| {
        let value = config::yaml::parse(yaml, "t.yaml").unwrap();
        config::decode::<LogProcessor>(&value, "").unwrap().problems()
    };
    let said = |problems: sdk::Problems| {
        problems.into_iter().map(|problem| problem.to_string()).collect::<Vec<_>>().join("; ")
    };
    for (problems, words) in [
        (reader("interval: 0"), "`interval` must be positive"),
        (reader("exporter: {otlp: {protocol: http/json, endpoint: 'a:1'}}"), "use \"grpc\" or"),
        (reader("exporter: {otlp: {protocol: http/protobuf}}"), "`endpoint` must be given"),
        (processor("{}"), "must be either `batch` or `simple`"),
        (
            processor("batch: {max_queue_size: 5, max_export_batch_size: 6}"),
            "`max_queue_size` must be",
        ),
    ] {
        let text = said(problems);
        assert!(text.contains(words), "{text}");
    }
    assert!(
        said(reader("exporter: {otlp: {protocol: grpc, endpoint: 'http://a:4317'}}")).is_empty()
    );
}
