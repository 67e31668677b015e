#!/usr/bin/env python3
"""Records what the Go collector's `redaction` makes of the requests below, for the tests of ours.

    cargo xtask peers && python3 tests/peers/redaction.py

Writes crates/agent-processors/src/redaction/testdata/golden.json: for each case the settings, the
request, and the request as it left the Go collector. Needs Python 3.9 and nothing else.
"""

import json
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

TOP = pathlib.Path(__file__).resolve().parents[2]
OTELCOL = TOP / "target/peers/otelcol"
GOLDEN = TOP / "crates/agent-processors/src/redaction/testdata/golden.json"

ALL = {"allow_all_keys": True}
CARD = "4[0-9]{12}(?:[0-9]{3})?"
MAIL = "[a-z.]+@[a-z]+[.]com"


def value(it):
    if isinstance(it, bool):
        return {"boolValue": it}
    if isinstance(it, int):
        return {"intValue": str(it)}
    if isinstance(it, float):
        return {"doubleValue": it}
    if isinstance(it, list):
        return {"arrayValue": {"values": [value(each) for each in it]}}
    if isinstance(it, dict):
        return {"kvlistValue": {"values": attributes(it)}}
    return {"stringValue": it}


def attributes(pairs):
    return [{"key": key, "value": value(it)} for key, it in pairs.items()]


def span(pairs, name="", kind=3, resource=None, scope=None, **more):
    it = {"traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "0102030405060708", "name": name, "kind": kind,
          "attributes": attributes(pairs), **more}
    scope = {"attributes": attributes(scope or {})}
    return "traces", {"resourceSpans": [{"resource": {"attributes": attributes(resource or {})},
                                         "scopeSpans": [{"scope": scope, "spans": [it]}]}]}


def log(body, pairs=None, **more):
    it = {"timeUnixNano": "1", "body": value(body), "attributes": attributes(pairs or {}), **more}
    return "logs", {"resourceLogs": [{"scopeLogs": [{"logRecords": [it]}]}]}


def metric(pairs, kind="sum", **more):
    point = {"timeUnixNano": "1", "asInt": "5", "attributes": attributes(pairs), **more}
    if kind == "histogram":
        point = {"timeUnixNano": "1", "count": "1", "sum": 2.0, "attributes": attributes(pairs)}
    if kind == "summary":
        point = {"timeUnixNano": "1", "count": "1", "sum": 2.0, "attributes": attributes(pairs)}
    return "metrics", {"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"name": "m", kind: {"dataPoints": [point]}}]}]}]}


URLS = {**ALL, "url_sanitizer": {"enabled": True, "attributes": ["http.url", "url"]}}
QUERIES = {**ALL, "db_sanitizer": {
    "sql": {"enabled": True, "attributes": ["db.statement"]},
    "redis": {"enabled": True, "attributes": ["db.statement"]},
    "memcached": {"enabled": True, "attributes": ["db.statement"]},
    "mongo": {"enabled": True, "attributes": ["db.statement"]},
}}
SQL = {"db.system": "postgresql"}
KEY = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

CASES = [
    ("default removes everything", {}, span({"a": "1", "b": 2}, resource={"service.name": "x"}, scope={"c": "d"})),
    ("default with debug", {"summary": "debug"}, span({"b": "1", "a": 2}, resource={"service.name": "x"})),
    ("default with info", {"summary": "info"}, span({"b": "1", "a": 2})),
    ("allowed keys", {"allowed_keys": ["a", "n"], "summary": "debug"}, span({"a": "1", "b": "2", "n": 3})),
    ("ignored keys", {"ignored_keys": ["safe"], "blocked_values": [CARD], "summary": "debug"},
     span({"safe": "4111111111111111", "b": "2"})),
    ("ignored patterns", {**ALL, "ignored_key_patterns": ["^safe_.*", ".*_trusted$"], "blocked_values": [CARD], "summary": "debug"},
     span({"safe_a": "4111111111111111", "b_trusted": "4111111111111111", "c": "4111111111111111"})),
    ("blocked value in the middle", {**ALL, "blocked_values": [CARD], "summary": "debug"},
     span({"notes": "card 4111111111111111 and 4111111111111 here", "other": "none"})),
    ("two rules in order", {**ALL, "blocked_values": ["[0-9]+@x", "[a-z]+@x"]}, span({"a": "12@x ab@x ab12@x"})),
    ("a later rule sees the mask", {**ALL, "blocked_values": ["secret", "[*]{4} [a-z]+"]}, span({"a": "my secret word"})),
    ("the order of rules counts", {**ALL, "blocked_values": ["abc", "abcd"]}, span({"a": "abcd"})),
    ("blocked keys", {**ALL, "blocked_key_patterns": [".*token.*", "^pw$"], "summary": "debug"},
     span({"api_token": "abc", "pw": "", "x": "y", "token_count": "5"})),
    ("blocked key over removed", {"allowed_keys": ["token"], "blocked_key_patterns": ["token"], "summary": "debug"},
     span({"token": "abc", "token2": "abc"})),
    ("allowed value is the whole value", {**ALL, "blocked_values": [MAIL], "allowed_values": [".+@mycompany[.]com"], "summary": "debug"},
     span({"a": "bob@mycompany.com", "b": "bob@other.com"})),
    ("allowed around blocked", {**ALL, "blocked_values": ["mycompany[.]com"], "allowed_values": ["support[.]mycompany[.]com"], "summary": "debug"},
     span({"a": "support.mycompany.com", "b": "x.mycompany.com"})),
    ("allowed spans words", {**ALL, "blocked_values": ["[A-Z][a-z]+"], "allowed_values": ["John Smith"], "summary": "debug"},
     span({"a": "John Smith"})),
    ("allowed without anything blocked", {**ALL, "blocked_values": [CARD], "allowed_values": ["ok"], "summary": "debug"},
     span({"a": "all ok", "b": "no"})),
    ("hash md5", {**ALL, "blocked_values": [CARD], "hash_function": "md5"}, span({"a": "x 4111111111111111"})),
    ("hash sha1", {**ALL, "blocked_values": [CARD], "hash_function": "sha1"}, span({"a": "x 4111111111111111"})),
    ("hash sha3", {**ALL, "blocked_values": [CARD], "hash_function": "SHA3"}, span({"a": "x 4111111111111111"})),
    ("hash hmac 256", {**ALL, "blocked_values": [CARD], "hash_function": "hmac-sha256", "hmac_key": KEY}, span({"a": "x 4111111111111111"})),
    ("hash hmac 512", {**ALL, "blocked_values": [CARD], "hash_function": "hmac-sha512", "hmac_key": KEY}, span({"a": "x 4111111111111111"})),
    ("hash of a blocked key", {**ALL, "blocked_key_patterns": ["pw"], "hash_function": "md5"}, span({"pw": "hunter2"})),
    ("numbers are left", {**ALL, "blocked_values": [CARD], "summary": "info"}, span({"i": 4111111111111111, "d": 4111111111111.5, "b": True})),
    ("numbers with all types", {**ALL, "blocked_values": [CARD, "true", "e[+]21"], "redact_all_types": True, "summary": "debug"},
     span({"i": 4111111111111111, "d": 0.5, "b": True, "e": 1.5e21, "n": 7})),
    ("events and resource", {**ALL, "blocked_values": [MAIL], "summary": "info"},
     span({"a": "b"}, resource={"r": "a@b.com"}, scope={"s": "a@b.com"}, events=[{"name": "e", "attributes": attributes({"m": "a@b.com"})}])),
    ("events lose keys", {"allowed_keys": ["a"], "summary": "debug"},
     span({"a": "b"}, events=[{"name": "e", "attributes": attributes({"m": "x", "a": "y"})}])),
    ("counts are added", {**ALL, "blocked_values": [MAIL], "summary": "debug"},
     span({"z": "a@b.com", "redaction.masked.keys": "a,b", "redaction.masked.count": 2})),
    ("own attributes stay", {"allowed_keys": ["z"], "summary": "debug"},
     span({"z": "1", "y": "2", "redaction.masked.keys": "a", "redaction.masked.count": 1, "redaction.redacted.keys": "q",
           "redaction.redacted.count": 1, "redaction.ignored.count": 3})),
    ("unicode", {**ALL, "blocked_values": ["mü[a-zß]+", "\\pL+🦀"]}, span({"a": "der müßig Crab🦀 x"})),
    ("ASCII classes", {**ALL, "blocked_values": ["\\d+", "\\w{3,}"]}, span({"a": "ab ١٢٣ 12 äöü cde"})),
    ("word boundary", {**ALL, "blocked_values": ["\\b[a-z]{2}\\b"]}, span({"a": "ab äcd ef-gh"})),
    ("flags", {**ALL, "blocked_values": ["(?i)SECRET", "(?s)BEGIN.*END", "(?m)^line$", "(?U)a+b?"]},
     span({"a": "Secret BEGIN\nx\nEND", "b": "line\nline 2\nline", "c": "aab"})),
    ("odd syntax", {**ALL, "blocked_values": ["\\Qa.b\\E", "x{,2}", "[[:upper:]&&[]{2}", "[a\\]-]c", "\\x{41}\\x42", "\\101\\103"]},
     span({"a": "a.b axb", "b": "x{,2} xx", "c": "A& &&", "d": "]c -c", "e": "AB", "f": "AC"})),
    ("an empty match", {**ALL, "blocked_values": ["x*"]}, span({"a": "axb", "b": ""})),
    ("the end of the text", {**ALL, "blocked_values": ["a$", "\\Ab", "c\\z"]}, span({"a": "a\na", "b": "b b", "c": "c c"})),
    ("log text", {**ALL, "blocked_values": [MAIL], "summary": "debug"}, log("write to a@b.com", {"x": "a@b.com"})),
    ("log text unchanged", {**ALL, "blocked_values": [MAIL], "summary": "debug"}, log("nothing")),
    ("log number", {**ALL, "blocked_values": [CARD], "summary": "debug"}, log(4111111111111111)),
    ("log map", {**ALL, "blocked_values": [MAIL], "blocked_key_patterns": ["token"], "ignored_keys": ["skip"], "summary": "debug"},
     log({"m": "a@b.com", "deep": {"m": "a@b.com", "token": "t", "skip": "a@b.com"}, "list": ["a@b.com", {"m": "a@b.com"}], "n": 5})),
    ("log map loses keys", {"allowed_keys": ["a", "deep", "list"], "summary": "debug"},
     log({"a": "x", "b": "y", "deep": {"a": 1, "c": 2}, "list": [{"a": 1, "d": 2}, 3]})),
    ("log list", {**ALL, "blocked_values": [MAIL], "summary": "info"}, log(["x", "a@b.com", ["a@b.com"]])),
    ("log map allowed", {**ALL, "blocked_values": [MAIL], "allowed_values": ["ok@b.com"], "summary": "debug"},
     log({"m": "ok@b.com", "n": "no@b.com"})),
    ("data points", {**ALL, "blocked_values": [MAIL], "summary": "debug"}, metric({"u": "a@b.com", "v": "x"})),
    ("histogram points", {"allowed_keys": ["v"], "summary": "info"}, metric({"u": "a@b.com", "v": "x"}, kind="histogram")),
    ("summary points", {**ALL, "blocked_values": [MAIL]}, metric({"u": "a@b.com"}, kind="summary")),
    ("gauge points", {**ALL, "blocked_values": [MAIL]}, metric({"u": "a@b.com"}, kind="gauge")),
    ("urls in attributes", {**URLS, "summary": "debug"},
     span({"http.url": "/api/v1/users/123/orders?token=abc", "url": "https://api.example.com/u/5f4dcc3b", "x": "/users/1"}, name="GET")),
    ("urls of words", URLS, span({"url": "/products//org/3", "http.url": "/user_space/hello.world#part"}, name="GET")),
    ("urls that are long", URLS, span({"url": "/a/b/c/d/e/f/g/h/i/j/k", "http.url": "/usuarios/fdklsd/j4elk/23993/trabajo/2"}, name="GET")),
    ("urls in names", URLS, span({}, name="GET /users/123")),
    ("urls in names of internal spans", URLS, span({}, name="GET /users/123", kind=1)),
    ("urls in names with nothing left", URLS, span({}, name="/123/456")),
    ("urls in names of spans with routes", URLS, span({"http.route": "x"}, name="abc 12")),
    ("urls not in names", {**ALL, "url_sanitizer": {"enabled": True, "sanitize_span_name": False}}, span({}, name="GET /users/123")),
    ("sql", QUERIES, span({**SQL, "db.statement": "SELECT * FROM users WHERE id = 42 AND name = 'O''Brien' AND x IN (1, 2.5, 'a')"})),
    ("sql names with digits", QUERIES, span({**SQL, "db.statement": "select a1 from t2 where \"b3\" = 'x' limit 10"})),
    ("sql without a system", QUERIES, span({"db.statement": "select 1"})),
    ("sql of another system", QUERIES, span({"db.system.name": "oracle", "db.statement": "select 1"})),
    ("sql in a name", QUERIES, span(SQL, name="SELECT * FROM t WHERE id = 7")),
    ("redis", QUERIES, span({"db.system": "redis", "db.statement": "SET user:1 secret"})),
    ("redis without arguments", QUERIES, span({"db.system": "redis", "db.statement": "PING"})),
    ("redis lists", QUERIES, span({"db.system": "redis", "db.statement": "HSET h f1 v1 f2 v2"})),
    ("redis secrets", QUERIES, span({"db.system": "redis", "db.statement": "AUTH user password"})),
    ("redis lines", QUERIES, span({"db.system": "redis", "db.statement": "SET a b\nget c"})),
    ("memcached", QUERIES, span({"db.system": "memcached", "db.statement": "set key 0 60 5\r\nvalue\r\n"})),
    ("memcached get", QUERIES, span({"db.system": "memcached", "db.statement": "get key"})),
    ("mongo", QUERIES, span({"db.system": "mongodb", "db.statement": "{\"find\":\"users\",\"filter\":{\"name\":\"bob\",\"age\":5,\"in\":[1,\"x\"]}}"})),
    ("mongo with spaces", QUERIES, span({"db.system": "mongodb", "db.statement": "{ \"a\" : [ 1 , null ] }"})),
    ("sql with comments and parameters", QUERIES,
     span({**SQL, "db.statement": "select /* who 5 */ a from t where b = $1 and c = :name and d = -5 -- it's 7\nand e is null and f = true and g = 1e5"})),
    ("sql with dollars", QUERIES, span({**SQL, "db.statement": "select $$it's$$, $f$x$f$, E'a\\'b', 0x1F"})),
    ("mongo that is no JSON", QUERIES, span({"db.system": "mongodb", "db.statement": "users.find bob"})),
    ("sql in a log", {**ALL, "db_sanitizer": {"sql": {"enabled": True, "attributes": ["q"]}}},
     log("select 1 from t", {"q": "select 'x'", "r": "select 2"})),
    # What the Go processor does not look into, or does otherwise; the tests say what ours does.
    ("differs: names and messages", {**ALL, "blocked_values": [MAIL], "summary": "debug"},
     span({}, name="GET /users/a@b.com", traceState="k=a@b.com", status={"message": "no a@b.com", "code": 2},
          events=[{"name": "a@b.com"}], links=[{"traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "0102030405060708",
                                                 "attributes": attributes({"m": "a@b.com"})}])),
    ("differs: lists and maps", {**ALL, "blocked_values": [MAIL], "blocked_key_patterns": ["token"], "summary": "debug"},
     span({"m": [{"content": "a@b.com", "n": 1, "token": "t"}, "a@b.com"], "c": {"x": "y"}})),
    ("differs: lists with all types", {**ALL, "blocked_values": [MAIL], "redact_all_types": True}, span({"m": ["a@b.com", 1]})),
    ("differs: allowed lets the match pass", {**ALL, "blocked_values": [CARD, MAIL], "allowed_values": [".+@mycompany[.]com"], "summary": "debug"},
     span({"a": "card 4111111111111111 of bob@mycompany.com and eve@other.com"})),
    ("differs: lines under a blocked key", {**ALL, "blocked_key_patterns": ["pem"]}, span({"pem": "a\nb\n"})),
    ("differs: numbers under a blocked key", {**ALL, "blocked_key_patterns": ["pin"], "hash_function": "md5"}, span({"pin": 1234})),
    ("differs: exemplars and metric texts", {**ALL, "blocked_values": [MAIL]},
     metric({"u": "x"}, exemplars=[{"timeUnixNano": "1", "asInt": "1", "filteredAttributes": attributes({"m": "a@b.com"})}])),
    ("differs: an allowed log body", {**ALL, "blocked_values": [MAIL], "allowed_values": ["ok@b.com"], "summary": "debug"}, log("ok@b.com")),
    ("differs: event names of logs", {**ALL, "blocked_values": [MAIL]}, log("x", eventName="a@b.com", severityText="a@b.com")),
    ("differs: queries in attributes of Elasticsearch",
     {**ALL, "db_sanitizer": {"es": {"enabled": True, "attributes": ["db.statement"]}}},
     span({"db.system": "elasticsearch", "db.statement": "{\"query\":\"bob\"}"})),
]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def record(settings, requests, folder):
    """Sends each request through one collector and returns what came out, in order."""
    port, metrics = free_port(), free_port()
    out = {signal_name: folder / f"{signal_name}.json" for signal_name in ("traces", "logs", "metrics")}
    for path in out.values():
        path.unlink(missing_ok=True)
    config = {
        "receivers": {"otlp": {"protocols": {"http": {"endpoint": f"127.0.0.1:{port}"}}}},
        "processors": {"redaction": settings},
        "exporters": {f"file/{name}": {"path": str(path)} for name, path in out.items()},
        "service": {
            "telemetry": {"metrics": {"readers": [{"pull": {"exporter": {"prometheus": {"host": "127.0.0.1", "port": metrics}}}}]}},
            "pipelines": {name: {"receivers": ["otlp"], "processors": ["redaction"], "exporters": [f"file/{name}"]} for name in out},
        },
    }
    path = folder / "config.yaml"
    path.write_text(json.dumps(config, ensure_ascii=False).replace("$", "$$"))
    collector = subprocess.Popen([OTELCOL, "--config", path], stderr=subprocess.PIPE, text=True)
    try:
        for name, request in requests:
            post(collector, f"http://127.0.0.1:{port}/v1/{name}", json.dumps(request).encode())
        for _ in range(200):
            if sum(path.read_text().count("\n") for path in out.values() if path.exists()) >= len(requests):
                break
            time.sleep(0.05)
    finally:
        collector.send_signal(signal.SIGTERM)
        log_text = collector.communicate(timeout=30)[1]
    lines = {name: path.read_text().splitlines() if path.exists() else [] for name, path in out.items()}
    answers = []
    for name, _ in requests:
        if not lines[name]:
            raise SystemExit(f"nothing came out for {settings}:\n{log_text}")
        answers.append(json.loads(lines[name].pop(0)))
    return answers


def post(collector, url, body):
    """Sends until the collector listens."""
    request = urllib.request.Request(url, data=body, headers={"content-type": "application/json"})
    for _ in range(200):
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                answer.read()
            return
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{url}: {error.read()!r}")
        except OSError:
            if collector.poll() is not None:
                raise SystemExit(f"the collector ended:\n{collector.stderr.read()}")
            time.sleep(0.05)
    raise SystemExit("the collector does not listen")


def main():
    groups = {}
    for name, settings, request in CASES:
        groups.setdefault(json.dumps(settings, sort_keys=True), []).append((name, settings, request))
    golden = []
    with tempfile.TemporaryDirectory() as folder:
        for group in groups.values():
            answers = record(group[0][1], [request for _, _, request in group], pathlib.Path(folder))
            for (name, settings, (signal_name, request)), answer in zip(group, answers):
                golden.append({"name": name, "settings": settings, "signal": signal_name, "request": request, "go": answer})
    version = subprocess.run([OTELCOL, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    rows = ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in golden)
    GOLDEN.write_text(f'{{"collector": {json.dumps(version)}, "cases": [\n{rows}\n]}}\n')
    print(f"{len(golden)} cases of {version} in {GOLDEN.relative_to(TOP)}")


if __name__ == "__main__":
    main()
