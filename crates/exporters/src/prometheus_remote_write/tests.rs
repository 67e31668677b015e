use std::{collections::BTreeMap, time::Duration};

use prost::Message as _;
use sdk::ComponentKind;
use serde_json::{Value, json};
use testkit::{Reply, check_refused};

use super::*;

testkit::exporter_contract!(
    PrometheusRemoteWrite,
    include_str!("README.md"),
    "endpoint: http://127.0.0.1:1/api/v1/write"
);

/// The messages of `prompb`, read by prost.
mod prompb {
    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct WriteRequest {
        #[prost(message, repeated, tag = "1")]
        pub(super) timeseries: Vec<TimeSeries>,
        #[prost(message, repeated, tag = "3")]
        pub(super) metadata: Vec<Metadata>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct TimeSeries {
        #[prost(message, repeated, tag = "1")]
        pub(super) labels: Vec<Label>,
        #[prost(message, repeated, tag = "2")]
        pub(super) samples: Vec<Sample>,
        #[prost(message, repeated, tag = "3")]
        pub(super) exemplars: Vec<Exemplar>,
        #[prost(message, repeated, tag = "4")]
        pub(super) histograms: Vec<Histogram>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Label {
        #[prost(string, tag = "1")]
        pub(super) name: String,
        #[prost(string, tag = "2")]
        pub(super) value: String,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Sample {
        #[prost(double, tag = "1")]
        pub(super) value: f64,
        #[prost(int64, tag = "2")]
        pub(super) timestamp: i64,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Exemplar {
        #[prost(message, repeated, tag = "1")]
        pub(super) labels: Vec<Label>,
        #[prost(double, tag = "2")]
        pub(super) value: f64,
        #[prost(int64, tag = "3")]
        pub(super) timestamp: i64,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Histogram {
        #[prost(uint64, tag = "1")]
        pub(super) count: u64,
        #[prost(double, tag = "3")]
        pub(super) sum: f64,
        #[prost(sint32, tag = "4")]
        pub(super) schema: i32,
        #[prost(double, tag = "5")]
        pub(super) zero_threshold: f64,
        #[prost(uint64, tag = "6")]
        pub(super) zero_count: u64,
        #[prost(message, repeated, tag = "8")]
        pub(super) negative_spans: Vec<Span>,
        #[prost(sint64, repeated, tag = "9")]
        pub(super) negative_deltas: Vec<i64>,
        #[prost(message, repeated, tag = "11")]
        pub(super) positive_spans: Vec<Span>,
        #[prost(sint64, repeated, tag = "12")]
        pub(super) positive_deltas: Vec<i64>,
        #[prost(int64, tag = "15")]
        pub(super) timestamp: i64,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Span {
        #[prost(sint32, tag = "1")]
        pub(super) offset: i32,
        #[prost(uint32, tag = "2")]
        pub(super) length: u32,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Metadata {
        #[prost(int32, tag = "1")]
        pub(super) kind: i32,
        #[prost(string, tag = "2")]
        pub(super) name: String,
        #[prost(string, tag = "4")]
        pub(super) help: String,
        #[prost(string, tag = "5")]
        pub(super) unit: String,
    }
}

use prompb::{TimeSeries, WriteRequest};

/// An exporter and what it sends to.
struct Running {
    backend: testkit::Backend,
    exporter: PrometheusRemoteWrite,
}

impl Running {
    async fn start(yaml: &str) -> Self {
        let backend = testkit::Backend::start([]).await;
        let context = testkit::context(ComponentKind::Exporter, "prometheus_remote_write");
        let endpoint = format!("endpoint: http://{}/api/v1/write\n{yaml}", backend.address());
        let config = testkit::settings(&endpoint);
        let exporter = PrometheusRemoteWrite::new(config, &[Signal::Metrics], context).unwrap();
        exporter.start().await.unwrap();
        Self { backend, exporter }
    }

    /// The requests since the last call.
    fn requests(&self) -> Vec<WriteRequest> {
        let requests = self.backend.take().into_iter();
        requests.map(|request| WriteRequest::decode(request.body).unwrap()).collect()
    }

    async fn write(&self, metrics: &[Value]) -> Vec<WriteRequest> {
        self.exporter.export(sent(metrics)).await.unwrap();
        self.requests()
    }
}

/// `name{label="value"}` and everything of that series, over all requests.
fn series(requests: &[WriteRequest]) -> BTreeMap<String, TimeSeries> {
    let mut all: BTreeMap<String, TimeSeries> = BTreeMap::new();
    for one in requests.iter().flat_map(|request| &request.timeseries) {
        assert!(one.labels.is_sorted_by(|a, b| a.name < b.name), "{one:?}");
        let name = |label: &&prompb::Label| label.name == "__name__";
        let mut text = one.labels.iter().find(name).unwrap().value.clone() + "{";
        for label in one.labels.iter().filter(|label| !name(label)) {
            text += &format!("{}={},", label.name, label.value);
        }
        let text = text.trim_end_matches([',', '{']).to_owned();
        let series = all.entry(text).or_default();
        series.samples.extend(one.samples.iter().cloned());
        series.exemplars.extend(one.exemplars.iter().cloned());
        series.histograms.extend(one.histograms.iter().cloned());
    }
    all
}

/// Each series with times and values.
fn samples(requests: &[WriteRequest]) -> Vec<String> {
    let series = series(requests).into_iter();
    series
        .map(|(name, series)| {
            let samples = series.samples.iter();
            let samples: Vec<_> =
                samples.map(|sample| format!("{}@{}", sample.value, sample.timestamp)).collect();
            format!("{name} {}", samples.join(" "))
        })
        .collect()
}

fn sent(metrics: &[Value]) -> Batch {
    let request = json!({"scopeMetrics": [{"metrics": metrics}]});
    testkit::metrics(&json!({"resourceMetrics": [request]}).to_string())
}

fn number(value: i64, millis: u64) -> Value {
    json!({"asInt": value.to_string(), "timeUnixNano": (millis * 1_000_000).to_string()})
}

fn gauge(name: &str, points: &[Value]) -> Value {
    json!({"name": name, "unit": "By", "description": "Help.", "gauge": {"dataPoints": points}})
}

fn labelled(value: i64, millis: u64, label: &str) -> Value {
    let mut point = number(value, millis);
    point["attributes"] = json!([{"key": "k", "value": {"stringValue": label}}]);
    point
}

#[tokio::test]
async fn a_request_is_remote_write_1_0() {
    let running = Running::start("headers: {X-Scope-OrgID: team}\ncompression: none").await;
    running.exporter.export(sent(&[gauge("g", &[number(1, 5)])])).await.unwrap();
    let request = running.backend.take().remove(0);
    let header = |name: &str| request.headers[name].to_str().unwrap().to_owned();
    assert_eq!(request.path, "/api/v1/write");
    assert_eq!(header("content-encoding"), "snappy");
    assert_eq!(header("content-type"), "application/x-protobuf");
    assert_eq!(header("x-prometheus-remote-write-version"), "0.1.0");
    assert_eq!(header("x-scope-orgid"), "team");
    assert!(header("user-agent").starts_with("Tollgate/"));
}

#[tokio::test]
async fn every_kind_of_metric_has_the_series_prometheus_knows_it_by() {
    let running = Running::start("external_labels: {cluster: eu}").await;
    let bucketed = json!({"name": "h", "unit": "s", "histogram": {"aggregationTemporality": 2,
        "dataPoints": [{"explicitBounds": [0.5, 1], "bucketCounts": ["1", "2", "3"], "sum": 7.5,
                        "count": "6", "timeUnixNano": "2000000"}]}});
    let summary = json!({"name": "q", "summary": {"dataPoints": [{"count": "3", "sum": 6,
        "timeUnixNano": "2000000", "quantileValues": [{"quantile": 0.5, "value": 1.5}]}]}});
    let counter = json!({"name": "c", "sum": {"isMonotonic": true, "aggregationTemporality": 2,
        "dataPoints": [number(4, 2)]}});
    let requests = running.write(&[gauge("g", &[number(1, 2)]), bucketed, summary, counter]).await;
    let expected = [
        "c_total{cluster=eu 4@2",
        "g_bytes{cluster=eu 1@2",
        "h_seconds_bucket{cluster=eu,le=+Inf 6@2",
        "h_seconds_bucket{cluster=eu,le=0.5 1@2",
        "h_seconds_bucket{cluster=eu,le=1 3@2",
        "h_seconds_count{cluster=eu 6@2",
        "h_seconds_sum{cluster=eu 7.5@2",
        "q_count{cluster=eu 3@2",
        "q_sum{cluster=eu 6@2",
        "q{cluster=eu,quantile=0.5 1.5@2",
    ];
    assert_eq!(samples(&requests), expected);
}

#[tokio::test]
async fn a_resource_is_target_info_at_its_newest_point() {
    let running = Running::start("resource_to_telemetry_conversion: {enabled: true}").await;
    let pair = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let attributes = json!([pair("service.name", "shop"), pair("region", "eu")]);
    let points = [labelled(1, 4, "a"), labelled(2, 6, "b")];
    let request = json!({"resource": {"attributes": attributes},
                         "scopeMetrics": [{"metrics": [gauge("g", &points)]}]});
    let batch = testkit::metrics(&json!({"resourceMetrics": [request]}).to_string());
    running.exporter.export(batch.clone()).await.unwrap();
    let expected = [
        "g_bytes{job=shop,k=a,region=eu,service_name=shop 1@4",
        "g_bytes{job=shop,k=b,region=eu,service_name=shop 2@6",
        "target_info{job=shop,region=eu 1@6",
    ];
    assert_eq!(samples(&running.requests()), expected);
    let running = Running::start("target_info: {enabled: false}").await;
    running.exporter.export(batch).await.unwrap();
    let expected = ["g_bytes{job=shop,k=a 1@4", "g_bytes{job=shop,k=b 2@6"];
    assert_eq!(samples(&running.requests()), expected);
}

#[tokio::test]
async fn samples_of_a_series_are_in_order_and_each_time_comes_once() {
    let running = Running::start("").await;
    let points = [number(3, 30), number(1, 10), number(2, 20), number(4, 30)];
    let requests = running.write(&[gauge("g", &points)]).await;
    assert_eq!(samples(&requests), ["g_bytes 1@10 2@20 4@30"]);
    let late = running.exporter.metrics.dropped.iter().find(|(reason, ..)| *reason == Reason::Late);
    assert_eq!(late.unwrap().1.value(), 1);
}

#[tokio::test]
async fn exponential_histograms_are_native_with_buckets_named_by_their_upper_bound() {
    let running = Running::start("").await;
    let point = json!({"scale": 0, "count": "11", "sum": 30.5, "zeroCount": "1",
        "zeroThreshold": 0.25, "timeUnixNano": "7000000",
        "positive": {"offset": 1, "bucketCounts": ["2", "0", "0", "0", "3"]},
        "negative": {"offset": -1, "bucketCounts": ["4", "0", "1"]}});
    let metric = json!({"name": "h", "exponentialHistogram": {"aggregationTemporality": 2,
                        "dataPoints": [point]}});
    let requests = running.write(&[metric]).await;
    let native = &series(&requests)["h"].histograms[0];
    let span = |offset, length| prompb::Span { offset, length };
    assert_eq!((native.count, native.sum, native.schema), (11, 30.5, 0));
    assert_eq!((native.zero_count, native.zero_threshold, native.timestamp), (1, 0.25, 7));
    // OTLP's bucket 1 is (2, 4]; Prometheus's bucket 2 is, too.
    assert_eq!(native.positive_spans, [span(2, 1), span(3, 1)]);
    assert_eq!(native.positive_deltas, [2, 1]);
    // One empty bucket between is part of the span.
    assert_eq!(native.negative_spans, [span(0, 3)]);
    assert_eq!(native.negative_deltas, [4, -4, 1]);
}

#[tokio::test]
async fn finer_scales_are_joined_and_coarser_ones_are_not_written() {
    let running = Running::start("").await;
    let at_scale = |name: &str, scale: i32| {
        let counts: Vec<_> = (0..8).map(|_| "1").collect();
        json!({"name": name, "exponentialHistogram": {"aggregationTemporality": 2, "dataPoints": [
            {"scale": scale, "count": "8", "sum": 1, "timeUnixNano": "1000000",
             "positive": {"offset": 0, "bucketCounts": counts}}]}})
    };
    let requests = running.write(&[at_scale("fine", 10), at_scale("coarse", -5)]).await;
    let series = series(&requests);
    assert_eq!(series.keys().collect::<Vec<_>>(), ["fine"]);
    let native = &series["fine"].histograms[0];
    assert_eq!((native.schema, &native.positive_deltas[..]), (8, &[4, 0][..]));
}

#[tokio::test]
async fn exemplars_stand_at_the_bucket_of_their_value() {
    let running = Running::start("").await;
    let exemplar = |value: f64| {
        json!({"asDouble": value, "timeUnixNano": "3000000", "spanId": "0102030405060708",
               "traceId": "000102030405060708090a0b0c0d0e0f"})
    };
    let metric = json!({"name": "h", "histogram": {"aggregationTemporality": 2, "dataPoints": [
        {"explicitBounds": [1], "bucketCounts": ["1", "1"], "timeUnixNano": "4000000",
         "exemplars": [exemplar(0.5), exemplar(2.5), {"asDouble": 9}]}]}});
    let all = series(&running.write(&[metric]).await);
    let values = |name: &str| -> Vec<_> { all[name].exemplars.iter().map(|e| e.value).collect() };
    assert_eq!((values("h_bucket{le=1"), values("h_bucket{le=+Inf")), (vec![0.5], vec![2.5]));
    let labels: Vec<_> =
        all["h_bucket{le=1"].exemplars[0].labels.iter().map(|l| &*l.value).collect();
    assert_eq!(labels, ["0102030405060708", "000102030405060708090a0b0c0d0e0f"]);
}

#[tokio::test]
async fn what_has_ended_is_stale_in_every_series_it_had() {
    let running = Running::start("").await;
    let gone = json!({"flags": 1, "timeUnixNano": "9000000"});
    let mut bucketed = gone.clone();
    bucketed["explicitBounds"] = json!([1]);
    bucketed["bucketCounts"] = json!(["0", "0"]);
    let histogram = json!({"name": "h", "histogram": {"aggregationTemporality": 2, "dataPoints":
                           [bucketed]}});
    let native = json!({"name": "n", "exponentialHistogram": {"aggregationTemporality": 2,
                        "dataPoints": [gone.clone()]}});
    let all = series(&running.write(&[gauge("g", &[gone]), histogram, native]).await);
    let is_stale = |value: f64| value.to_bits() == 0x7ff0_0000_0000_0002;
    for name in ["g_bytes", "h_bucket{le=1", "h_bucket{le=+Inf", "h_sum", "h_count"] {
        assert!(is_stale(all[name].samples[0].value), "{name}");
        assert_eq!(all[name].samples[0].timestamp, 9);
    }
    assert!(is_stale(all["n"].histograms[0].sum));
}

#[tokio::test]
async fn deltas_are_counted_and_not_written() {
    let running = Running::start("").await;
    let delta = json!({"name": "c", "sum": {"isMonotonic": true, "aggregationTemporality": 1,
                       "dataPoints": [number(1, 1), number(2, 2)]}});
    assert_eq!(running.write(&[delta]).await, []);
    let dropped = &running.exporter.metrics.dropped;
    let unsupported = dropped.iter().find(|(reason, ..)| *reason == Reason::Unsupported);
    assert_eq!(unsupported.unwrap().1.value(), 2);
}

#[tokio::test]
async fn metadata_is_sent_when_asked_for() {
    let running = Running::start("send_metadata: true").await;
    let requests = running.write(&[gauge("g", &[number(1, 1)])]).await;
    let metadata: Vec<_> = requests.iter().flat_map(|request| &request.metadata).collect();
    let [one] = metadata[..] else { panic!("{metadata:?}") };
    assert_eq!((one.kind, &*one.name, &*one.help, &*one.unit), (2, "g_bytes", "Help.", "By"));
}

fn many(count: usize) -> Batch {
    let points: Vec<_> = (0..count).map(|at| labelled(1, 1, &format!("{at:04}"))).collect();
    sent(&[gauge("g", &points)])
}

#[tokio::test]
async fn requests_stay_under_their_limit_and_nothing_is_lost_between_them() {
    let running =
        Running::start("max_batch_size_bytes: 500\nmax_batch_request_parallelism: 3").await;
    running.exporter.export(many(100)).await.unwrap();
    let requests = running.requests();
    assert!(requests.len() > 3 && requests.iter().all(|request| request.encoded_len() <= 500));
    assert_eq!(samples(&requests).len(), 100);
}

#[tokio::test]
async fn a_batch_that_comes_again_sends_only_what_had_no_answer() {
    let running =
        Running::start("max_batch_size_bytes: 500\nmax_batch_request_parallelism: 1").await;
    let ok = || Reply::http(204, "text/plain", "");
    running
        .backend
        .reply([ok(), Reply::http(503, "text/plain", "busy").with_header("retry-after", "7")]);
    let batch = many(30);
    let error = running.exporter.export(batch.clone()).await.unwrap_err();
    assert!(!error.is_permanent());
    assert_eq!(error.wait(), Some(Duration::from_secs(7)));
    let first = running.requests();
    assert_eq!(first.len(), 2);
    running.exporter.export(batch).await.unwrap();
    let second = running.requests();
    assert_eq!(second[0], first[1]);
    let all = [&first[..1], &second].concat();
    assert_eq!(samples(&all).len(), 30);
    assert_eq!(all.iter().map(|request| request.timeseries.len()).sum::<usize>(), 30);
}

#[tokio::test]
async fn what_a_backend_refuses_for_good_does_not_hold_the_rest_back() {
    let running =
        Running::start("max_batch_size_bytes: 500\nmax_batch_request_parallelism: 1").await;
    running.backend.reply([Reply::http(400, "text/plain", "out of order sample\n")]);
    let delivered = running.exporter.export(many(30)).await.unwrap();
    let requests = running.requests();
    assert_eq!(delivered.rejected, requests[0].timeseries.len());
    assert!(
        delivered.message.ends_with("400 Bad Request; err = out of order sample"),
        "{delivered:?}"
    );
    assert!(requests.len() > 2);
    running.backend.reply([Reply::http(401, "text/plain", "who?")]);
    let error = running.exporter.export(many(1)).await.unwrap_err();
    assert!(error.is_permanent(), "{error}");
}

#[tokio::test]
async fn statuses_that_may_pass_are_tried_again() {
    let running = Running::start("").await;
    for (status, may_pass) in [
        (400, false),
        (404, false),
        (413, false),
        (429, true),
        (500, true),
        (502, true),
        (503, true),
    ] {
        running.backend.reply([Reply::http(status, "text/plain", "")]);
        let error = running.exporter.export(many(1)).await.unwrap_err();
        assert_eq!(!error.is_permanent(), may_pass, "{status}");
    }
}

#[tokio::test]
async fn a_batch_that_becomes_long_is_sent_in_pieces() {
    // 40 points of 1,000 buckets, each with labels of about 2 KB: 80 MB in all.
    let running = Running::start("").await;
    let bounds: Vec<_> = (0..1000).collect();
    let counts: Vec<_> = (0..1001).map(|_| "1").collect();
    let long = "x".repeat(2000);
    let points: Vec<_> = (0..40)
        .map(|at| {
            let attribute = json!([{"key": "k", "value": {"stringValue": format!("{at}{long}")}}]);
            json!({"explicitBounds": bounds, "bucketCounts": counts, "timeUnixNano": "1000000",
                   "attributes": attribute})
        })
        .collect();
    let metric = json!({"name": "h", "histogram": {"aggregationTemporality": 2,
                        "dataPoints": points}});
    let batch = sent(&[metric]);
    let (piece, _) = running.exporter.translate(&batch, 0).await.unwrap();
    let held: usize = piece.requests.iter().flatten().map(|request| request.body.len()).sum();
    assert!(held < series::PIECE_BYTES + (3 << 20), "{held}");
    assert!(piece.next.is_some_and(|next| (10..30).contains(&next)), "{:?}", piece.next);
    running.exporter.export(batch).await.unwrap();
    assert_eq!(samples(&running.requests()).len(), 40 * 1002);
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let endpoint = "endpoint: http://127.0.0.1:1/api/v1/write";
    for (yaml, words) in [
        ("endpoint: localhost", "`endpoint` must be the URL of a remote write receiver"),
        ("max_batch_size_bytes: 0", "max_batch_byte_size must be greater than 0"),
        ("max_batch_request_parallelism: 0", "can't be set to below 1"),
        ("remote_write_queue: {queue_size: -1}", "remote write queue size can't be negative"),
        ("remote_write_queue: {num_consumers: -1}", "remote write consumer number can't be"),
        ("protobuf_message: io.prometheus.write.v2.Request", "must be prometheus.WriteRequest"),
        ("wal: {directory: /x}", "`remote_write_queue::storage`"),
        ("external_labels: {'': x}", "has a label without a name"),
        ("retry_on_failure: {multiplier: -1}", "'multiplier' must be non-negative"),
    ] {
        let yaml = if yaml.starts_with("endpoint") { yaml } else { &format!("{endpoint}\n{yaml}") };
        check_refused::<Config>(yaml, words);
    }
}
