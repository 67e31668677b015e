"""The Go collector before and behind Tollgate.

One recorded request at a time is posted to the first collector. Both collectors write what they
received to a file; what the Go collector reads from the recorded bytes is the measure.
"""

from . import environments
from .canonical import SIGNALS, difference, records
from .clients import lines
from .http import JSON, PROTOBUF, post
from .process import Collector, Failure, free_ports

RECORDED = environments.TOP / "tests" / "data" / "otlp"
SUFFIXES = {".pb": PROTOBUF, ".jsonl": JSON}

# name: the config of the sender, the encoding it uses.
HOPS = {
    "grpc": ("to-grpc.yaml", "proto"),
    "http/protobuf": ("to-http.yaml", "proto"),
    "http/json": ("to-http.yaml", "json"),
}


def run(tollgate, report):
    """Both directions over every hop; each signal is one line of the report."""
    try:
        otelcol = environments.otelcol()
    except environments.Skipped as reason:
        report.skipped("go", reason)
        return
    try:
        measure = _measure(otelcol)
    except Failure as failure:
        report.failed("go", "alone", "all", str(failure))
        return
    for hop in HOPS:
        _case(report, f"otelcol -> tollgate {hop}", hop, (otelcol, tollgate), measure)
        _case(report, f"tollgate -> otelcol {hop}", hop, (tollgate, otelcol), measure)


def _case(report, route, hop, pair, measure):
    try:
        arrived = _relay(route, hop, *pair)
    except Failure as failure:
        for signal in SIGNALS:
            report.failed("go", route, signal, str(failure))
        return
    for signal in SIGNALS:
        expected, got = measure[signal], records(signal, arrived)
        problem = difference(expected, got) or (None if expected else "nothing was recorded")
        if problem:
            report.failed("go", route, signal, problem)
        else:
            report.passed("go", route, signal, f"{len(expected)} records")


def _post_recorded(port):
    for file in sorted(RECORDED.iterdir()):
        content_type = SUFFIXES.get(file.suffix)
        if content_type is None:
            continue
        signal, body = file.suffixes[-2].lstrip("."), file.read_bytes()
        for request in body.splitlines() if content_type == JSON else [body]:
            post(port, signal, request, content_type)


def _work(name):
    work = environments.TARGET / "work" / "go" / name.replace(" ", "").replace("/", "-").replace(">", "")
    work.mkdir(parents=True, exist_ok=True)
    for old in work.glob("*.jsonl"):
        old.unlink()
    return work


def _measure(otelcol):
    """What the Go collector reads from the recorded requests, by signal."""
    work, (grpc, http) = _work("alone"), free_ports(2)
    variables = {"GRPC_PORT": grpc, "HTTP_PORT": http, "FILE": work / "arrived.jsonl"}
    config = environments.SOURCE / "configs" / "to-file.yaml"
    with Collector(otelcol, config, variables, [grpc, http], work / "otelcol.log"):
        _post_recorded(http)
    arrived = lines(work / "arrived.jsonl")
    return {signal: records(signal, arrived) for signal in SIGNALS}


def _relay(route, hop, first, second):
    """Posts everything to `first`, which sends it to `second`; gives what is in the file of `second`."""
    work, (grpc, http, next_grpc, next_http) = _work(route), free_ports(4)
    name, encoding = HOPS[hop]
    configs = environments.SOURCE / "configs"
    behind = {"GRPC_PORT": next_grpc, "HTTP_PORT": next_http, "FILE": work / "arrived.jsonl"}
    before = {
        "GRPC_PORT": grpc, "HTTP_PORT": http, "FILE": work / "sent.jsonl",
        "NEXT_GRPC_PORT": next_grpc, "NEXT_HTTP_PORT": next_http, "ENCODING": encoding,
    }  # fmt: skip
    # The sender ends first, and empties its queue before it does.
    with Collector(second, configs / "to-file.yaml", behind, [next_grpc, next_http], work / "second.log"):
        with Collector(first, configs / name, before, [grpc, http], work / "first.log"):
            _post_recorded(http)
    return lines(work / "arrived.jsonl")
