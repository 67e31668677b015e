"""Fields nobody knows yet, at every level of a request, on their way through Tollgate.

The requests are made by hand here, byte by byte. Unedited they arrive identical; edited by two
processors, each unknown field still is in the message it came in.
"""

from . import environments
from .canonical import SIGNALS
from .http import Sink, post
from .process import Collector, Failure, free_ports

# Not used by any OTLP message (1000 once was); the last is the largest number protobuf allows.
UNKNOWN_NUMBERS = (1500, 2000, 536_870_911)
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def run(tollgate, report):
    """Unedited over HTTP, unedited over gRPC and HTTP, edited; each signal is one line of the report."""
    cases = {"http as it came": _over_http, "grpc as it came": _over_grpc, "edited": _edited}
    for route, case in cases.items():
        for signal in SIGNALS:
            request, marks = REQUESTS[signal]()
            try:
                arrived = case(tollgate, signal, request)
            except Failure as failure:
                report.failed("wire", route, signal, str(failure))
                continue
            problem = _lost(arrived, marks) if case is _edited else _changed(request, arrived)
            report.outcome("wire", route, signal, problem, f"{len(marks)} unknown fields in {len(request)} bytes")


def _changed(request, arrived):
    if request == arrived:
        return None
    shorter = min(len(request), len(arrived))
    at = next((at for at in range(shorter) if request[at] != arrived[at]), shorter)
    return f"{len(request)} bytes sent, {len(arrived)} arrived, different from byte {at}"


def _lost(arrived, marks):
    lost = [mark for mark in marks if arrived.count(mark) != 1]
    if lost:
        return f"{len(lost)} of {len(marks)} unknown fields are not there once: {lost[0]!r}"
    return None if arrived.count(b"by tollgate") >= 2 else "the request was not edited"


def _over_http(tollgate, signal, request):
    with Sink() as sink:
        variables = {"EXPORTER": "otlp_http", "NEXT_GRPC_PORT": 1}
        _through(tollgate, signal, request, "unknown-pass.yaml", sink.port, variables)
        return _one(sink)


def _edited(tollgate, signal, request):
    with Sink() as sink:
        _through(tollgate, signal, request, "unknown-edit.yaml", sink.port, {})
        return _one(sink)


def _over_grpc(tollgate, signal, request):
    config, (grpc, http) = environments.SOURCE / "configs" / "unknown-pass.yaml", free_ports(2)
    with Sink() as sink:
        variables = {
            "GRPC_PORT": grpc, "HTTP_PORT": http, "NEXT_HTTP_PORT": sink.port, "NEXT_GRPC_PORT": 1,
            "EXPORTER": "otlp_http",
        }  # fmt: skip
        with Collector(tollgate, config, variables, [grpc, http], _log("second")):
            _through(tollgate, signal, request, config.name, 1, {"EXPORTER": "otlp_grpc", "NEXT_GRPC_PORT": grpc})
        return _one(sink)


def _through(tollgate, signal, request, config, next_http, more):
    grpc, http = free_ports(2)
    variables = {"GRPC_PORT": grpc, "HTTP_PORT": http, "NEXT_HTTP_PORT": next_http, **more}
    with Collector(tollgate, environments.SOURCE / "configs" / config, variables, [grpc, http], _log("tollgate")):
        post(http, signal, request)


def _log(name):
    work = environments.TARGET / "work" / "wire"
    work.mkdir(parents=True, exist_ok=True)
    return work / f"{name}.log"


def _one(sink):
    if len(sink.requests) != 1:
        raise Failure(f"{len(sink.requests)} requests arrived, not 1")
    _path, _content_type, body = sink.requests[0]
    return body


def _varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _field(number, kind, payload):
    length = _varint(len(payload)) if kind == BYTES else b""
    return _varint(number << 3 | kind) + length + payload


class Maker:
    """Makes messages; each gets unknown fields of four wire types (groups are obsolete), with values
    found nowhere else."""

    def __init__(self):
        self.marks = []

    def message(self, *fields):
        """The fields with unknown ones before, between and behind."""
        at = len(self.marks)
        first, middle, last = UNKNOWN_NUMBERS
        unknown = [
            _field(first, VARINT, _varint(0x7_0000_0000 + at)),
            _field(middle, BYTES, b"unknown %05d" % at),
            _field(last, FIXED64, b"u8%06d" % at),
            _field(last, FIXED32, b"%04d" % at),
        ]
        self.marks += unknown
        half = len(fields) // 2
        return b"".join([unknown[0], *fields[:half], unknown[1], *fields[half:], unknown[2], unknown[3]])

    def inside(self, number, *fields):
        """A field that is a message."""
        return _field(number, BYTES, self.message(*fields))

    def attribute(self, number, key):
        """A KeyValue with a list of a text and a map."""
        text = self.inside(1, _field(1, BYTES, b"value"))
        pairs = self.inside(6, self.inside(1, _field(1, BYTES, b"inner"), self.inside(2, _field(3, VARINT, b"\x05"))))
        return self.inside(number, _field(1, BYTES, key), self.inside(2, self.inside(5, text, self.inside(1, pairs))))

    def request(self, *records):
        """A request with one resource and one scope; `records` are fields of the scope's message."""
        resource = self.inside(1, self.attribute(1, b"service.name"))
        scope = self.inside(1, _field(1, BYTES, b"scope"), self.attribute(3, b"scope.key"))
        return self.message(self.inside(1, resource, self.inside(2, scope, *records, _field(3, BYTES, b"schema"))))


TRACE_ID, SPAN_ID, TIME = bytes(range(1, 17)), bytes(range(1, 9)), b"\x15\xcd\x5b\x07\0\0\0\x10"


def _traces():
    maker = Maker()
    event = maker.inside(11, _field(1, FIXED64, TIME), _field(2, BYTES, b"event"), maker.attribute(3, b"event.key"))
    link = maker.inside(13, _field(1, BYTES, TRACE_ID), _field(2, BYTES, SPAN_ID), maker.attribute(4, b"link.key"))
    status = maker.inside(15, _field(2, BYTES, b"message"), _field(3, VARINT, b"\x02"))
    ids = [_field(1, BYTES, TRACE_ID), _field(2, BYTES, SPAN_ID), _field(5, BYTES, b"span")]
    times = [_field(7, FIXED64, TIME), _field(8, FIXED64, TIME)]
    span = maker.inside(2, *ids, *times, maker.attribute(9, b"key"), event, link, status)
    return maker.request(span), maker.marks


def _metrics():
    maker = Maker()
    exemplar = maker.inside(5, _field(2, FIXED64, TIME), _field(3, FIXED64, TIME), maker.attribute(7, b"exemplar.key"))
    point = maker.inside(1, _field(3, FIXED64, TIME), _field(6, FIXED64, TIME), exemplar, maker.attribute(7, b"key"))
    total = maker.inside(7, point, _field(2, VARINT, b"\x02"), _field(3, VARINT, b"\x01"))
    metric = maker.inside(2, _field(1, BYTES, b"metric"), _field(3, BYTES, b"unit"), total)
    return maker.request(metric), maker.marks


def _logs():
    maker = Maker()
    body = maker.inside(5, _field(1, BYTES, b"body"))
    record = maker.inside(2, _field(1, FIXED64, TIME), body, maker.attribute(6, b"key"), _field(9, BYTES, TRACE_ID))
    return maker.request(record), maker.marks


REQUESTS = {"traces": _traces, "metrics": _metrics, "logs": _logs}
