//! The enumerations of OTLP.

use super::Enum;

/// `trace.v1.Span.SpanKind`.
pub static SPAN_KIND: Enum = Enum {
    name: "SpanKind",
    values: &[
        ("SPAN_KIND_UNSPECIFIED", 0),
        ("SPAN_KIND_INTERNAL", 1),
        ("SPAN_KIND_SERVER", 2),
        ("SPAN_KIND_CLIENT", 3),
        ("SPAN_KIND_PRODUCER", 4),
        ("SPAN_KIND_CONSUMER", 5),
    ],
};

/// `trace.v1.Status.StatusCode`.
pub static STATUS_CODE: Enum = Enum {
    name: "StatusCode",
    values: &[("STATUS_CODE_UNSET", 0), ("STATUS_CODE_OK", 1), ("STATUS_CODE_ERROR", 2)],
};

/// `metrics.v1.AggregationTemporality`.
pub static AGGREGATION_TEMPORALITY: Enum = Enum {
    name: "AggregationTemporality",
    values: &[
        ("AGGREGATION_TEMPORALITY_UNSPECIFIED", 0),
        ("AGGREGATION_TEMPORALITY_DELTA", 1),
        ("AGGREGATION_TEMPORALITY_CUMULATIVE", 2),
    ],
};

/// `logs.v1.SeverityNumber`.
pub static SEVERITY_NUMBER: Enum = Enum {
    name: "SeverityNumber",
    values: &[
        ("SEVERITY_NUMBER_UNSPECIFIED", 0),
        ("SEVERITY_NUMBER_TRACE", 1),
        ("SEVERITY_NUMBER_TRACE2", 2),
        ("SEVERITY_NUMBER_TRACE3", 3),
        ("SEVERITY_NUMBER_TRACE4", 4),
        ("SEVERITY_NUMBER_DEBUG", 5),
        ("SEVERITY_NUMBER_DEBUG2", 6),
        ("SEVERITY_NUMBER_DEBUG3", 7),
        ("SEVERITY_NUMBER_DEBUG4", 8),
        ("SEVERITY_NUMBER_INFO", 9),
        ("SEVERITY_NUMBER_INFO2", 10),
        ("SEVERITY_NUMBER_INFO3", 11),
        ("SEVERITY_NUMBER_INFO4", 12),
        ("SEVERITY_NUMBER_WARN", 13),
        ("SEVERITY_NUMBER_WARN2", 14),
        ("SEVERITY_NUMBER_WARN3", 15),
        ("SEVERITY_NUMBER_WARN4", 16),
        ("SEVERITY_NUMBER_ERROR", 17),
        ("SEVERITY_NUMBER_ERROR2", 18),
        ("SEVERITY_NUMBER_ERROR3", 19),
        ("SEVERITY_NUMBER_ERROR4", 20),
        ("SEVERITY_NUMBER_FATAL", 21),
        ("SEVERITY_NUMBER_FATAL2", 22),
        ("SEVERITY_NUMBER_FATAL3", 23),
        ("SEVERITY_NUMBER_FATAL4", 24),
    ],
};
