//! Random metrics.

use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    metrics::v1::{
        Exemplar, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram,
        HistogramDataPoint, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, Summary,
        SummaryDataPoint, exemplar, exponential_histogram_data_point::Buckets, metric::Data,
        number_data_point, summary_data_point::ValueAtQuantile,
    },
};

use super::{
    Dice,
    shared::{attributes, resource, scope},
};

pub(super) fn request(dice: &mut Dice) -> ExportMetricsServiceRequest {
    let scope_metrics = |dice: &mut Dice| ScopeMetrics {
        scope: scope(dice),
        metrics: dice.many(4, metric),
        schema_url: dice.text(),
    };
    let resource_metrics = dice.many(3, |dice| ResourceMetrics {
        resource: resource(dice),
        scope_metrics: dice.many(3, scope_metrics),
        schema_url: dice.text(),
    });
    ExportMetricsServiceRequest { resource_metrics }
}

/// A metric for each of its data points, with that one only.
pub(super) fn points(metric: &Metric) -> Vec<Metric> {
    macro_rules! each {
        ($kind:ident, $data:expr) => {{
            let data = $data;
            let points = data.data_points.iter();
            let alone = points.map(|point| {
                let mut data = data.clone();
                data.data_points = vec![point.clone()];
                Metric { data: Some(Data::$kind(data)), ..metric.clone() }
            });
            alone.collect()
        }};
    }
    match &metric.data {
        None => Vec::new(),
        Some(Data::Gauge(data)) => each!(Gauge, data),
        Some(Data::Sum(data)) => each!(Sum, data),
        Some(Data::Histogram(data)) => each!(Histogram, data),
        Some(Data::ExponentialHistogram(data)) => each!(ExponentialHistogram, data),
        Some(Data::Summary(data)) => each!(Summary, data),
    }
}

fn metric(dice: &mut Dice) -> Metric {
    let data = match dice.below(6) {
        0 => None,
        1 => Some(Data::Gauge(Gauge { data_points: dice.many(3, number_point) })),
        2 => Some(Data::Sum(Sum {
            data_points: dice.many(3, number_point),
            aggregation_temporality: dice.int32(),
            is_monotonic: dice.flag(),
        })),
        3 => Some(Data::Histogram(Histogram {
            data_points: dice.many(3, histogram_point),
            aggregation_temporality: dice.int32(),
        })),
        4 => Some(Data::ExponentialHistogram(ExponentialHistogram {
            data_points: dice.many(3, exponential_point),
            aggregation_temporality: dice.int32(),
        })),
        _ => Some(Data::Summary(Summary { data_points: dice.many(3, summary_point) })),
    };
    Metric {
        name: dice.text(),
        description: dice.text(),
        unit: dice.text(),
        metadata: attributes(dice),
        data,
    }
}

fn exemplar(dice: &mut Dice) -> Exemplar {
    Exemplar {
        filtered_attributes: attributes(dice),
        time_unix_nano: dice.number(),
        span_id: dice.id(8),
        trace_id: dice.id(16),
        value: dice.maybe(|dice| match dice.flag() {
            true => exemplar::Value::AsInt(dice.signed()),
            false => exemplar::Value::AsDouble(dice.double()),
        }),
    }
}

fn number_point(dice: &mut Dice) -> NumberDataPoint {
    NumberDataPoint {
        attributes: attributes(dice),
        start_time_unix_nano: dice.number(),
        time_unix_nano: dice.number(),
        exemplars: dice.many(2, exemplar),
        flags: dice.uint32(),
        value: dice.maybe(|dice| match dice.flag() {
            true => number_data_point::Value::AsInt(dice.signed()),
            false => number_data_point::Value::AsDouble(dice.double()),
        }),
    }
}

fn histogram_point(dice: &mut Dice) -> HistogramDataPoint {
    HistogramDataPoint {
        attributes: attributes(dice),
        start_time_unix_nano: dice.number(),
        time_unix_nano: dice.number(),
        count: dice.number(),
        sum: dice.maybe(Dice::double),
        bucket_counts: dice.many(5, Dice::number),
        explicit_bounds: dice.many(5, Dice::double),
        exemplars: dice.many(2, exemplar),
        flags: dice.uint32(),
        min: dice.maybe(Dice::double),
        max: dice.maybe(Dice::double),
    }
}

fn buckets(dice: &mut Dice) -> Buckets {
    Buckets { offset: dice.int32(), bucket_counts: dice.many(5, Dice::number) }
}

fn exponential_point(dice: &mut Dice) -> ExponentialHistogramDataPoint {
    ExponentialHistogramDataPoint {
        attributes: attributes(dice),
        start_time_unix_nano: dice.number(),
        time_unix_nano: dice.number(),
        count: dice.number(),
        sum: dice.maybe(Dice::double),
        scale: dice.int32(),
        zero_count: dice.number(),
        positive: dice.maybe(buckets),
        negative: dice.maybe(buckets),
        flags: dice.uint32(),
        exemplars: dice.many(2, exemplar),
        min: dice.maybe(Dice::double),
        max: dice.maybe(Dice::double),
        zero_threshold: dice.double(),
    }
}

fn summary_point(dice: &mut Dice) -> SummaryDataPoint {
    SummaryDataPoint {
        attributes: attributes(dice),
        start_time_unix_nano: dice.number(),
        time_unix_nano: dice.number(),
        count: dice.number(),
        sum: dice.double(),
        quantile_values: dice
            .many(3, |dice| ValueAtQuantile { quantile: dice.double(), value: dice.double() }),
        flags: dice.uint32(),
    }
}
