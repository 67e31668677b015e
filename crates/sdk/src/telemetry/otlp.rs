//! Own metrics as an OTLP request.

use std::time::{SystemTime, UNIX_EPOCH};

use pdata::wire::{put_fixed64, put_len, put_message, put_tag, put_varint};
use prometheus::proto::{LabelPair, Metric, MetricFamily, MetricType};

use super::Telemetry;

/// `AGGREGATION_TEMPORALITY_CUMULATIVE`.
const CUMULATIVE: u64 = 2;
/// Whole numbers up to here are exact in a double.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// From when to when, in nanoseconds since 1970.
#[derive(Clone, Copy)]
struct Span {
    start: u64,
    time: u64,
}

impl Telemetry {
    /// `ExportMetricsServiceRequest` with all series, cumulative since `start`. `resource` are the attributes
    /// of the resource.
    pub fn otlp(
        &self,
        resource: &[(String, String)],
        start: SystemTime,
        now: SystemTime,
    ) -> Vec<u8> {
        let span = Span { start: nanos(start), time: nanos(now) };
        let mut request = Vec::new();
        let families = self.refreshed();
        put_message(&mut request, 1, |resource_metrics| {
            put_resource(resource_metrics, resource);
            put_message(resource_metrics, 2, |scope_metrics| {
                put_message(scope_metrics, 1, |scope| put_len(scope, 1, b"tollgate"));
                for family in &families {
                    let is_double = self.is_double(family.name());
                    put_message(scope_metrics, 2, |metric| {
                        put_metric(metric, family, is_double, span)
                    });
                }
            });
        });
        request
    }
}

/// `ResourceMetrics.resource` and its like.
pub fn put_resource(out: &mut Vec<u8>, resource: &[(String, String)]) {
    put_message(out, 1, |message| {
        for (name, value) in resource {
            put_attribute(message, 1, name, value);
        }
    });
}

fn put_attribute(out: &mut Vec<u8>, number: u32, name: &str, value: &str) {
    put_message(out, number, |pair| {
        put_len(pair, 1, name.as_bytes());
        put_message(pair, 2, |any| put_len(any, 1, value.as_bytes()));
    });
}

fn put_labels(out: &mut Vec<u8>, number: u32, labels: &[LabelPair]) {
    for label in labels {
        put_attribute(out, number, label.name(), label.value());
    }
}

fn put_metric(out: &mut Vec<u8>, family: &MetricFamily, is_double: bool, span: Span) {
    put_len(out, 1, family.name().as_bytes());
    put_len(out, 2, family.help().as_bytes());
    let number = |out: &mut Vec<u8>, metric: &Metric, value: f64, start: Option<u64>| {
        put_message(out, 1, |point| {
            if let Some(start) = start {
                put_fixed64(point, 2, start);
            }
            put_fixed64(point, 3, span.time);
            if is_double || value.abs() > EXACT_MAX {
                put_fixed64(point, 4, value.to_bits());
            } else {
                put_fixed64(point, 6, (value as i64).cast_unsigned());
            }
            put_labels(point, 7, metric.get_label());
        });
    };
    match family.get_field_type() {
        MetricType::COUNTER => put_message(out, 7, |sum| {
            for metric in family.get_metric() {
                number(sum, metric, metric.get_counter().get_value(), Some(span.start));
            }
            put_tag(sum, 2, 0);
            put_varint(sum, CUMULATIVE);
            put_tag(sum, 3, 0);
            put_varint(sum, 1);
        }),
        MetricType::HISTOGRAM => put_message(out, 9, |histogram| {
            for metric in family.get_metric() {
                put_message(histogram, 1, |point| put_histogram(point, metric, span));
            }
            put_tag(histogram, 2, 0);
            put_varint(histogram, CUMULATIVE);
        }),
        _ => put_message(out, 5, |gauge| {
            for metric in family.get_metric() {
                number(gauge, metric, metric.get_gauge().get_value(), None);
            }
        }),
    }
}

fn put_histogram(out: &mut Vec<u8>, metric: &Metric, span: Span) {
    let histogram = metric.get_histogram();
    put_fixed64(out, 2, span.start);
    put_fixed64(out, 3, span.time);
    put_fixed64(out, 4, histogram.get_sample_count());
    put_fixed64(out, 5, histogram.get_sample_sum().to_bits());
    let (mut counts, mut bounds, mut before) = (Vec::new(), Vec::new(), 0);
    for bucket in histogram.get_bucket().iter().filter(|bucket| bucket.upper_bound().is_finite()) {
        let count = bucket.cumulative_count().saturating_sub(before);
        counts.extend_from_slice(&count.to_le_bytes());
        bounds.extend_from_slice(&bucket.upper_bound().to_le_bytes());
        before = bucket.cumulative_count();
    }
    let beyond = histogram.get_sample_count().saturating_sub(before);
    counts.extend_from_slice(&beyond.to_le_bytes());
    put_len(out, 6, &counts);
    put_len(out, 7, &bounds);
    put_labels(out, 9, metric.get_label());
}

fn nanos(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
