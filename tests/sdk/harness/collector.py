"""The Go collector before Tollgate, behind it, and in its place.

The recorded requests are posted to the first collector. What the Go collector alone reads from the
same bytes is the measure for what comes out at the end.
"""

from . import environments
from .canonical import SIGNALS, difference, records
from .clients import lines
from .http import JSON, PROTOBUF, post
from .process import Collector, Failure, free_ports

CONFIGS = environments.SOURCE / "configs"
DATA = environments.TOP / "tests" / "data"
# The examples of the OTLP specification, by the signal they are of.
EXAMPLES = {"trace.json": "traces", "metrics.json": "metrics", "logs.json": "logs", "events.json": "logs"}

# name: the config of the sender, the encoding it uses.
HOPS = {
    "grpc": ("to-grpc.yaml", "proto"),
    "http/protobuf": ("to-http.yaml", "proto"),
    "http/json": ("to-http.yaml", "json"),
}


def run(tollgate, report):
    """Both directions over every hop, and the same edits by both; each signal is one line."""
    try:
        otelcol = environments.otelcol()
    except environments.Skipped as reason:
        report.skipped("go", reason)
        return
    try:
        passed_on = _alone(otelcol, "to-file.yaml", "otelcol alone")
        edited = _alone(otelcol, "edited-to-file.yaml", "otelcol alone, edited")
    except Failure as failure:
        report.failed("go", "otelcol alone", "all", str(failure))
        return
    for hop in HOPS:
        for route, pair in (("otelcol -> tollgate", (otelcol, tollgate)), ("tollgate -> otelcol", (tollgate, otelcol))):
            route = f"{route} {hop} gzip"
            _compare(report, route, passed_on, lambda: _relay(route, hop, *pair))
    _compare(report, "same edits", edited, lambda: _alone(tollgate, "edited-to-file.yaml", "same edits"))


def _compare(report, route, expected, arrive):
    try:
        got = arrive()
    except Failure as failure:
        for signal in SIGNALS:
            report.failed("go", route, signal, str(failure))
        return
    for signal in SIGNALS:
        problem = difference(expected[signal], got[signal]) or (None if expected[signal] else "nothing was recorded")
        report.outcome("go", route, signal, problem, f"{len(expected[signal])} records")


def _post_recorded(port):
    for file in sorted((DATA / "otlp").glob("*.pb")):
        post(port, file.suffixes[-2].lstrip("."), file.read_bytes(), PROTOBUF)
    for file in sorted((DATA / "otlp").glob("*.jsonl")):
        for request in file.read_bytes().splitlines():
            post(port, file.suffixes[-2].lstrip("."), request, JSON)
    for name, signal in EXAMPLES.items():
        post(port, signal, (DATA / "otlp-json" / name).read_bytes(), JSON)


def _work(name):
    work = environments.TARGET / "work" / "go" / "".join(it if it.isalnum() else "-" for it in name)
    work.mkdir(parents=True, exist_ok=True)
    for old in work.glob("*.jsonl*"):
        old.unlink()
    return work


def _by_signal(work):
    arrived = [request for file in sorted(work.glob("arrived.jsonl*")) for request in lines(file)]
    return {signal: records(signal, arrived) for signal in SIGNALS}


def _alone(binary, config, name):
    """What one collector makes of the recorded requests, by signal."""
    work, (grpc, http) = _work(name), free_ports(2)
    variables = {"GRPC_PORT": grpc, "HTTP_PORT": http, "FILE": work / "arrived.jsonl"}
    with Collector(binary, CONFIGS / config, variables, [grpc, http], work / "collector.log"):
        _post_recorded(http)
    return _by_signal(work)


def _relay(route, hop, first, second):
    """Posts everything to `first`, which sends it to `second`; gives what is in the file of `second`."""
    work, (grpc, http, next_grpc, next_http) = _work(route), free_ports(4)
    config, encoding = HOPS[hop]
    behind = {"GRPC_PORT": next_grpc, "HTTP_PORT": next_http, "FILE": work / "arrived.jsonl"}
    before = {
        "GRPC_PORT": grpc, "HTTP_PORT": http, "FILE": work / "sent.jsonl",
        "NEXT_GRPC_PORT": next_grpc, "NEXT_HTTP_PORT": next_http, "ENCODING": encoding,
    }  # fmt: skip
    # The sender ends first, and empties its queue before it does.
    with Collector(second, CONFIGS / "to-file.yaml", behind, [next_grpc, next_http], work / "second.log"):
        with Collector(first, CONFIGS / config, before, [grpc, http], work / "first.log"):
            _post_recorded(http)
    return _by_signal(work)
