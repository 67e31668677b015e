"""What the Python programmes share: python PROGRAMME.py MODEL_URL DESTINATION...

A destination is `grpc=URL` or `http=URL`. Over gRPC spans leave in batches, over HTTP each span is a request of its
own, as soon as it ends: the totals must not depend on it. Exit code 1 if an export did not succeed.
"""

import asyncio
import os
import sys

from opentelemetry import _logs, metrics, trace
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogs
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcMetrics
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpans
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HttpLogs
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HttpMetrics
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpans
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor

NEVER_MS = 3_600_000
EXPORTERS = {
    "grpc": {"traces": GrpcSpans, "logs": GrpcLogs, "metrics": GrpcMetrics},
    "http": {"traces": HttpSpans, "logs": HttpLogs, "metrics": HttpMetrics},
}
PROCESSORS = {
    "grpc": (BatchSpanProcessor, BatchLogRecordProcessor),
    "http": (SimpleSpanProcessor, SimpleLogRecordProcessor),
}


def run(programme):
    """Gives the programme the model's URL with telemetry on, sends the rest at the end."""
    model, *destinations = sys.argv[1:]
    # The clients want a key, nobody checks it, and a real one has no business here.
    os.environ.update(dict.fromkeys(("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY"), "none"))
    failures = []
    providers = _providers(destinations, failures)
    done = programme(model)
    if asyncio.iscoroutine(done):
        asyncio.run(done)
    for provider in providers:
        provider.shutdown()
    if failures:
        sys.exit("\n".join(failures))


def _providers(destinations, failures):
    resource = Resource({"service.name": "agent", "service.instance.id": "agent-1"})
    spans, logs, readers = TracerProvider(resource=resource), LoggerProvider(resource=resource), []
    for destination in destinations:
        protocol, _, url = destination.partition("=")
        exporters = {
            signal: made(endpoint=url, insecure=True) if protocol == "grpc" else made(endpoint=f"{url}/v1/{signal}")
            for signal, made in EXPORTERS[protocol].items()
        }
        for exporter in exporters.values():
            _watch(exporter, destination, failures)
        of_spans, of_logs = PROCESSORS[protocol]
        spans.add_span_processor(of_spans(exporters["traces"]))
        logs.add_log_record_processor(of_logs(exporters["logs"]))
        readers.append(PeriodicExportingMetricReader(exporters["metrics"], export_interval_millis=NEVER_MS))
    measures = MeterProvider(readers, resource=resource)
    trace.set_tracer_provider(spans)
    _logs.set_logger_provider(logs)
    metrics.set_meter_provider(measures)
    return spans, logs, measures


def _watch(exporter, destination, failures):
    export = exporter.export

    def export_and_look(batch, *arguments, **options):
        result = export(batch, *arguments, **options)
        if result.name != "SUCCESS":
            failures.append(f"{destination}: {result}")
        return result

    exporter.export = export_and_look
