"""Sends known telemetry with the Python SDK: emit.py PROTOCOL ENDPOINT FILE.

PROTOCOL is grpc, http/protobuf or http/json; FILE gets what was sent, as OTLP JSON (see said.py).
Exit code 1 if an export did not succeed.
"""

import importlib
import json
import sys

import said
from opentelemetry import trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.metrics import Observation
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.trace.span import TraceState

PACKAGES = {
    "grpc": "opentelemetry.exporter.otlp.proto.grpc",
    "http/protobuf": "opentelemetry.exporter.otlp.proto.http",
    "http/json": "opentelemetry.exporter.otlp.json.http",
}
MODULES = {
    "traces": ("trace_exporter", "OTLPSpanExporter"),
    "metrics": ("metric_exporter", "OTLPMetricExporter"),
    "logs": ("_log_exporter", "OTLPLogExporter"),
}
NEVER_MS = 3_600_000
START = 1_767_225_600_123_456_789

ATTRIBUTES = {
    "text": "plain",
    "text.empty": "",
    "text.unicode": "Grüße, 世界 🚦 \u0000\u001f\"\\/",
    "yes": True,
    "no": False,
    "zero": 0,
    "int.max": 2**63 - 1,
    "int.min": -(2**63),
    "double": 0.1,
    "double.whole": 3.0,
    "double.tiny": 5e-324,
    "double.infinite": float("-inf"),
    "double.nan": float("nan"),
    "bytes": bytes(range(256)),
    "bytes.empty": b"",
    "texts": ["a", "", "ß"],
    "flags": [True, False],
    "ints": [1, -1, 2**53 + 1],
    "doubles": [1.5, -2.0],
    "array.empty": [],
    "nested": {"tool": {"name": "search", "arguments": [1, "two", {"three": 3.0}]}, "none": None},
}


def exporter(protocol, signal, endpoint, kept, failures):
    """The SDK's exporter for one signal, which also keeps what it is given."""
    module, name = MODULES[signal]
    made = getattr(importlib.import_module(f"{PACKAGES[protocol]}.{module}"), name)
    if protocol == "grpc":
        built = made(endpoint=endpoint, insecure=True)
    else:
        built = made(endpoint=f"{endpoint}/v1/{signal}")
    export = built.export

    def keep_and_export(batch, *arguments, **options):
        kept.append(batch)
        result = export(batch, *arguments, **options)
        if result.name != "SUCCESS":
            failures.append(f"{signal}: {result}")
        return result

    built.export = keep_and_export
    return built


def emit_spans(provider):
    """All span kinds, statuses, events, links, a remote parent with a trace state. Gives the context
    of a sampled span that metrics and logs are recorded under."""
    tracer = provider.get_tracer("agent.ünit", "1.2.3", "https://example.test/schema/1", {"scope.key": [1, 2]})
    state = TraceState([("vendor", "a:1"), ("other", "b")])
    remote = SpanContext(0x0102030405060708090A0B0C0D0E0F10, 0xA1A2A3A4A5A6A7A8, True, TraceFlags(1), state)
    linked = SpanContext(0xFF << 120, 0xFE << 56, False, TraceFlags(0))
    parent = trace.set_span_in_context(NonRecordingSpan(remote))
    root = tracer.start_span(
        "invoke_agent 🤖",
        parent,
        SpanKind.SERVER,
        ATTRIBUTES,
        [Link(remote, {"link.key": "yes"}), Link(linked)],
        start_time=START,
    )
    root.add_event("choice", {"index": 0, "text": "ünï"}, START + 1)
    root.add_event("bare", None, START + 2)
    root.set_status(Status(StatusCode.ERROR, "tool failed: 'x'"))
    inside = trace.set_span_in_context(root)
    for at, kind in enumerate(SpanKind):
        child = tracer.start_span(f"child {kind.name}", inside, kind, {"at": at}, start_time=START + at)
        child.set_status(StatusCode.OK if at % 2 else StatusCode.UNSET)
        child.end(START + 1000 + at)
    root.end(START + 5000)
    provider.get_tracer("bare").start_span("", start_time=START).end(START)
    return inside


def emit_metrics(provider, inside):
    """Every instrument, with exemplars, of both number types, and both kinds of histogram."""
    meter = provider.get_meter("agent.meter", "2", "https://example.test/schema/2", {"m": True})
    meter.create_counter("tokens", "{token}", "Tokens, gezählt").add(7, {"model": "m-1"}, context=inside)
    meter.create_counter("cost", "USD").add(0.0125, ATTRIBUTES, context=inside)
    active = meter.create_up_down_counter("active")
    active.add(3, {"n": 1}, context=inside)
    active.add(-5, {"n": 1}, context=inside)
    meter.create_gauge("temperature").set(-0.0, {"of": "room"}, context=inside)
    meter.create_gauge("whole").set(0, None, context=inside)
    for name in ("duration", "exponential"):
        histogram = meter.create_histogram(name, "s", "How long", explicit_bucket_boundaries_advisory=[0.1, 1, 10])
        for amount in (0.05, 0.5, 5.0, 50.0, 0.0):
            histogram.record(amount, {"op": "chat"}, context=inside)
    meter.create_histogram("sizes").record(12, {"op": "whole"}, context=inside)

    def observe(_):
        return [Observation(1, {"shard": 1}), Observation(2**62, {"shard": 2})]

    meter.create_observable_counter("observed", [observe])
    meter.create_observable_gauge("observed.gauge", [observe])
    meter.create_observable_up_down_counter("observed.updown", [observe])


def emit_logs(provider, inside):
    """A body of every type, every severity, events, records inside and outside a span."""
    logger = provider.get_logger("agent.logger", "3", "https://example.test/schema/3", {"l": 1.5})
    bodies = [*ATTRIBUTES.values(), None, ATTRIBUTES]
    severities = list(SeverityNumber)
    for at, body in enumerate(bodies):
        severity = severities[at % len(severities)]
        logger.emit(
            LogRecord(
                timestamp=START + at,
                observed_timestamp=START + 10_000 + at,
                context=inside if at % 2 else None,
                severity_number=severity,
                severity_text=severity.name,
                body=body,
                attributes=ATTRIBUTES if at % 3 else {},
                event_name="gen_ai.évent" if at % 5 == 0 else None,
            )
        )


def main(protocol, endpoint, file):
    """Emits all three signals and writes down what was sent."""
    attributes = {"service.name": "sdk-test", "service.instance.id": "π", "res": ["a"]}
    resource = Resource(attributes, "https://example.test/r")
    kept, failures = {signal: [] for signal in MODULES}, []
    exporters = {signal: exporter(protocol, signal, endpoint, kept[signal], failures) for signal in MODULES}

    spans = TracerProvider(resource=resource)
    spans.add_span_processor(BatchSpanProcessor(exporters["traces"]))
    views = [
        View(Histogram, "exponential", aggregation=ExponentialBucketHistogramAggregation()),
        # What a view takes off a point goes to the point's exemplar.
        View(Counter, "cost", attribute_keys={"text"}),
    ]
    reader = PeriodicExportingMetricReader(exporters["metrics"], export_interval_millis=NEVER_MS)
    measures = MeterProvider([reader], resource=resource, views=views)
    logs = LoggerProvider(resource=resource)
    logs.add_log_record_processor(BatchLogRecordProcessor(exporters["logs"]))

    inside = emit_spans(spans)
    emit_metrics(measures, inside)
    emit_logs(logs, inside)
    for provider in (spans, measures, logs):
        provider.shutdown()
    with open(file, "w", encoding="utf-8") as out:
        json.dump({signal: getattr(said, signal)(kept[signal]) for signal in MODULES}, out)
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main(*sys.argv[1:])
