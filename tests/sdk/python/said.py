"""What the SDK was asked to send, as OTLP JSON, taken from the SDK's own objects and not from its
encoders. The rules of the encoding (flags, absent starts of gauges) are written out here again."""

import base64
from collections.abc import Mapping, Sequence

from opentelemetry.sdk.metrics.export import ExponentialHistogram, Gauge, Histogram, Sum

HAS_IS_REMOTE, IS_REMOTE = 0x100, 0x200


def value(given):
    """An AnyValue."""
    if given is None:
        return {}
    for kind, name in ((bool, "boolValue"), (str, "stringValue"), (float, "doubleValue")):
        if isinstance(given, kind):
            return {name: given}
    if isinstance(given, int):
        return {"intValue": str(given)}
    if isinstance(given, bytes):
        return {"bytesValue": base64.b64encode(given).decode()}
    if isinstance(given, Mapping):
        return {"kvlistValue": {"values": attributes(given)}}
    if isinstance(given, Sequence):
        return {"arrayValue": {"values": [value(item) for item in given]}}
    raise TypeError(f"no OTLP value for {type(given)}")


def attributes(given):
    """A list of KeyValue."""
    return [{"key": key, "value": value(it)} for key, it in (given or {}).items()]


def resource(given):
    """A Resource."""
    return {"attributes": attributes(given.attributes)}


def scope(given):
    """An InstrumentationScope."""
    return {"name": given.name, "version": given.version or "", "attributes": attributes(given.attributes)}


def traces(batches):
    """An ExportTraceServiceRequest: each span under a resource and scope of its own."""
    return {
        "resourceSpans": [
            _under(it.resource, it.instrumentation_scope, "scopeSpans", "spans", [span(it)])
            for batch in batches
            for it in batch
        ]
    }


def logs(batches):
    """An ExportLogsServiceRequest."""
    return {
        "resourceLogs": [
            _under(it.resource, it.instrumentation_scope, "scopeLogs", "logRecords", [log_record(it)])
            for batch in batches
            for it in batch
        ]
    }


def metrics(batches):
    """An ExportMetricsServiceRequest."""
    return {
        "resourceMetrics": [
            _under(of.resource, it.scope, "scopeMetrics", "metrics", [metric(one) for one in it.metrics])
            for batch in batches
            for of in batch.resource_metrics
            for it in of.scope_metrics
        ]
    }


def _under(of_resource, of_scope, scopes_key, records_key, records):
    inner = {"scope": scope(of_scope), "schemaUrl": of_scope.schema_url or "", records_key: records}
    return {"resource": resource(of_resource), "schemaUrl": of_resource.schema_url, scopes_key: [inner]}


def _flags(context):
    return HAS_IS_REMOTE | (IS_REMOTE if context and context.is_remote else 0)


def _ids(context):
    return {"traceId": f"{context.trace_id:032x}", "spanId": f"{context.span_id:016x}"}


def span(it):
    """A Span."""
    return {
        **_ids(it.context),
        "parentSpanId": f"{it.parent.span_id:016x}" if it.parent else "",
        "traceState": it.context.trace_state.to_header(),
        "flags": _flags(it.parent),
        "name": it.name,
        "kind": it.kind.value + 1,
        "startTimeUnixNano": it.start_time,
        "endTimeUnixNano": it.end_time,
        "attributes": attributes(it.attributes),
        "droppedAttributesCount": it.dropped_attributes,
        "droppedEventsCount": it.dropped_events,
        "droppedLinksCount": it.dropped_links,
        "status": {"code": it.status.status_code.value, "message": it.status.description},
        "events": [
            {
                "name": event.name,
                "timeUnixNano": event.timestamp,
                "attributes": attributes(event.attributes),
                "droppedAttributesCount": event.dropped_attributes,
            }
            for event in it.events
        ],
        # This SDK does not put the trace state of a link on the wire.
        "links": [
            {**_ids(link.context), "flags": _flags(link.context), "attributes": attributes(link.attributes)}
            for link in it.links
        ],
    }


def log_record(it):
    """A LogRecord."""
    record = it.log_record
    return {
        "timeUnixNano": record.timestamp,
        "observedTimeUnixNano": record.observed_timestamp,
        "traceId": f"{record.trace_id:032x}" if record.trace_id else "",
        "spanId": f"{record.span_id:016x}" if record.span_id else "",
        "flags": int(record.trace_flags or 0),
        "severityNumber": record.severity_number.value if record.severity_number else 0,
        "severityText": record.severity_text,
        "body": value(record.body),
        "eventName": record.event_name,
        "attributes": attributes(record.attributes),
        "droppedAttributesCount": it.dropped_attributes,
    }


def metric(it):
    """A Metric."""
    described = {"name": it.name, "description": it.description, "unit": it.unit}
    points, data = it.data.data_points, it.data
    if isinstance(data, Gauge):
        # This SDK sends no start time for a gauge.
        return {**described, "gauge": {"dataPoints": [{**_number(p), "startTimeUnixNano": 0} for p in points]}}
    aggregated = {"aggregationTemporality": int(data.aggregation_temporality)}
    if isinstance(data, Sum):
        aggregated |= {"isMonotonic": data.is_monotonic, "dataPoints": [_number(p) for p in points]}
        return {**described, "sum": aggregated}
    if isinstance(data, Histogram):
        return {**described, "histogram": {**aggregated, "dataPoints": [_histogram(p) for p in points]}}
    if isinstance(data, ExponentialHistogram):
        return {
            **described,
            "exponentialHistogram": {**aggregated, "dataPoints": [_exponential(p) for p in points]},
        }
    raise TypeError(f"no OTLP metric for {type(data)}")


def _point(it):
    return {
        "attributes": attributes(it.attributes),
        "startTimeUnixNano": it.start_time_unix_nano,
        "timeUnixNano": it.time_unix_nano,
        "exemplars": [_exemplar(one) for one in it.exemplars],
    }


def _amount(given):
    return {"asInt": str(given)} if isinstance(given, int) else {"asDouble": given}


def _number(it):
    return {**_point(it), **_amount(it.value)}


def _histogram(it):
    return {
        **_point(it),
        "count": it.count,
        "sum": it.sum,
        "min": it.min,
        "max": it.max,
        "bucketCounts": list(it.bucket_counts),
        "explicitBounds": list(it.explicit_bounds),
    }


def _exponential(it):
    def buckets(given):
        return {"offset": given.offset, "bucketCounts": list(given.bucket_counts)} if given.bucket_counts else {}

    return {
        **_point(it),
        "count": it.count,
        "sum": it.sum,
        "min": it.min,
        "max": it.max,
        "scale": it.scale,
        "zeroCount": it.zero_count,
        "positive": buckets(it.positive),
        "negative": buckets(it.negative),
        "flags": it.flags,
    }


def _exemplar(it):
    ids = {"traceId": f"{it.trace_id:032x}", "spanId": f"{it.span_id:016x}"} if it.trace_id else {}
    return {
        **ids,
        "timeUnixNano": it.time_unix_nano,
        "filteredAttributes": attributes(it.filtered_attributes),
        **_amount(it.value),
    }
