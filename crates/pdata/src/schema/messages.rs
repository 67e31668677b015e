//! Traces, metrics, logs and what they share.

use super::{
    AGGREGATION_TEMPORALITY, Kind::*, Message, Rule::*, SEVERITY_NUMBER, SPAN_KIND, STATUS_CODE,
    row,
};

/// `collector.traces.v1`: the root message of a traces batch; the same bytes as `TracesData`.
pub static TRACES_REQUEST: Message = Message {
    name: "ExportTraceServiceRequest",
    fields: &[row(1, "resource_spans", "resourceSpans", Message(&RESOURCE_SPANS), Repeated)],
};

/// `collector.metrics.v1`: the root message of a metrics batch; the same bytes as `MetricsData`.
pub static METRICS_REQUEST: Message = Message {
    name: "ExportMetricsServiceRequest",
    fields: &[row(1, "resource_metrics", "resourceMetrics", Message(&RESOURCE_METRICS), Repeated)],
};

/// `collector.logs.v1`: the root message of a logs batch; the same bytes as `LogsData`.
pub static LOGS_REQUEST: Message = Message {
    name: "ExportLogsServiceRequest",
    fields: &[row(1, "resource_logs", "resourceLogs", Message(&RESOURCE_LOGS), Repeated)],
};

/// What one resource sent.
pub static RESOURCE_SPANS: Message = Message {
    name: "ResourceSpans",
    fields: &[
        row(1, "resource", "resource", Message(&RESOURCE), Always),
        row(2, "scope_spans", "scopeSpans", Message(&SCOPE_SPANS), Repeated),
        row(3, "schema_url", "schemaUrl", String, Single),
    ],
};

/// What one instrumentation scope sent.
pub static SCOPE_SPANS: Message = Message {
    name: "ScopeSpans",
    fields: &[
        row(1, "scope", "scope", Message(&INSTRUMENTATION_SCOPE), Always),
        row(2, "spans", "spans", Message(&SPAN), Repeated),
        row(3, "schema_url", "schemaUrl", String, Single),
    ],
};

/// What one resource sent.
pub static RESOURCE_METRICS: Message = Message {
    name: "ResourceMetrics",
    fields: &[
        row(1, "resource", "resource", Message(&RESOURCE), Always),
        row(2, "scope_metrics", "scopeMetrics", Message(&SCOPE_METRICS), Repeated),
        row(3, "schema_url", "schemaUrl", String, Single),
    ],
};

/// What one instrumentation scope sent.
pub static SCOPE_METRICS: Message = Message {
    name: "ScopeMetrics",
    fields: &[
        row(1, "scope", "scope", Message(&INSTRUMENTATION_SCOPE), Always),
        row(2, "metrics", "metrics", Message(&METRIC), Repeated),
        row(3, "schema_url", "schemaUrl", String, Single),
    ],
};

/// What one resource sent.
pub static RESOURCE_LOGS: Message = Message {
    name: "ResourceLogs",
    fields: &[
        row(1, "resource", "resource", Message(&RESOURCE), Always),
        row(2, "scope_logs", "scopeLogs", Message(&SCOPE_LOGS), Repeated),
        row(3, "schema_url", "schemaUrl", String, Single),
    ],
};

/// What one instrumentation scope sent.
pub static SCOPE_LOGS: Message = Message {
    name: "ScopeLogs",
    fields: &[
        row(1, "scope", "scope", Message(&INSTRUMENTATION_SCOPE), Always),
        row(2, "log_records", "logRecords", Message(&LOG_RECORD), Repeated),
        row(3, "schema_url", "schemaUrl", String, Single),
    ],
};

/// `trace.v1.Span`.
pub static SPAN: Message = Message {
    name: "Span",
    fields: &[
        row(1, "trace_id", "traceId", Id(16), Single),
        row(2, "span_id", "spanId", Id(8), Single),
        row(3, "trace_state", "traceState", String, Single),
        row(4, "parent_span_id", "parentSpanId", Id(8), Single),
        row(5, "name", "name", String, Single),
        row(6, "kind", "kind", Enum(&SPAN_KIND), Single),
        row(7, "start_time_unix_nano", "startTimeUnixNano", Fixed64, Single),
        row(8, "end_time_unix_nano", "endTimeUnixNano", Fixed64, Single),
        row(9, "attributes", "attributes", Message(&KEY_VALUE), Repeated),
        row(10, "dropped_attributes_count", "droppedAttributesCount", Uint32, Single),
        row(11, "events", "events", Message(&SPAN_EVENT), Repeated),
        row(12, "dropped_events_count", "droppedEventsCount", Uint32, Single),
        row(13, "links", "links", Message(&SPAN_LINK), Repeated),
        row(14, "dropped_links_count", "droppedLinksCount", Uint32, Single),
        row(15, "status", "status", Message(&STATUS), Always),
        row(16, "flags", "flags", Fixed32, Single),
    ],
};

/// `trace.v1.Span.Event`.
pub static SPAN_EVENT: Message = Message {
    name: "Event",
    fields: &[
        row(1, "time_unix_nano", "timeUnixNano", Fixed64, Single),
        row(2, "name", "name", String, Single),
        row(3, "attributes", "attributes", Message(&KEY_VALUE), Repeated),
        row(4, "dropped_attributes_count", "droppedAttributesCount", Uint32, Single),
    ],
};

/// `trace.v1.Span.Link`.
pub static SPAN_LINK: Message = Message {
    name: "Link",
    fields: &[
        row(1, "trace_id", "traceId", Id(16), Single),
        row(2, "span_id", "spanId", Id(8), Single),
        row(3, "trace_state", "traceState", String, Single),
        row(4, "attributes", "attributes", Message(&KEY_VALUE), Repeated),
        row(5, "dropped_attributes_count", "droppedAttributesCount", Uint32, Single),
        row(6, "flags", "flags", Fixed32, Single),
    ],
};

/// `trace.v1.Status`.
pub static STATUS: Message = Message {
    name: "Status",
    fields: &[
        row(2, "message", "message", String, Single),
        row(3, "code", "code", Enum(&STATUS_CODE), Single),
    ],
};

/// `metrics.v1.Metric`.
pub static METRIC: Message = Message {
    name: "Metric",
    fields: &[
        row(1, "name", "name", String, Single),
        row(2, "description", "description", String, Single),
        row(3, "unit", "unit", String, Single),
        row(5, "gauge", "gauge", Message(&GAUGE), OneOf),
        row(7, "sum", "sum", Message(&SUM), OneOf),
        row(9, "histogram", "histogram", Message(&HISTOGRAM), OneOf),
        row(
            10,
            "exponential_histogram",
            "exponentialHistogram",
            Message(&EXPONENTIAL_HISTOGRAM),
            OneOf,
        ),
        row(11, "summary", "summary", Message(&SUMMARY), OneOf),
        row(12, "metadata", "metadata", Message(&KEY_VALUE), Repeated),
    ],
};

/// `metrics.v1.Gauge`.
pub static GAUGE: Message = Message {
    name: "Gauge",
    fields: &[row(1, "data_points", "dataPoints", Message(&NUMBER_DATA_POINT), Repeated)],
};

/// `metrics.v1.Sum`.
pub static SUM: Message = Message {
    name: "Sum",
    fields: &[
        row(1, "data_points", "dataPoints", Message(&NUMBER_DATA_POINT), Repeated),
        row(
            2,
            "aggregation_temporality",
            "aggregationTemporality",
            Enum(&AGGREGATION_TEMPORALITY),
            Single,
        ),
        row(3, "is_monotonic", "isMonotonic", Bool, Single),
    ],
};

/// `metrics.v1.Histogram`.
pub static HISTOGRAM: Message = Message {
    name: "Histogram",
    fields: &[
        row(1, "data_points", "dataPoints", Message(&HISTOGRAM_DATA_POINT), Repeated),
        row(
            2,
            "aggregation_temporality",
            "aggregationTemporality",
            Enum(&AGGREGATION_TEMPORALITY),
            Single,
        ),
    ],
};

/// `metrics.v1.ExponentialHistogram`.
pub static EXPONENTIAL_HISTOGRAM: Message = Message {
    name: "ExponentialHistogram",
    fields: &[
        row(1, "data_points", "dataPoints", Message(&EXPONENTIAL_HISTOGRAM_DATA_POINT), Repeated),
        row(
            2,
            "aggregation_temporality",
            "aggregationTemporality",
            Enum(&AGGREGATION_TEMPORALITY),
            Single,
        ),
    ],
};

/// `metrics.v1.Summary`.
pub static SUMMARY: Message = Message {
    name: "Summary",
    fields: &[row(1, "data_points", "dataPoints", Message(&SUMMARY_DATA_POINT), Repeated)],
};

/// `metrics.v1.NumberDataPoint`.
pub static NUMBER_DATA_POINT: Message = Message {
    name: "NumberDataPoint",
    fields: &[
        row(2, "start_time_unix_nano", "startTimeUnixNano", Fixed64, Single),
        row(3, "time_unix_nano", "timeUnixNano", Fixed64, Single),
        row(4, "as_double", "asDouble", Double, OneOf),
        row(5, "exemplars", "exemplars", Message(&EXEMPLAR), Repeated),
        row(6, "as_int", "asInt", Sfixed64, OneOf),
        row(7, "attributes", "attributes", Message(&KEY_VALUE), Repeated),
        row(8, "flags", "flags", Uint32, Single),
    ],
};

/// `metrics.v1.HistogramDataPoint`.
pub static HISTOGRAM_DATA_POINT: Message = Message {
    name: "HistogramDataPoint",
    fields: &[
        row(2, "start_time_unix_nano", "startTimeUnixNano", Fixed64, Single),
        row(3, "time_unix_nano", "timeUnixNano", Fixed64, Single),
        row(4, "count", "count", Fixed64, Single),
        row(5, "sum", "sum", Double, Optional),
        row(6, "bucket_counts", "bucketCounts", Fixed64, Repeated),
        row(7, "explicit_bounds", "explicitBounds", Double, Repeated),
        row(8, "exemplars", "exemplars", Message(&EXEMPLAR), Repeated),
        row(9, "attributes", "attributes", Message(&KEY_VALUE), Repeated),
        row(10, "flags", "flags", Uint32, Single),
        row(11, "min", "min", Double, Optional),
        row(12, "max", "max", Double, Optional),
    ],
};

/// `metrics.v1.ExponentialHistogramDataPoint`.
pub static EXPONENTIAL_HISTOGRAM_DATA_POINT: Message = Message {
    name: "ExponentialHistogramDataPoint",
    fields: &[
        row(1, "attributes", "attributes", Message(&KEY_VALUE), Repeated),
        row(2, "start_time_unix_nano", "startTimeUnixNano", Fixed64, Single),
        row(3, "time_unix_nano", "timeUnixNano", Fixed64, Single),
        row(4, "count", "count", Fixed64, Single),
        row(5, "sum", "sum", Double, Optional),
        row(6, "scale", "scale", Sint32, Single),
        row(7, "zero_count", "zeroCount", Fixed64, Single),
        row(8, "positive", "positive", Message(&BUCKETS), Always),
        row(9, "negative", "negative", Message(&BUCKETS), Always),
        row(10, "flags", "flags", Uint32, Single),
        row(11, "exemplars", "exemplars", Message(&EXEMPLAR), Repeated),
        row(12, "min", "min", Double, Optional),
        row(13, "max", "max", Double, Optional),
        row(14, "zero_threshold", "zeroThreshold", Double, Single),
    ],
};

/// `metrics.v1.ExponentialHistogramDataPoint.Buckets`.
pub static BUCKETS: Message = Message {
    name: "Buckets",
    fields: &[
        row(1, "offset", "offset", Sint32, Single),
        row(2, "bucket_counts", "bucketCounts", Uint64, Repeated),
    ],
};

/// `metrics.v1.SummaryDataPoint`.
pub static SUMMARY_DATA_POINT: Message = Message {
    name: "SummaryDataPoint",
    fields: &[
        row(2, "start_time_unix_nano", "startTimeUnixNano", Fixed64, Single),
        row(3, "time_unix_nano", "timeUnixNano", Fixed64, Single),
        row(4, "count", "count", Fixed64, Single),
        row(5, "sum", "sum", Double, Single),
        row(6, "quantile_values", "quantileValues", Message(&VALUE_AT_QUANTILE), Repeated),
        row(7, "attributes", "attributes", Message(&KEY_VALUE), Repeated),
        row(8, "flags", "flags", Uint32, Single),
    ],
};

/// `metrics.v1.SummaryDataPoint.ValueAtQuantile`.
pub static VALUE_AT_QUANTILE: Message = Message {
    name: "ValueAtQuantile",
    fields: &[
        row(1, "quantile", "quantile", Double, Single),
        row(2, "value", "value", Double, Single),
    ],
};

/// `metrics.v1.Exemplar`.
pub static EXEMPLAR: Message = Message {
    name: "Exemplar",
    fields: &[
        row(2, "time_unix_nano", "timeUnixNano", Fixed64, Single),
        row(3, "as_double", "asDouble", Double, OneOf),
        row(4, "span_id", "spanId", Id(8), Single),
        row(5, "trace_id", "traceId", Id(16), Single),
        row(6, "as_int", "asInt", Sfixed64, OneOf),
        row(7, "filtered_attributes", "filteredAttributes", Message(&KEY_VALUE), Repeated),
    ],
};

/// `logs.v1.LogRecord`.
pub static LOG_RECORD: Message = Message {
    name: "LogRecord",
    fields: &[
        row(1, "time_unix_nano", "timeUnixNano", Fixed64, Single),
        row(2, "severity_number", "severityNumber", Enum(&SEVERITY_NUMBER), Single),
        row(3, "severity_text", "severityText", String, Single),
        row(5, "body", "body", Message(&ANY_VALUE), Always),
        row(6, "attributes", "attributes", Message(&KEY_VALUE), Repeated),
        row(7, "dropped_attributes_count", "droppedAttributesCount", Uint32, Single),
        row(8, "flags", "flags", Fixed32, Single),
        row(9, "trace_id", "traceId", Id(16), Single),
        row(10, "span_id", "spanId", Id(8), Single),
        row(11, "observed_time_unix_nano", "observedTimeUnixNano", Fixed64, Single),
        row(12, "event_name", "eventName", String, Single),
    ],
};

/// `resource.v1.Resource`.
pub static RESOURCE: Message = Message {
    name: "Resource",
    fields: &[
        row(1, "attributes", "attributes", Message(&KEY_VALUE), Repeated),
        row(2, "dropped_attributes_count", "droppedAttributesCount", Uint32, Single),
        row(3, "entity_refs", "entityRefs", Message(&ENTITY_REF), Repeated),
    ],
};

/// `common.v1.InstrumentationScope`.
pub static INSTRUMENTATION_SCOPE: Message = Message {
    name: "InstrumentationScope",
    fields: &[
        row(1, "name", "name", String, Single),
        row(2, "version", "version", String, Single),
        row(3, "attributes", "attributes", Message(&KEY_VALUE), Repeated),
        row(4, "dropped_attributes_count", "droppedAttributesCount", Uint32, Single),
    ],
};

/// `common.v1.EntityRef`.
pub static ENTITY_REF: Message = Message {
    name: "EntityRef",
    fields: &[
        row(1, "schema_url", "schemaUrl", String, Single),
        row(2, "type", "type", String, Single),
        row(3, "id_keys", "idKeys", String, Repeated),
        row(4, "description_keys", "descriptionKeys", String, Repeated),
    ],
};

/// `common.v1.KeyValue`.
pub static KEY_VALUE: Message = Message {
    name: "KeyValue",
    fields: &[
        row(1, "key", "key", String, Single),
        row(2, "value", "value", Message(&ANY_VALUE), Single),
        row(3, "key_strindex", "keyStrindex", Int32, Single),
    ],
};

/// `common.v1.AnyValue`.
pub static ANY_VALUE: Message = Message {
    name: "AnyValue",
    fields: &[
        row(1, "string_value", "stringValue", String, OneOf),
        row(2, "bool_value", "boolValue", Bool, OneOf),
        row(3, "int_value", "intValue", Int64, OneOf),
        row(4, "double_value", "doubleValue", Double, OneOf),
        row(5, "array_value", "arrayValue", Message(&ARRAY_VALUE), OneOf),
        row(6, "kvlist_value", "kvlistValue", Message(&KEY_VALUE_LIST), OneOf),
        row(7, "bytes_value", "bytesValue", Bytes, OneOf),
        row(8, "string_value_strindex", "stringValueStrindex", Int32, OneOf),
    ],
};

/// `common.v1.ArrayValue`.
pub static ARRAY_VALUE: Message = Message {
    name: "ArrayValue",
    fields: &[row(1, "values", "values", Message(&ANY_VALUE), Repeated)],
};

/// `common.v1.KeyValueList`.
pub static KEY_VALUE_LIST: Message = Message {
    name: "KeyValueList",
    fields: &[row(1, "values", "values", Message(&KEY_VALUE), Repeated)],
};
