"""The SDKs of two languages send to Tollgate; what is in its file must be what they say they sent."""

import json
import os
import subprocess

from . import environments
from .canonical import SIGNALS, difference, records
from .process import Collector, Failure, free_ports

PROTOCOLS = ("grpc", "http/protobuf", "http/json")
# By word in the report, what the SDKs read from the environment.
COMPRESSIONS = {"": {}, " gzip": {"OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"}}
EMIT_SECONDS = 60

# What the programmes must have sent, so that a test cannot pass by sending little. Words of OTLP JSON.
COVERED = {
    "traces": (
        "traceState parentSpanId flags events links status arrayValue boolValue intValue doubleValue "
        "stringValue resourceSchemaUrl scopeSchemaUrl"
    ),
    "metrics": "sum gauge histogram exponentialHistogram asInt asDouble isMonotonic bucketCounts explicitBounds scale",
    "logs": (
        "severityNumber severityText body eventName traceId observedTimeUnixNano kvlistValue "
        "arrayValue bytesValue boolValue intValue doubleValue stringValue"
    ),
}
# What only one SDK has: JavaScript knows no exemplars, and bytes and maps only in logs.
COVERED_BY = {
    "python": {"traces": "kvlistValue bytesValue", "metrics": "exemplars filteredAttributes"},
    "node": {},
}


def run(language, tollgate, report):
    """All protocols of one language; each signal is one line of the report."""
    try:
        command = _command(language)
    except environments.Skipped as reason:
        report.skipped(language, reason)
        return
    for protocol in PROTOCOLS:
        for compression, variables in COMPRESSIONS.items():
            route = f"{protocol}{compression}"
            try:
                said, arrived = _exchange(command, (language, protocol, compression), variables, tollgate)
            except Failure as failure:
                for signal in SIGNALS:
                    report.failed(language, route, signal, str(failure))
                continue
            for signal in SIGNALS:
                expected, got = records(signal, [said[signal]]), records(signal, arrived)
                problem = _uncovered(language, signal, expected) or difference(expected, got)
                report.outcome(language, route, signal, problem, f"{len(expected)} records")


def _command(language):
    if language == "python":
        return [str(environments.python()), str(environments.SOURCE / "python" / "emit.py")]
    return ["node", str(environments.node() / "emit.mjs")]


def _exchange(command, case, variables, tollgate):
    """Runs the programme against a Tollgate; gives what it said it sent and the file's requests."""
    language, protocol, compression = case
    work = environments.TARGET / "work" / language / f"{protocol}{compression}".replace("/", "-").replace(" ", "-")
    work.mkdir(parents=True, exist_ok=True)
    file, said = work / "arrived.jsonl", work / "said.json"
    for old in (file, said):
        old.unlink(missing_ok=True)
    grpc, http = free_ports(2)
    endpoint = f"http://127.0.0.1:{grpc if protocol == 'grpc' else http}"
    config = environments.SOURCE / "configs" / "to-file.yaml"
    places = {"GRPC_PORT": grpc, "HTTP_PORT": http, "FILE": file}
    with Collector(tollgate, config, places, [grpc, http], work / "tollgate.log"):
        try:
            done = subprocess.run(
                [*command, protocol, endpoint, str(said)],
                env={**os.environ, **variables},
                timeout=EMIT_SECONDS, capture_output=True, text=True, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise Failure(f"the programme did not end within {EMIT_SECONDS} s") from error
    (work / "emit.log").write_text(done.stdout + done.stderr)
    if done.returncode != 0:
        raise Failure(f"the programme failed: {(done.stderr.strip().splitlines() or ['no reason'])[-1]}")
    return _parse(said.read_text(encoding="utf-8")), lines(file)


def lines(file):
    """The requests in a file of OTLP JSON lines."""
    return [_parse(line) for line in file.read_text(encoding="utf-8").splitlines() if line]


def _parse(text):
    """JSON in which `-0` is the double it says and not the integer 0."""
    return json.loads(text, parse_int=lambda digits: -0.0 if digits == "-0" else int(digits))


def _uncovered(language, signal, expected):
    wanted = f"{COVERED[signal]} {COVERED_BY[language].get(signal, '')}".split()
    text = json.dumps(expected)
    absent = [word for word in wanted if f'"{word}"' not in text]
    return f"the programme sent no {', '.join(absent)}" if absent else None
