//! Metrics.

use super::{
    Attributes, DoubleBits, Fixed, Repeated, ResourceView, Scalars, ScopeView, Varint,
    field::{
        boolean, bytes, double, fixed64, message, number, optional, repeated, scalars, sint32,
        uint32, view,
    },
};
use crate::wire::Field;

view! {
    /// A whole request of metrics.
    MetricsView of METRICS_REQUEST {
        /// What each resource sent.
        1 resource_metrics: Repeated<'a, ResourceMetricsView<'a>> = repeated;
    }
}

view! {
    /// What one resource sent.
    ResourceMetricsView of RESOURCE_METRICS {
        /// What sent it.
        1 resource: ResourceView<'a> = message;
        /// What each scope sent.
        2 scope_metrics: Repeated<'a, ScopeMetricsView<'a>> = repeated;
        /// The version of the semantic conventions, as a URL.
        3 schema_url: &'a [u8] = bytes;
    }
}

view! {
    /// What one instrumentation scope sent.
    ScopeMetricsView of SCOPE_METRICS {
        /// Which instrumentation sent it.
        1 scope: ScopeView<'a> = message;
        /// Its metrics.
        2 metrics: Repeated<'a, MetricView<'a>> = repeated;
        /// The version of the semantic conventions, as a URL.
        3 schema_url: &'a [u8] = bytes;
    }
}

view! {
    /// `metrics.v1.Metric`.
    MetricView of METRIC {
        /// Its name.
        1 name: &'a [u8] = bytes;
        /// What it measures.
        2 description: &'a [u8] = bytes;
        /// A UCUM unit.
        3 unit: &'a [u8] = bytes;
        /// Its data points, `None` for a kind from a newer OTLP.
        5 | 7 | 9 | 10 | 11 data: Option<MetricData<'a>> = metric_data;
        /// What else is known of the metric.
        12 metadata: Attributes<'a> = repeated;
    }
}

view! {
    /// `metrics.v1.Gauge`.
    GaugeView of GAUGE {
        /// Its points.
        1 data_points: Repeated<'a, NumberDataPointView<'a>> = repeated;
    }
}

view! {
    /// `metrics.v1.Sum`.
    SumView of SUM {
        /// Its points.
        1 data_points: Repeated<'a, NumberDataPointView<'a>> = repeated;
        /// A number of [`AGGREGATION_TEMPORALITY`](crate::schema::AGGREGATION_TEMPORALITY).
        2 aggregation_temporality: i32 = number;
        /// Whether it only grows.
        3 is_monotonic: bool = boolean;
    }
}

view! {
    /// `metrics.v1.Histogram`.
    HistogramView of HISTOGRAM {
        /// Its points.
        1 data_points: Repeated<'a, HistogramDataPointView<'a>> = repeated;
        /// A number of [`AGGREGATION_TEMPORALITY`](crate::schema::AGGREGATION_TEMPORALITY).
        2 aggregation_temporality: i32 = number;
    }
}

view! {
    /// `metrics.v1.ExponentialHistogram`.
    ExponentialHistogramView of EXPONENTIAL_HISTOGRAM {
        /// Its points.
        1 data_points: Repeated<'a, ExponentialHistogramDataPointView<'a>> = repeated;
        /// A number of [`AGGREGATION_TEMPORALITY`](crate::schema::AGGREGATION_TEMPORALITY).
        2 aggregation_temporality: i32 = number;
    }
}

view! {
    /// `metrics.v1.Summary`.
    SummaryView of SUMMARY {
        /// Its points.
        1 data_points: Repeated<'a, SummaryDataPointView<'a>> = repeated;
    }
}

view! {
    /// `metrics.v1.NumberDataPoint`.
    NumberDataPointView of NUMBER_DATA_POINT {
        /// Nanoseconds since 1970; zero when unknown.
        2 start_time_unix_nano: u64 = fixed64;
        /// Nanoseconds since 1970; zero when unknown.
        3 time_unix_nano: u64 = fixed64;
        /// What was measured.
        4 | 6 value: Option<NumberValue> = number_value;
        /// Measurements with the spans they were made in.
        5 exemplars: Repeated<'a, ExemplarView<'a>> = repeated;
        /// Attributes in order, duplicates included.
        7 attributes: Attributes<'a> = repeated;
        /// Bits as OTLP defines them for this message.
        8 flags: u32 = uint32;
    }
}

view! {
    /// `metrics.v1.HistogramDataPoint`.
    HistogramDataPointView of HISTOGRAM_DATA_POINT {
        /// Nanoseconds since 1970; zero when unknown.
        2 start_time_unix_nano: u64 = fixed64;
        /// Nanoseconds since 1970; zero when unknown.
        3 time_unix_nano: u64 = fixed64;
        /// How many measurements.
        4 count: u64 = fixed64;
        /// Their sum.
        5 sum: Option<f64> = optional;
        /// Measurements in each bucket.
        6 bucket_counts: Scalars<'a, Fixed> = scalars;
        /// Upper bounds of all buckets but the last.
        7 explicit_bounds: Scalars<'a, DoubleBits> = scalars;
        /// Measurements with the spans they were made in.
        8 exemplars: Repeated<'a, ExemplarView<'a>> = repeated;
        /// Attributes in order, duplicates included.
        9 attributes: Attributes<'a> = repeated;
        /// Bits as OTLP defines them for this message.
        10 flags: u32 = uint32;
        /// The smallest.
        11 min: Option<f64> = optional;
        /// The largest.
        12 max: Option<f64> = optional;
    }
}

view! {
    /// `metrics.v1.ExponentialHistogramDataPoint`.
    ExponentialHistogramDataPointView of EXPONENTIAL_HISTOGRAM_DATA_POINT {
        /// Attributes in order, duplicates included.
        1 attributes: Attributes<'a> = repeated;
        /// Nanoseconds since 1970; zero when unknown.
        2 start_time_unix_nano: u64 = fixed64;
        /// Nanoseconds since 1970; zero when unknown.
        3 time_unix_nano: u64 = fixed64;
        /// How many measurements.
        4 count: u64 = fixed64;
        /// Their sum.
        5 sum: Option<f64> = optional;
        /// The resolution: bounds are powers of 2^(2^-scale).
        6 scale: i32 = sint32;
        /// Measurements too close to zero for a bucket.
        7 zero_count: u64 = fixed64;
        /// Buckets of measurements above zero.
        8 positive: BucketsView<'a> = message;
        /// Buckets of measurements below zero.
        9 negative: BucketsView<'a> = message;
        /// Bits as OTLP defines them for this message.
        10 flags: u32 = uint32;
        /// Measurements with the spans they were made in.
        11 exemplars: Repeated<'a, ExemplarView<'a>> = repeated;
        /// The smallest.
        12 min: Option<f64> = optional;
        /// The largest.
        13 max: Option<f64> = optional;
        /// How close that is.
        14 zero_threshold: f64 = double;
    }
}

view! {
    /// `metrics.v1.ExponentialHistogramDataPoint.Buckets`.
    BucketsView of BUCKETS {
        /// The index of the first bucket.
        1 offset: i32 = sint32;
        /// Measurements in each bucket.
        2 bucket_counts: Scalars<'a, Varint> = scalars;
    }
}

view! {
    /// `metrics.v1.SummaryDataPoint`.
    SummaryDataPointView of SUMMARY_DATA_POINT {
        /// Nanoseconds since 1970; zero when unknown.
        2 start_time_unix_nano: u64 = fixed64;
        /// Nanoseconds since 1970; zero when unknown.
        3 time_unix_nano: u64 = fixed64;
        /// How many measurements.
        4 count: u64 = fixed64;
        /// Their sum.
        5 sum: f64 = double;
        /// Values at quantiles.
        6 quantile_values: Repeated<'a, ValueAtQuantileView<'a>> = repeated;
        /// Attributes in order, duplicates included.
        7 attributes: Attributes<'a> = repeated;
        /// Bits as OTLP defines them for this message.
        8 flags: u32 = uint32;
    }
}

view! {
    /// `metrics.v1.SummaryDataPoint.ValueAtQuantile`.
    ValueAtQuantileView of VALUE_AT_QUANTILE {
        /// 0 to 1.
        1 quantile: f64 = double;
        /// The value at it.
        2 value: f64 = double;
    }
}

view! {
    /// `metrics.v1.Exemplar`.
    ExemplarView of EXEMPLAR {
        /// Nanoseconds since 1970; zero when unknown.
        2 time_unix_nano: u64 = fixed64;
        /// What was measured.
        3 | 6 value: Option<NumberValue> = number_value;
        /// Empty or 8 bytes.
        4 span_id: &'a [u8] = bytes;
        /// Empty or 16 bytes.
        5 trace_id: &'a [u8] = bytes;
        /// Attributes of the measurement that the data point leaves out.
        7 filtered_attributes: Attributes<'a> = repeated;
    }
}

/// The data of a metric by its kind.
#[derive(Clone, Copy, Debug)]
pub enum MetricData<'a> {
    /// The last value of something.
    Gauge(GaugeView<'a>),
    /// A sum of changes.
    Sum(SumView<'a>),
    /// Buckets with explicit bounds.
    Histogram(HistogramView<'a>),
    /// Buckets that grow exponentially.
    ExponentialHistogram(ExponentialHistogramView<'a>),
    /// Quantiles.
    Summary(SummaryView<'a>),
}

fn metric_data<'a>(slot: &mut Option<MetricData<'a>>, _: &'a [u8], field: &Field<'a>) {
    let content = field.value.bytes();
    *slot = match field.number {
        5 => Some(MetricData::Gauge(GaugeView::read(content))),
        7 => Some(MetricData::Sum(SumView::read(content))),
        9 => Some(MetricData::Histogram(HistogramView::read(content))),
        10 => Some(MetricData::ExponentialHistogram(ExponentialHistogramView::read(content))),
        11 => Some(MetricData::Summary(SummaryView::read(content))),
        _ => None,
    };
}

/// The number of a data point or exemplar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NumberValue {
    /// A floating point number.
    Double(f64),
    /// A whole number.
    Int(i64),
}

/// `as_int` is field 6 and `as_double` another one in every message that has them.
fn number_value(slot: &mut Option<NumberValue>, _: &[u8], field: &Field<'_>) {
    let bits = field.value.number();
    *slot = Some(match field.number {
        6 => NumberValue::Int(bits.cast_signed()),
        _ => NumberValue::Double(f64::from_bits(bits)),
    });
}
