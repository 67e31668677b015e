#!/usr/bin/env python3
"""The main job on recorded agent telemetry, with nothing external.

Starts Tollgate with configs/quickstart.yaml, plays tests/data/otlp into it through a second Tollgate
over real gRPC and HTTP, and prints what passed. Python's standard library only.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEADLINE_SECONDS = 60
SIGNALS = [
    ("traces", "spans", "resourceSpans"),
    ("metrics", "metric_points", "resourceMetrics"),
    ("logs", "log_records", "resourceLogs"),
]


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for free in sockets:
        free.bind(("127.0.0.1", 0))
    ports = [free.getsockname()[1] for free in sockets]
    for free in sockets:
        free.close()
    return ports


def fetch(url):
    """The body of a page that answers 200, else None."""
    try:
        with urllib.request.urlopen(url, timeout=2) as page:
            return page.read().decode()
    except (urllib.error.URLError, OSError):
        return None


def wait_for(what, condition):
    end = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    sys.exit(f"demo: waited {DEADLINE_SECONDS} s in vain for {what}")


def series(page, name):
    """Label sets and values of one metric on a Prometheus page."""
    for line in (page or "").splitlines():
        match = re.match(re.escape(name) + r"(?:\{(.*)\})? (\S+)$", line)
        if match:
            labels = dict(re.findall(r'(\w+)="([^"]*)"', match.group(1) or ""))
            yield labels, int(float(match.group(2)))


def total(page, name, **wanted):
    rows = series(page, name)
    return sum(v for labels, v in rows if all(labels.get(k) == w for k, w in wanted.items()))


def start(binary, config, log, **environment):
    with open(log, "w", encoding="utf-8") as output:
        return subprocess.Popen(
            [binary, "--config", os.path.join("configs", config)],
            cwd=ROOT, stderr=output, env={**os.environ, **environment},
        )


def stop(process, log):
    process.send_signal(signal.SIGTERM)
    code = process.wait(timeout=DEADLINE_SECONDS)
    if code != 0:
        sys.exit(f"demo: tollgate ended with {code}; its log is {log}")


def items_in(path):
    """Items in a file of OTLP JSON lines, by signal, and the agents' frameworks met."""
    counts, scopes = dict.fromkeys([name for name, _, _ in SIGNALS], 0), {}
    with open(path, encoding="utf-8") as lines:
        for request in map(json.loads, lines):
            for name, _, key in SIGNALS:
                for resource in request.get(key, []):
                    for scope in resource.get("scope" + key[len("resource"):], []):
                        count = count_items(name, scope)
                        counts[name] += count
                        title = scope.get("scope", {}).get("name", "")
                        if name == "traces" and title:
                            scopes[title] = scopes.get(title, 0) + count
    return counts, scopes


def count_items(name, scope):
    if name != "metrics":
        return len(scope.get("spans" if name == "traces" else "logRecords", []))
    kinds = ("gauge", "sum", "histogram", "exponentialHistogram", "summary")
    metrics = scope.get("metrics", [])
    return sum(len(m[k].get("dataPoints", [])) for m in metrics for k in kinds if k in m)


def main():
    binary = os.path.abspath(sys.argv[1])
    grpc, http, health, metrics, replay_metrics = free_ports(5)
    folder = os.path.join(ROOT, "target", "demo")
    os.makedirs(folder, exist_ok=True)
    work = tempfile.mkdtemp(dir=folder)
    out, log = os.path.join(work, "out.jsonl"), os.path.join(work, "tollgate.log")
    replay_log = os.path.join(work, "replay.log")
    collector = start(
        binary, "quickstart.yaml", log, TOLLGATE_GRPC_PORT=str(grpc), TOLLGATE_HTTP_PORT=str(http),
        TOLLGATE_HEALTH_PORT=str(health), TOLLGATE_METRICS_PORT=str(metrics), TOLLGATE_OUT=out,
    )
    replay = None
    try:
        wait_for("the collector", lambda: fetch(f"http://localhost:{health}/"))
        replay = start(
            binary, "replay.yaml", replay_log, FILES="tests/data/otlp/*",
            TARGET_GRPC=f"localhost:{grpc}", TARGET_HTTP=f"localhost:{http}",
            METRICS_PORT=str(replay_metrics),
        )
        finished = lambda: "Replay finished" in open(replay_log, encoding="utf-8").read()
        wait_for("the end of the replay", finished)
        played = fetch(f"http://localhost:{replay_metrics}/metrics")
        page = fetch(f"http://localhost:{metrics}/metrics")
        stop(replay, replay_log)
        stop(collector, log)
    finally:
        for process in (collector, replay):
            if process and process.poll() is None:
                process.kill()
    report(played, page, out, log)


def report(played, page, out, log):
    kept, scopes = items_in(out)
    print("\nRecorded agent telemetry, replayed over real gRPC and HTTP:\n")
    print(f"  {'signal':<8} {'played':>7} {'in by gRPC':>11} {'in by HTTP':>11} {'refused':>8} {'out':>7}")
    wrong = []
    for name, items, _ in SIGNALS:
        sent = total(played, f"otelcol_receiver_accepted_{items}")
        accepted = f"otelcol_receiver_accepted_{items}"
        by_grpc, by_http = (total(page, accepted, transport=t) for t in ("grpc", "http"))
        refused = total(page, f"otelcol_receiver_refused_{items}")
        print(f"  {name:<8} {sent:>7} {by_grpc:>11} {by_http:>11} {refused:>8} {kept[name]:>7}")
        if not sent == by_grpc == by_http or refused or kept[name] != 2 * sent or not sent:
            wrong.append(name)
    print("\n  spans by instrumentation:")
    for scope, count in sorted(scopes.items(), key=lambda row: -row[1])[:8]:
        print(f"    {count:>5}  {scope}")
    print("\n  where to look:")
    print(f"    what came out   {os.path.relpath(out, ROOT)}")
    print(f"    its log         {os.path.relpath(log, ROOT)}")
    print("    run it yourself target/release/tollgate --config configs/quickstart.yaml\n")
    if wrong:
        sys.exit(f"demo: {', '.join(wrong)}: what was played, accepted and kept does not add up")


if __name__ == "__main__":
    main()
