//! Random requests and edit scripts.

use opentelemetry_proto::tonic::{
    collector::{
        logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
        trace::v1::ExportTraceServiceRequest,
    },
    common::v1::{
        AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList, any_value::Value,
    },
    logs::v1::{LogRecord, ResourceLogs, ScopeLogs},
    metrics::v1::{
        Exemplar, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram,
        HistogramDataPoint, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, Summary,
        SummaryDataPoint, exemplar, metric::Data, number_data_point,
    },
    resource::v1::Resource,
    trace::v1::{
        ResourceSpans, ScopeSpans, Span, Status,
        span::{Event, Link},
    },
};
use pdata::RecordKind;
use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::script::{Edit, Stage};

pub(crate) fn key() -> impl Strategy<Value = String> {
    select(vec!["a", "b", "c", "", "gen_ai.usage.input_tokens", "service.name"])
        .prop_map(str::to_owned)
}

/// Mostly short, at times around the lengths where a length prefix grows.
fn text() -> impl Strategy<Value = String> {
    let long = select(vec![100usize, 120, 126, 127, 128, 129, 300, 16_370, 16_384])
        .prop_map(|length| "x".repeat(length));
    prop_oneof![8 => "[a-zé]{0,6}", 1 => long]
}

pub(crate) fn value() -> impl Strategy<Value = AnyValue> {
    let leaf = prop_oneof![
        Just(None),
        text().prop_map(|text| Some(Value::StringValue(text))),
        any::<bool>().prop_map(|value| Some(Value::BoolValue(value))),
        any::<i64>().prop_map(|value| Some(Value::IntValue(value))),
        any::<f64>().prop_map(|value| Some(Value::DoubleValue(value))),
        vec(any::<u8>(), 0..9).prop_map(|value| Some(Value::BytesValue(value))),
    ]
    .prop_map(|value| AnyValue { value });
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(|values| AnyValue {
                value: Some(Value::ArrayValue(ArrayValue { values })),
            }),
            vec((key(), inner), 0..3).prop_map(|pairs| AnyValue {
                value: Some(Value::KvlistValue(KeyValueList {
                    values: pairs.into_iter().map(|(key, value)| pair(key, Some(value))).collect(),
                })),
            }),
        ]
    })
}

fn pair(key: String, value: Option<AnyValue>) -> KeyValue {
    KeyValue { key, value, ..KeyValue::default() }
}

fn attributes() -> impl Strategy<Value = Vec<KeyValue>> {
    vec((key(), option::weighted(0.9, value())).prop_map(|(key, value)| pair(key, value)), 0..6)
}

fn resource() -> impl Strategy<Value = Option<Resource>> {
    option::of(attributes().prop_map(|attributes| Resource { attributes, ..Default::default() }))
}

fn scope() -> impl Strategy<Value = Option<InstrumentationScope>> {
    option::of((text(), attributes()).prop_map(|(name, attributes)| InstrumentationScope {
        name,
        attributes,
        ..Default::default()
    }))
}

fn span() -> impl Strategy<Value = Span> {
    let event = (text(), attributes()).prop_map(|(name, attributes)| Event {
        time_unix_nano: 7,
        name,
        attributes,
        ..Default::default()
    });
    let link = attributes().prop_map(|attributes| Link {
        trace_id: vec![3; 16],
        attributes,
        ..Default::default()
    });
    let status = option::of((text(), 0..3).prop_map(|(message, code)| Status { message, code }));
    (text(), attributes(), vec(event, 0..3), vec(link, 0..2), status, any::<u64>()).prop_map(
        |(name, attributes, events, links, status, start_time_unix_nano)| Span {
            trace_id: vec![1; 16],
            span_id: vec![2; 8],
            name,
            kind: 3,
            start_time_unix_nano,
            attributes,
            events,
            links,
            status,
            flags: 257,
            ..Default::default()
        },
    )
}

fn log_record() -> impl Strategy<Value = LogRecord> {
    (option::of(value()), attributes(), 0..25, text()).prop_map(
        |(body, attributes, severity_number, severity_text)| LogRecord {
            time_unix_nano: 5,
            severity_number,
            severity_text,
            body,
            attributes,
            flags: 1,
            ..Default::default()
        },
    )
}

fn exemplars() -> impl Strategy<Value = Vec<Exemplar>> {
    vec(
        attributes().prop_map(|filtered_attributes| Exemplar {
            filtered_attributes,
            time_unix_nano: 9,
            value: Some(exemplar::Value::AsInt(-4)),
            ..Default::default()
        }),
        0..3,
    )
}

fn number_point() -> impl Strategy<Value = NumberDataPoint> {
    let value = prop_oneof![
        any::<i64>().prop_map(number_data_point::Value::AsInt),
        any::<f64>().prop_map(number_data_point::Value::AsDouble),
    ];
    (attributes(), exemplars(), option::of(value)).prop_map(|(attributes, exemplars, value)| {
        NumberDataPoint { attributes, exemplars, value, time_unix_nano: 1, ..Default::default() }
    })
}

fn data() -> impl Strategy<Value = Data> {
    let histogram =
        (attributes(), exemplars()).prop_map(|(attributes, exemplars)| HistogramDataPoint {
            attributes,
            exemplars,
            count: 3,
            sum: Some(1.5),
            bucket_counts: vec![1, 2],
            explicit_bounds: vec![0.5],
            ..Default::default()
        });
    let exponential = (attributes(), exemplars()).prop_map(|(attributes, exemplars)| {
        ExponentialHistogramDataPoint {
            attributes,
            exemplars,
            scale: -2,
            zero_threshold: 0.1,
            ..Default::default()
        }
    });
    let summary = attributes().prop_map(|attributes| SummaryDataPoint {
        attributes,
        count: 2,
        ..Default::default()
    });
    prop_oneof![
        vec(number_point(), 0..3).prop_map(|data_points| Data::Gauge(Gauge { data_points })),
        vec(number_point(), 0..3).prop_map(|data_points| Data::Sum(Sum {
            data_points,
            aggregation_temporality: 2,
            is_monotonic: true,
        })),
        vec(histogram, 0..3).prop_map(|data_points| Data::Histogram(Histogram {
            data_points,
            aggregation_temporality: 1,
        })),
        vec(exponential, 0..3).prop_map(|data_points| {
            Data::ExponentialHistogram(ExponentialHistogram {
                data_points,
                aggregation_temporality: 1,
            })
        }),
        vec(summary, 0..3).prop_map(|data_points| Data::Summary(Summary { data_points })),
    ]
}

fn metric() -> impl Strategy<Value = Metric> {
    (text(), attributes(), option::weighted(0.95, data())).prop_map(|(name, metadata, data)| {
        Metric { name, unit: "s".to_owned(), metadata, data, ..Default::default() }
    })
}

pub(crate) fn traces() -> impl Strategy<Value = ExportTraceServiceRequest> {
    let scope = (scope(), vec(span(), 0..4), text())
        .prop_map(|(scope, spans, schema_url)| ScopeSpans { scope, spans, schema_url });
    let group =
        (resource(), vec(scope, 0..3), text()).prop_map(|(resource, scope_spans, schema_url)| {
            ResourceSpans { resource, scope_spans, schema_url }
        });
    vec(group, 0..3).prop_map(|resource_spans| ExportTraceServiceRequest { resource_spans })
}

pub(crate) fn logs() -> impl Strategy<Value = ExportLogsServiceRequest> {
    let scope = (scope(), vec(log_record(), 0..4), text())
        .prop_map(|(scope, log_records, schema_url)| ScopeLogs { scope, log_records, schema_url });
    let group =
        (resource(), vec(scope, 0..3), text()).prop_map(|(resource, scope_logs, schema_url)| {
            ResourceLogs { resource, scope_logs, schema_url }
        });
    vec(group, 0..3).prop_map(|resource_logs| ExportLogsServiceRequest { resource_logs })
}

pub(crate) fn metrics() -> impl Strategy<Value = ExportMetricsServiceRequest> {
    let scope = (scope(), vec(metric(), 0..4), text())
        .prop_map(|(scope, metrics, schema_url)| ScopeMetrics { scope, metrics, schema_url });
    let group =
        (resource(), vec(scope, 0..3), text()).prop_map(|(resource, scope_metrics, schema_url)| {
            ResourceMetrics { resource, scope_metrics, schema_url }
        });
    vec(group, 0..3).prop_map(|resource_metrics| ExportMetricsServiceRequest { resource_metrics })
}

/// An edit that takes nothing away but what it replaces.
fn gentle() -> impl Strategy<Value = Edit> {
    prop_oneof![
        (key(), value()).prop_map(|(key, value)| Edit::Set(key, value)),
        (key(), value()).prop_map(|(key, value)| Edit::Insert(key, value)),
        (key(), value()).prop_map(|(key, value)| Edit::Update(key, value)),
        text().prop_map(Edit::Name),
        any::<u64>().prop_map(Edit::Start),
        value().prop_map(Edit::Body),
        (0..25).prop_map(Edit::Severity),
        (0..3).prop_map(Edit::Status),
        any::<i64>().prop_map(Edit::Integer),
    ]
}

fn edit() -> impl Strategy<Value = Edit> {
    let flat = prop_oneof![
        4 => gentle(),
        1 => key().prop_map(Edit::Remove),
        1 => (0..4usize).prop_map(Edit::RetainShort),
        1 => (key(), key()).prop_map(|(from, to)| Edit::Rename(from, to)),
        1 => Just(Edit::Drop),
    ];
    prop_oneof![
        4 => flat.clone(),
        1 => flat.prop_map(|edit| Edit::Children(Box::new(edit))),
    ]
}

fn stages(edit: impl Strategy<Value = Edit>) -> impl Strategy<Value = Vec<Stage>> {
    let kinds = vec(
        select(vec![
            RecordKind::Resource,
            RecordKind::Scope,
            RecordKind::Span,
            RecordKind::Metric,
            RecordKind::DataPoint,
            RecordKind::LogRecord,
        ]),
        1..5,
    );
    let stage = (kinds, edit, 1..4usize, 0..3usize).prop_map(|(kinds, edit, every, at)| Stage {
        kinds,
        edit,
        every,
        at: at % every,
    });
    vec(stage, 1..7)
}

/// Stages of any edits.
pub(crate) fn script() -> impl Strategy<Value = Vec<Stage>> {
    stages(edit())
}

/// Stages of edits that only add and replace.
pub(crate) fn gentle_script() -> impl Strategy<Value = Vec<Stage>> {
    stages(gentle())
}
