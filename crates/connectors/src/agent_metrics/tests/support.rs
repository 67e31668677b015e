//! A connector between batches and what it sends, read with the types of opentelemetry-proto.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value::Value},
    metrics::v1::{Exemplar, metric::Data, number_data_point},
};
use prost::Message as _;
use sdk::{Batch, Clock, ComponentKind, Connector as _, Outputs};
use testkit::Sink;

use crate::agent_metrics::AgentMetrics;

/// One data point.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) metric: String,
    pub(super) attributes: BTreeMap<String, String>,
    /// The number; of a histogram its count.
    pub(super) value: f64,
    pub(super) sum: f64,
    pub(super) buckets: Vec<u64>,
    pub(super) start: u64,
    pub(super) time: u64,
    pub(super) exemplars: Vec<Exemplar>,
    pub(super) is_cumulative: bool,
}

impl Point {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    fn key(&self) -> (String, BTreeMap<String, String>) {
        (self.metric.clone(), self.attributes.clone())
    }
}

/// What was sent: of each series the last point.
#[derive(Clone, Debug, Default)]
pub(super) struct Sent(pub(super) Vec<Point>);

impl Sent {
    pub(super) fn of(batches: &[Batch]) -> Self {
        let mut last = BTreeMap::new();
        for point in batches.iter().flat_map(points) {
            last.insert(point.key(), point);
        }
        Self(last.into_values().collect())
    }

    /// The series of a metric with these attributes and any others.
    pub(super) fn series(&self, metric: &str, attributes: &[(&str, &str)]) -> Vec<&Point> {
        let fits = |point: &&Point| {
            point.metric == metric
                && attributes.iter().all(|(name, value)| point.attribute(name) == Some(value))
        };
        self.0.iter().filter(fits).collect()
    }

    /// The sum over those series.
    pub(super) fn sum(&self, metric: &str, attributes: &[(&str, &str)]) -> f64 {
        self.series(metric, attributes).iter().map(|point| point.value).sum()
    }

    pub(super) fn tokens(&self, of: &str) -> f64 {
        self.sum("tollgate.tokens", &[("gen_ai.token.type", of)])
    }

    pub(super) fn attribute_values(&self, attribute: &str) -> Vec<&str> {
        let mut values: Vec<_> =
            self.0.iter().filter_map(|point| point.attribute(attribute)).collect();
        values.sort_unstable();
        values.dedup();
        values
    }

    /// Every series with its numbers, in an order of their own; what must not depend on how batches came.
    pub(super) fn numbers(&self) -> String {
        let mut text = String::new();
        for point in &self.0 {
            let Point { metric, attributes, value, sum, buckets, .. } = point;
            writeln!(text, "{metric}{attributes:?} {value} {sum} {buckets:?}").unwrap();
        }
        text
    }
}

/// The data points of a batch in order.
pub(super) fn points(batch: &Batch) -> Vec<Point> {
    let request = ExportMetricsServiceRequest::decode(batch.bytes().clone()).unwrap();
    let mut points = Vec::new();
    let metrics = request.resource_metrics.into_iter().flat_map(|resource| resource.scope_metrics);
    for metric in metrics.flat_map(|scope| scope.metrics) {
        let (numbers, is_cumulative) = match metric.data.unwrap() {
            Data::Sum(sum) => {
                assert!(sum.is_monotonic, "{}", metric.name);
                (sum.data_points, sum.aggregation_temporality == 2)
            }
            Data::Gauge(gauge) => (gauge.data_points, false),
            Data::Histogram(histogram) => {
                let is_cumulative = histogram.aggregation_temporality == 2;
                points.extend(histogram.data_points.into_iter().map(|point| Point {
                    metric: metric.name.clone(),
                    attributes: attributes(&point.attributes),
                    value: point.count as f64,
                    sum: point.sum.unwrap(),
                    start: point.start_time_unix_nano,
                    time: point.time_unix_nano,
                    exemplars: point.exemplars,
                    buckets: {
                        assert_eq!(point.bucket_counts.len(), point.explicit_bounds.len() + 1);
                        assert_eq!(point.bucket_counts.iter().sum::<u64>(), point.count);
                        point.bucket_counts
                    },
                    is_cumulative,
                }));
                continue;
            }
            other => panic!("{other:?}"),
        };
        points.extend(numbers.into_iter().map(|point| Point {
            metric: metric.name.clone(),
            attributes: attributes(&point.attributes),
            value: match point.value.unwrap() {
                number_data_point::Value::AsDouble(number) => number,
                number_data_point::Value::AsInt(number) => number as f64,
            },
            sum: 0.0,
            buckets: Vec::new(),
            start: point.start_time_unix_nano,
            time: point.time_unix_nano,
            exemplars: point.exemplars,
            is_cumulative,
        }));
    }
    points
}

/// The attributes of the resource of a batch.
pub(super) fn resource(batch: &Batch) -> BTreeMap<String, String> {
    let request = ExportMetricsServiceRequest::decode(batch.bytes().clone()).unwrap();
    attributes(&request.resource_metrics[0].resource.as_ref().unwrap().attributes)
}

fn attributes(list: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |value: &AnyValue| match value.value.as_ref().unwrap() {
        Value::StringValue(text) => text.clone(),
        Value::BoolValue(flag) => flag.to_string(),
        other => panic!("{other:?}"),
    };
    let pairs = list.iter().map(|pair| (pair.key.clone(), text(pair.value.as_ref().unwrap())));
    let map: BTreeMap<_, _> = pairs.collect();
    assert_eq!(map.len(), list.len(), "an attribute twice: {list:?}");
    map
}

/// A running connector on a paused clock, whose time of day goes with it.
pub(super) struct Rig {
    pub(super) connector: AgentMetrics,
    pub(super) context: sdk::BuildContext,
    pub(super) sink: Sink,
    outputs: Outputs,
    offset: Arc<Mutex<i64>>,
}

impl Rig {
    pub(super) async fn start(yaml: &str) -> Self {
        Self::start_with(yaml, Sink::default()).await
    }

    pub(super) async fn start_with(yaml: &str, sink: Sink) -> Self {
        let mut context = testkit::context(ComponentKind::Connector, "agent_metrics");
        let began = tokio::time::Instant::now();
        let offset = Arc::new(Mutex::new(0i64));
        let moved = offset.clone();
        context.clock = Clock::new(move || {
            let seconds = testkit::NOW.saturating_add_signed(*moved.lock().unwrap());
            SystemTime::UNIX_EPOCH + Duration::from_secs(seconds) + began.elapsed()
        });
        let connector = AgentMetrics::new(testkit::settings(yaml), context.clone()).unwrap();
        let outputs = sink.outputs();
        connector.start(outputs.clone()).await.unwrap();
        Self { connector, context, sink, outputs, offset }
    }

    pub(super) async fn take(&self, batch: Batch) {
        self.connector.consume(batch, &self.outputs).await.unwrap();
    }

    pub(super) async fn wait(&self, seconds: u64) {
        // A second at a time, or what is due between would be done all at once.
        for _ in 0..seconds {
            tokio::time::advance(Duration::from_secs(1)).await;
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
        }
    }

    /// Sets the time of day.
    pub(super) fn set_clock_by(&self, seconds: i64) {
        *self.offset.lock().unwrap() += seconds;
    }

    /// What was sent so far.
    pub(super) fn sent(&self) -> Sent {
        Sent::of(&self.sink.batches())
    }

    pub(super) async fn stop(self) -> Sent {
        self.connector.shutdown().await.unwrap();
        Sent::of(&self.sink.batches())
    }
}

/// What comes of these batches in the end.
pub(super) async fn sent(yaml: &str, batches: impl IntoIterator<Item = Batch>) -> Sent {
    let rig = Rig::start(yaml).await;
    for batch in batches {
        rig.take(batch).await;
    }
    rig.stop().await
}

/// Spans in little text: `trace span parent name key=value …`, ids as numbers, after `resource key=value …`.
/// Words with a colon set fields: `start:` and `end:` in milliseconds, `state:`, `status:`, `flags:`.
pub(super) fn spans(lines: &str) -> Batch {
    let mut resource = Vec::new();
    let mut groups = Vec::new();
    let mut list: Vec<serde_json::Value> = Vec::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut words = line.split_whitespace();
        let first = words.next().unwrap();
        if first == "resource" {
            if !list.is_empty() {
                groups.push(group(&resource, &list));
                list.clear();
            }
            resource = words.map(pair).collect();
            continue;
        }
        let (span, parent) = (words.next().unwrap(), words.next().unwrap());
        let mut json = serde_json::json!({
            "traceId": format!("{first:0>32}"), "spanId": format!("{span:0>16}"), "name": words.next().unwrap(),
            "startTimeUnixNano": "1000000000", "endTimeUnixNano": "2000000000",
        });
        if parent != "-" {
            json["parentSpanId"] = format!("{parent:0>16}").into();
        }
        let mut attributes = Vec::new();
        for word in words {
            match word.split_once(':') {
                Some(("start", ms)) => json["startTimeUnixNano"] = format!("{ms}000000").into(),
                Some(("end", ms)) => json["endTimeUnixNano"] = format!("{ms}000000").into(),
                Some(("state", text)) => json["traceState"] = text.into(),
                Some(("status", code)) => {
                    json["status"] = serde_json::json!({"code": code.parse::<u8>().unwrap()});
                }
                Some(("flags", flags)) => json["flags"] = flags.parse::<u32>().unwrap().into(),
                _ => attributes.push(pair(word)),
            }
        }
        json["attributes"] = attributes.into();
        list.push(json);
    }
    groups.push(group(&resource, &list));
    testkit::traces(&serde_json::json!({"resourceSpans": groups}).to_string())
}

fn group(resource: &[serde_json::Value], spans: &[serde_json::Value]) -> serde_json::Value {
    serde_json::json!({
        "resource": {"attributes": resource},
        "scopeSpans": [{"scope": {"name": "test"}, "spans": spans}],
    })
}

fn pair(word: &str) -> serde_json::Value {
    let (key, text) = word.split_once('=').unwrap();
    let value = match text.parse::<i64>() {
        Ok(number) => serde_json::json!({"intValue": number.to_string()}),
        Err(_) => match text.parse::<f64>() {
            Ok(number) if text.contains('.') => serde_json::json!({"doubleValue": number}),
            _ => serde_json::json!({"stringValue": text}),
        },
    };
    serde_json::json!({"key": key, "value": value})
}
