"""Sends one span for each line on stdin with the Python SDK and answers with a line on stdout.

A line is JSON: protocol (grpc, http), endpoint, name, and if wanted ca, cert, key (files), headers, seconds
(the longest wait).
The answer is `ok` or `refused`, and why as far as the SDK's log says.
"""

import json
import logging
import sys
from pathlib import Path

import grpc
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as Grpc
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as Http
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor


class Said(logging.Handler):
    """What the SDK complains of."""

    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


def exporter(row):
    """The SDK's own, as a user would set it up."""
    common = {"headers": row.get("headers"), "timeout": row.get("seconds", 20)}
    files = {name: row.get(name) for name in ("ca", "key", "cert")}
    if row["protocol"] == "http":
        return Http(
            endpoint=f"{row['endpoint']}/v1/traces", certificate_file=files["ca"], client_key_file=files["key"],
            client_certificate_file=files["cert"], **common,
        )  # fmt: skip
    if not row["endpoint"].startswith("https"):
        return Grpc(endpoint=row["endpoint"], insecure=True, **common)
    read = {name: Path(file).read_bytes() if file else None for name, file in files.items()}
    credentials = grpc.ssl_channel_credentials(read["ca"], read["key"], read["cert"])
    return Grpc(endpoint=row["endpoint"], credentials=credentials, **common)


def send(row):
    """One span."""
    results = []
    made = exporter(row)
    export = made.export
    made.export = lambda *given, **named: results.append(export(*given, **named)) or results[-1]
    provider = TracerProvider(resource=Resource({"service.name": "secured"}))
    provider.add_span_processor(SimpleSpanProcessor(made))
    provider.get_tracer("secured").start_span(row["name"]).end()
    provider.shutdown()
    return "ok" if [it.name for it in results] == ["SUCCESS"] else "refused"


def main():
    """Until stdin ends."""
    said = Said()
    logging.getLogger().addHandler(said)
    for line in sys.stdin:
        said.lines.clear()
        answer = send(json.loads(line))
        print(json.dumps([answer, "; ".join(said.lines)[:500]]), flush=True)


if __name__ == "__main__":
    main()
