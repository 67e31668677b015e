//! Metrics.

use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    metrics::v1::{
        Exemplar, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram,
        HistogramDataPoint, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, Summary,
        SummaryDataPoint, exemplar, exponential_histogram_data_point::Buckets, metric::Data,
        number_data_point, summary_data_point::ValueAtQuantile,
    },
};
use pdata::views::{
    BucketsView, ExemplarView, ExponentialHistogramDataPointView, HistogramDataPointView,
    MetricData, MetricView, MetricsView, NumberDataPointView, NumberValue, Repeated,
    SummaryDataPointView,
};

use super::common::{attributes, present, resource, scope, text};

pub(crate) fn metrics(view: MetricsView<'_>) -> ExportMetricsServiceRequest {
    let groups = view.resource_metrics().iter().map(|group| ResourceMetrics {
        resource: resource(group.resource()),
        scope_metrics: group
            .scope_metrics()
            .iter()
            .map(|inner| ScopeMetrics {
                scope: scope(inner.scope()),
                metrics: inner.metrics().iter().map(metric).collect(),
                schema_url: text(inner.schema_url()),
            })
            .collect(),
        schema_url: text(group.schema_url()),
    });
    ExportMetricsServiceRequest { resource_metrics: groups.collect() }
}

fn metric(view: MetricView<'_>) -> Metric {
    let data = view.data().map(|data| match data {
        MetricData::Gauge(gauge) => {
            Data::Gauge(Gauge { data_points: gauge.data_points().iter().map(number).collect() })
        }
        MetricData::Sum(sum) => Data::Sum(Sum {
            data_points: sum.data_points().iter().map(number).collect(),
            aggregation_temporality: sum.aggregation_temporality(),
            is_monotonic: sum.is_monotonic(),
        }),
        MetricData::Histogram(data) => Data::Histogram(Histogram {
            data_points: data.data_points().iter().map(histogram).collect(),
            aggregation_temporality: data.aggregation_temporality(),
        }),
        MetricData::ExponentialHistogram(data) => {
            Data::ExponentialHistogram(ExponentialHistogram {
                data_points: data.data_points().iter().map(exponential).collect(),
                aggregation_temporality: data.aggregation_temporality(),
            })
        }
        MetricData::Summary(data) => {
            Data::Summary(Summary { data_points: data.data_points().iter().map(summary).collect() })
        }
    });
    Metric {
        name: text(view.name()),
        description: text(view.description()),
        unit: text(view.unit()),
        metadata: attributes(view.metadata()),
        data,
    }
}

fn exemplars(views: Repeated<'_, ExemplarView<'_>>) -> Vec<Exemplar> {
    let exemplar = |view: ExemplarView<'_>| Exemplar {
        filtered_attributes: attributes(view.filtered_attributes()),
        time_unix_nano: view.time_unix_nano(),
        span_id: view.span_id().to_vec(),
        trace_id: view.trace_id().to_vec(),
        value: view.value().map(|value| match value {
            NumberValue::Double(value) => exemplar::Value::AsDouble(value),
            NumberValue::Int(value) => exemplar::Value::AsInt(value),
        }),
    };
    views.iter().map(exemplar).collect()
}

fn number(view: NumberDataPointView<'_>) -> NumberDataPoint {
    NumberDataPoint {
        attributes: attributes(view.attributes()),
        start_time_unix_nano: view.start_time_unix_nano(),
        time_unix_nano: view.time_unix_nano(),
        exemplars: exemplars(view.exemplars()),
        flags: view.flags(),
        value: view.value().map(|value| match value {
            NumberValue::Double(value) => number_data_point::Value::AsDouble(value),
            NumberValue::Int(value) => number_data_point::Value::AsInt(value),
        }),
    }
}

fn histogram(view: HistogramDataPointView<'_>) -> HistogramDataPoint {
    HistogramDataPoint {
        attributes: attributes(view.attributes()),
        start_time_unix_nano: view.start_time_unix_nano(),
        time_unix_nano: view.time_unix_nano(),
        count: view.count(),
        sum: view.sum(),
        bucket_counts: view.bucket_counts().iter().collect(),
        explicit_bounds: view.explicit_bounds().iter().collect(),
        exemplars: exemplars(view.exemplars()),
        flags: view.flags(),
        min: view.min(),
        max: view.max(),
    }
}

fn buckets(view: BucketsView<'_>) -> Option<Buckets> {
    present(Buckets { offset: view.offset(), bucket_counts: view.bucket_counts().iter().collect() })
}

fn exponential(view: ExponentialHistogramDataPointView<'_>) -> ExponentialHistogramDataPoint {
    ExponentialHistogramDataPoint {
        attributes: attributes(view.attributes()),
        start_time_unix_nano: view.start_time_unix_nano(),
        time_unix_nano: view.time_unix_nano(),
        count: view.count(),
        sum: view.sum(),
        scale: view.scale(),
        zero_count: view.zero_count(),
        positive: buckets(view.positive()),
        negative: buckets(view.negative()),
        flags: view.flags(),
        exemplars: exemplars(view.exemplars()),
        min: view.min(),
        max: view.max(),
        zero_threshold: view.zero_threshold(),
    }
}

fn summary(view: SummaryDataPointView<'_>) -> SummaryDataPoint {
    let quantiles = view.quantile_values();
    SummaryDataPoint {
        attributes: attributes(view.attributes()),
        start_time_unix_nano: view.start_time_unix_nano(),
        time_unix_nano: view.time_unix_nano(),
        count: view.count(),
        sum: view.sum(),
        quantile_values: quantiles
            .iter()
            .map(|view| ValueAtQuantile { quantile: view.quantile(), value: view.value() })
            .collect(),
        flags: view.flags(),
    }
}
