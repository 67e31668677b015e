//! Metrics as text, in the Go collector's two ways (C§7.4).

use std::fmt;

use pdata::{
    json::value_to_string,
    schema,
    views::{
        Attributes, BucketsView, ExemplarView, ExponentialHistogramDataPointView,
        HistogramDataPointView, MetricData, MetricView, MetricsView, NumberDataPointView,
        NumberValue, Repeated, SummaryDataPointView,
    },
};

use super::encode::{Hex, Text, Time, Utf8, name_of};

/// Every field of every data point.
pub(super) fn detailed(text: &mut Text, request: &[u8]) {
    for (i, resource) in MetricsView::read(request).resource_metrics().iter().enumerate() {
        text.line(format_args!("ResourceMetrics #{i}"));
        text.resource(resource.resource(), resource.schema_url());
        for (j, scope) in resource.scope_metrics().iter().enumerate() {
            text.line(format_args!("ScopeMetrics #{j}"));
            text.line(format_args!("ScopeMetrics SchemaURL: {}", Utf8(scope.schema_url())));
            text.scope(scope.scope());
            for (k, metric) in scope.metrics().iter().enumerate() {
                text.line(format_args!("Metric #{k}"));
                detailed_metric(text, &metric);
            }
        }
    }
}

fn detailed_metric(text: &mut Text, metric: &MetricView<'_>) {
    let data_type = match metric.data() {
        None => "Empty",
        Some(MetricData::Gauge(_)) => "Gauge",
        Some(MetricData::Sum(_)) => "Sum",
        Some(MetricData::Histogram(_)) => "Histogram",
        Some(MetricData::ExponentialHistogram(_)) => "ExponentialHistogram",
        Some(MetricData::Summary(_)) => "Summary",
    };
    text.line(format_args!("Descriptor:"));
    text.item("Name", Utf8(metric.name()));
    text.item("Description", Utf8(metric.description()));
    text.item("Unit", Utf8(metric.unit()));
    text.item("DataType", data_type);
    text.attributes("     -> Metadata", "     ", metric.metadata());
    match metric.data() {
        None => {}
        Some(MetricData::Gauge(gauge)) => detailed_numbers(text, gauge.data_points()),
        Some(MetricData::Sum(sum)) => {
            text.item("IsMonotonic", sum.is_monotonic());
            temporality(text, sum.aggregation_temporality());
            detailed_numbers(text, sum.data_points());
        }
        Some(MetricData::Histogram(histogram)) => {
            temporality(text, histogram.aggregation_temporality());
            for (i, point) in histogram.data_points().iter().enumerate() {
                text.line(format_args!("HistogramDataPoints #{i}"));
                detailed_histogram(text, &point);
            }
        }
        Some(MetricData::ExponentialHistogram(histogram)) => {
            temporality(text, histogram.aggregation_temporality());
            for (i, point) in histogram.data_points().iter().enumerate() {
                text.line(format_args!("ExponentialHistogramDataPoints #{i}"));
                detailed_exponential(text, &point);
            }
        }
        Some(MetricData::Summary(summary)) => {
            for (i, point) in summary.data_points().iter().enumerate() {
                text.line(format_args!("SummaryDataPoints #{i}"));
                detailed_summary(text, &point);
            }
        }
    }
}

fn temporality(text: &mut Text, number: i32) {
    let name = name_of(&schema::AGGREGATION_TEMPORALITY, "AGGREGATION_TEMPORALITY_", number);
    text.item("AggregationTemporality", name);
}

/// What every data point begins with.
fn head(text: &mut Text, attributes: Attributes<'_>, start: u64, time: u64) {
    text.attributes("Data point attributes", "", attributes);
    text.line(format_args!("StartTimestamp: {}", Time(start)));
    text.line(format_args!("Timestamp: {}", Time(time)));
}

fn detailed_numbers(text: &mut Text, points: Repeated<'_, NumberDataPointView<'_>>) {
    for (i, point) in points.iter().enumerate() {
        text.line(format_args!("NumberDataPoints #{i}"));
        head(text, point.attributes(), point.start_time_unix_nano(), point.time_unix_nano());
        match point.value() {
            None => {}
            Some(NumberValue::Int(value)) => text.line(format_args!("Value: {value}")),
            Some(NumberValue::Double(value)) => text.line(format_args!("Value: {}", Fixed(value))),
        }
        exemplars(text, point.exemplars());
    }
}

fn detailed_histogram(text: &mut Text, point: &HistogramDataPointView<'_>) {
    head(text, point.attributes(), point.start_time_unix_nano(), point.time_unix_nano());
    text.line(format_args!("Count: {}", point.count()));
    sum_and_range(text, [point.sum(), point.min(), point.max()]);
    for (i, bound) in point.explicit_bounds().iter().enumerate() {
        text.line(format_args!("ExplicitBounds #{i}: {}", Fixed(bound)));
    }
    for (i, count) in point.bucket_counts().iter().enumerate() {
        text.line(format_args!("Buckets #{i}, Count: {count}"));
    }
    exemplars(text, point.exemplars());
}

fn detailed_exponential(text: &mut Text, point: &ExponentialHistogramDataPointView<'_>) {
    head(text, point.attributes(), point.start_time_unix_nano(), point.time_unix_nano());
    text.line(format_args!("Count: {}", point.count()));
    sum_and_range(text, [point.sum(), point.min(), point.max()]);
    let scale = point.scale();
    let negative: Vec<_> = buckets(point.negative(), scale).collect();
    for (lower, upper, count) in negative.into_iter().rev() {
        let (from, to) = (Fixed(-upper), Fixed(-lower));
        text.line(format_args!("Bucket [{from}, {to}), Count: {count}"));
    }
    if point.zero_count() != 0 {
        text.line(format_args!("Bucket [0, 0], Count: {}", point.zero_count()));
    }
    for (lower, upper, count) in buckets(point.positive(), scale) {
        let (from, to) = (Fixed(lower), Fixed(upper));
        text.line(format_args!("Bucket ({from}, {to}], Count: {count}"));
    }
    exemplars(text, point.exemplars());
}

/// Lower bound, upper bound and count of each bucket.
fn buckets(buckets: BucketsView<'_>, scale: i32) -> impl Iterator<Item = (f64, f64, u64)> {
    // The natural logarithm of the base, 2^(2^-scale).
    let factor = std::f64::consts::LN_2 * (-f64::from(scale)).exp2();
    let offset = f64::from(buckets.offset());
    buckets.bucket_counts().iter().enumerate().map(move |(at, count)| {
        let index = offset + at as f64;
        ((index * factor).exp(), ((index + 1.0) * factor).exp(), count)
    })
}

fn detailed_summary(text: &mut Text, point: &SummaryDataPointView<'_>) {
    head(text, point.attributes(), point.start_time_unix_nano(), point.time_unix_nano());
    text.line(format_args!("Count: {}", point.count()));
    text.line(format_args!("Sum: {}", Fixed(point.sum())));
    for (i, at) in point.quantile_values().iter().enumerate() {
        let (quantile, value) = (Fixed(at.quantile()), Fixed(at.value()));
        text.line(format_args!("QuantileValue #{i}: Quantile {quantile}, Value {value}"));
    }
}

fn sum_and_range(text: &mut Text, values: [Option<f64>; 3]) {
    for (name, value) in ["Sum", "Min", "Max"].into_iter().zip(values) {
        if let Some(value) = value {
            text.line(format_args!("{name}: {}", Fixed(value)));
        }
    }
}

fn exemplars(text: &mut Text, exemplars: Repeated<'_, ExemplarView<'_>>) {
    if exemplars.is_empty() {
        return;
    }
    text.line(format_args!("Exemplars:"));
    for (i, exemplar) in exemplars.iter().enumerate() {
        text.line(format_args!("Exemplar #{i}"));
        text.item("Trace ID", Hex(exemplar.trace_id()));
        text.item("Span ID", Hex(exemplar.span_id()));
        text.item("Timestamp", Time(exemplar.time_unix_nano()));
        match exemplar.value() {
            None => {}
            Some(NumberValue::Int(value)) => text.item("Value", value),
            Some(NumberValue::Double(value)) => text.item("Value", Fixed(value)),
        }
        text.attributes("     -> FilteredAttributes", "     ", exemplar.filtered_attributes());
    }
}

/// A line for each data point.
pub(super) fn normal(text: &mut Text, request: &[u8]) {
    for (i, resource) in MetricsView::read(request).resource_metrics().iter().enumerate() {
        text.normal_resource(("ResourceMetrics", i), resource.resource(), resource.schema_url());
        for scope in resource.scope_metrics() {
            text.normal_scope(("ScopeMetrics", i), scope.scope(), scope.schema_url());
            for metric in scope.metrics() {
                normal_metric(text, &metric);
            }
        }
    }
}

fn normal_metric(text: &mut Text, metric: &MetricView<'_>) {
    let name = Utf8(metric.name());
    let mut point = |attributes, value: String| {
        text.line(format_args!("{name}{{{}}} {value}", Labels(attributes)));
    };
    match metric.data() {
        None => {}
        Some(MetricData::Gauge(gauge)) => {
            gauge.data_points().iter().for_each(|at| point(at.attributes(), normal_number(&at)));
        }
        Some(MetricData::Sum(sum)) => {
            sum.data_points().iter().for_each(|at| point(at.attributes(), normal_number(&at)));
        }
        Some(MetricData::Histogram(histogram)) => {
            for at in histogram.data_points() {
                point(at.attributes(), normal_histogram(&at));
            }
        }
        Some(MetricData::ExponentialHistogram(histogram)) => {
            for at in histogram.data_points() {
                let value = normal_count(at.count(), [at.sum(), at.min(), at.max()]);
                point(at.attributes(), value);
            }
        }
        Some(MetricData::Summary(summary)) => {
            for at in summary.data_points() {
                point(at.attributes(), normal_summary(&at));
            }
        }
    }
}

fn normal_number(point: &NumberDataPointView<'_>) -> String {
    match point.value() {
        None => String::new(),
        Some(NumberValue::Int(value)) => value.to_string(),
        Some(NumberValue::Double(value)) => Shortest(value).to_string(),
    }
}

fn normal_count(count: u64, values: [Option<f64>; 3]) -> String {
    let mut out = format!("count={count}");
    for (name, value) in ["sum", "min", "max"].into_iter().zip(values) {
        if let Some(value) = value {
            out += &format!(" {name}={}", Shortest(value));
        }
    }
    out
}

fn normal_histogram(point: &HistogramDataPointView<'_>) -> String {
    let mut out = normal_count(point.count(), [point.sum(), point.min(), point.max()]);
    let mut bounds = point.explicit_bounds().iter();
    for count in point.bucket_counts().iter() {
        out += &match bounds.next() {
            Some(bound) => format!(" le{}={count}", Shortest(bound)),
            None => format!(" {count}"),
        };
    }
    out
}

fn normal_summary(point: &SummaryDataPointView<'_>) -> String {
    let mut out = format!("count={} sum={}", point.count(), Fixed(point.sum()));
    for at in point.quantile_values() {
        out += &format!(" q{}={}", Shortest(at.quantile()), Shortest(at.value()));
    }
    out
}

/// `key=value` for each attribute, between commas.
struct Labels<'a>(Attributes<'a>);

impl fmt::Display for Labels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, pair) in self.0.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            write!(f, "{comma}{}={}", Utf8(pair.key), Utf8(&value_to_string(pair.value())))?;
        }
        Ok(())
    }
}

/// A number as Go's `%f` prints it.
struct Fixed(f64);

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match not_finite(self.0) {
            Some(name) => f.write_str(name),
            None => write!(f, "{:.6}", self.0),
        }
    }
}

/// A number as Go's `%v` prints it: as short as possible, with an exponent below -4 and from 21 on.
struct Shortest(f64);

impl fmt::Display for Shortest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = not_finite(self.0) {
            return f.write_str(name);
        }
        let scientific = format!("{:e}", self.0);
        let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        let exponent: i32 = exponent.parse().unwrap_or_default();
        if (-4..21).contains(&exponent) {
            return write!(f, "{}", self.0);
        }
        let sign = if exponent < 0 { '-' } else { '+' };
        write!(f, "{digits}e{sign}{:02}", exponent.unsigned_abs())
    }
}

fn not_finite(value: f64) -> Option<&'static str> {
    if value.is_nan() {
        Some("NaN")
    } else if value.is_infinite() {
        Some(if value > 0.0 { "+Inf" } else { "-Inf" })
    } else {
        None
    }
}
