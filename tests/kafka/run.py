#!/usr/bin/env python3
"""OTLP through a real Kafka and back: nothing lost, each trace in one partition, the broker killed in between.

    python3 tests/kafka/run.py TOLLGATE_BINARY

Exit code 0 unless something failed; one line and 0 where this machine cannot run Kafka.
"""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from pathlib import Path

from broker import HOME, Broker, Skipped, free_ports, install

PARTITIONS = 4
TRACES, SPANS = 60, 5
WAIT_SECONDS = 90

IN = """
receivers: {{otlp: {{protocols: {{http: {{endpoint: '127.0.0.1:{port}'}}}}}}}}
exporters:
  kafka:
    brokers: ['{broker}']
    partition_traces_by_id: true
    logs: {{encoding: otlp_json}}
    timeout: 2s
    producer: {{required_acks: -1, compression: zstd}}
    retry_on_failure: {{initial_interval: 200ms, max_interval: 1s}}
service:
  telemetry: {{metrics: {{level: none}}}}
  pipelines:
    traces: {{receivers: [otlp], exporters: [kafka]}}
    logs: {{receivers: [otlp], exporters: [kafka]}}
"""

OUT = """
receivers:
  kafka:
    brokers: ['{broker}']
    group_id: sink
    initial_offset: earliest
    traces: {{topics: ['^otlp_sp.*$']}}
    logs: {{encoding: otlp_json}}
    autocommit: {{interval: 200ms}}
exporters: {{file: {{path: '{file}', append: true, flush_interval: 20ms}}}}
service:
  telemetry: {{metrics: {{level: none}}}}
  pipelines:
    traces: {{receivers: [kafka], exporters: [file]}}
    logs: {{receivers: [kafka], exporters: [file]}}
"""


class Tollgate:
    """A running collector."""

    def __init__(self, binary, name, config):
        path, self.log = HOME / f"{name}.yaml", HOME / f"{name}.log"
        path.write_text(config)
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen([str(binary), "--config", str(path)], stdout=log, stderr=log)

    def stop(self):
        """As a service manager does."""
        self.process.terminate()
        code = self.process.wait(timeout=60)
        check(code == 0, f"{self.log} ended with {code}")


def check(holds, problem):
    """Ends with a line if something is wrong."""
    if not holds:
        raise AssertionError(problem)


def post(port, path, body):
    """One request, sent again until it is taken."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                check(answer.status == 200, f"answered {answer.status}")
                return
        except (urllib.error.URLError, ConnectionError) as error:
            check(time.monotonic() < deadline, f"never taken: {error}")
            time.sleep(0.1)


def send(port, phase):
    """Every span of every trace of this phase, a span of each trace a request, and as many logs."""
    for span in range(SPANS):
        spans = [
            {"traceId": f"{phase * TRACES + trace + 1:032x}", "spanId": f"{span + 1:016x}", "name": f"{phase}-{trace}-{span}"}
            for trace in range(TRACES)
        ]
        post(port, "/v1/traces", {"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]})
        logs = [{"body": {"stringValue": one["name"]}} for one in spans]
        post(port, "/v1/logs", {"resourceLogs": [{"scopeLogs": [{"logRecords": logs}]}]})


def arrived(file):
    """How often each span and each log record is in the file."""
    found = {"spans": defaultdict(int), "logs": defaultdict(int)}
    for line in file.read_text().splitlines() if file.exists() else []:
        try:
            request = json.loads(line)
        except ValueError:
            continue  # not written to its end yet
        for resource in request.get("resourceSpans", []):
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    found["spans"][span["name"]] += 1
        for resource in request.get("resourceLogs", []):
            for scope in resource["scopeLogs"]:
                for record in scope["logRecords"]:
                    found["logs"][record["body"]["stringValue"]] += 1
    return found


def wait_for(file, phases):
    """Until all of these phases are in the file."""
    wanted = {f"{phase}-{trace}-{span}" for phase in phases for trace in range(TRACES) for span in range(SPANS)}
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        found = arrived(file)
        missing = {kind: len(wanted - set(names)) for kind, names in found.items()}
        if not any(missing.values()):
            return found
        check(time.monotonic() < deadline, f"missing after {WAIT_SECONDS} s: {missing}")
        time.sleep(0.2)


def round_trip(binary, broker):
    """Through Kafka and back, with two crashes."""
    (port,), file = free_ports(1), HOME / "out.jsonl"
    file.unlink(missing_ok=True)
    for log in ("in", "out"):
        (HOME / f"{log}.log").unlink(missing_ok=True)
    broker.start()
    sender = Tollgate(binary, "in", IN.format(port=port, broker=broker.address))
    reader = Tollgate(binary, "out", OUT.format(broker=broker.address, file=file))
    try:
        send(port, 0)
        wait_for(file, [0])
        # What is taken while there is no broker waits in the queue.
        broker.kill()
        send(port, 1)
        broker.start()
        wait_for(file, [0, 1])
        # What is sent while nobody reads is read from where the group was.
        reader.process.kill()
        reader.process.wait()
        send(port, 2)
        reader = Tollgate(binary, "out", OUT.format(broker=broker.address, file=file))
        found = wait_for(file, [0, 1, 2])
        sender.stop()
        reader.stop()
    finally:
        for one in (sender, reader):
            one.process.kill()
    messages = broker.keys("otlp_spans")
    partitions = defaultdict(set)
    for partition, key in messages:
        partitions[key].add(partition)
    check(len(partitions) == 3 * TRACES, f"{len(partitions)} keys, not {3 * TRACES}")
    split = [key for key, where in partitions.items() if len(where) > 1]
    check(not split, f"traces in several partitions: {split[:3]}")
    used = {partition for where in partitions.values() for partition in where}
    check(len(used) == PARTITIONS, f"only {used} are used")
    twice = sum(count > 1 for names in found.values() for count in names.values())
    total = sum(len(names) for names in found.values())
    return f"{total} records, none lost, {twice} came twice; {len(partitions)} traces, each in one of {len(used)} partitions"


def main():
    """Runs it where it can run."""
    binary = Path(sys.argv[1]).resolve()
    began = time.monotonic()
    try:
        broker = Broker(install(), PARTITIONS)
    except Skipped as reason:
        print(f"skipped: kafka: {reason}")
        return 0
    try:
        print(f"passed  kafka   {round_trip(binary, broker)} ({time.monotonic() - began:.0f} s)")
        return 0
    except (AssertionError, RuntimeError, subprocess.TimeoutExpired) as problem:
        print(f"failed  kafka   {problem}; logs are in {HOME}")
        return 1
    finally:
        broker.kill()


if __name__ == "__main__":
    sys.exit(main())
