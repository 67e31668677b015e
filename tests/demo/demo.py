#!/usr/bin/env python3
"""The main job on recorded agent telemetry, with nothing external.

Starts Tollgate with configs/quickstart.yaml, plays tests/data/otlp into it through a second Tollgate
over real gRPC and HTTP, and prints what passed, which runs of agents that were, what they cost, and how
private data said in the recorded prompts does not leave.
Python's standard library only.
"""

import json
import os
import re
import shutil
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
            yield labels, float(match.group(2))


def total(page, name, **wanted):
    rows = series(page, name)
    values = [v for labels, v in rows if all(labels.get(k) == w for k, w in wanted.items())]
    return int(sum(values)) if all(v == int(v) for v in values) else sum(values)


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


def records_in(path):
    """Every scope with its signal, from a file of OTLP JSON lines."""
    with open(path, encoding="utf-8") as lines:
        for request in map(json.loads, lines):
            for name, _, key in SIGNALS:
                for resource in request.get(key, []):
                    for scope in resource.get("scope" + key[len("resource"):], []):
                        yield name, scope


def is_of_a_run(record):
    return record.get("eventName", "").startswith("tollgate.run.")


def is_verdict(record):
    return record.get("eventName", "") == "slo.evaluation"


def items_in(path):
    """Items that came in by signal; what is told of runs and verdicts was not among them."""
    counts = dict.fromkeys([name for name, _, _ in SIGNALS], 0)
    for name, scope in records_in(path):
        told = sum(is_of_a_run(each) or is_verdict(each) for each in scope.get("logRecords", []))
        counts[name] += count_items(name, scope) - told
    return counts


def value_of(value):
    """An attribute's value, from its JSON form."""
    for kind, convert in (("intValue", int), ("doubleValue", float), ("stringValue", str), ("boolValue", bool)):
        if kind in value:
            return convert(value[kind])
    return None


def attributes(record):
    return {pair["key"]: value_of(pair.get("value", {})) for pair in record.get("attributes", [])}


def runs_in(path):
    """The last word on every run, and the models that each trace asked."""
    runs, models = {}, {}
    for name, scope in records_in(path):
        for span in scope.get("spans", []):
            said = attributes(span)
            model = said.get("gen_ai.response.model") or said.get("gen_ai.request.model")
            if model:
                models.setdefault(span["traceId"], {})[model] = None
        for record in filter(is_of_a_run, scope.get("logRecords", [])):
            kind, said = record["eventName"].rsplit(".", 1)[-1], attributes(record)
            key = record.get("traceId") or said.get("gen_ai.conversation.id"), record.get("spanId")
            if said.get("tollgate.run.reason") == "nested":
                runs.pop(key, None)
            elif kind in ("closed", "lost", "amended"):
                runs[key] = said
    return runs, models


def count_items(name, scope):
    if name != "metrics":
        return len(scope.get("spans" if name == "traces" else "logRecords", []))
    kinds = ("gauge", "sum", "histogram", "exponentialHistogram", "summary")
    metrics = scope.get("metrics", [])
    return sum(len(m[k].get("dataPoints", [])) for m in metrics for k in kinds if k in m)


def quiet(read, seconds):
    """A condition: what `read` gives has not changed for so long."""
    last = [None, time.monotonic()]

    def condition():
        now = read()
        if now != last[0]:
            last[:] = [now, time.monotonic()]
        return now if now and time.monotonic() - last[1] >= seconds else None

    return condition


def main():
    binary = os.path.abspath(sys.argv[1])
    grpc, http, health, metrics, replay_metrics, shown = free_ports(6)
    folder = os.path.join(ROOT, "target", "demo")
    os.makedirs(folder, exist_ok=True)
    work = tempfile.mkdtemp(dir=folder)
    out, log = os.path.join(work, "out.jsonl"), os.path.join(work, "tollgate.log")
    replay_log = os.path.join(work, "replay.log")
    collector = start(
        binary, "quickstart.yaml", log, TOLLGATE_GRPC_PORT=str(grpc), TOLLGATE_HTTP_PORT=str(http),
        TOLLGATE_HEALTH_PORT=str(health), TOLLGATE_METRICS_PORT=str(metrics), TOLLGATE_OUT=out,
        TOLLGATE_PAGE_PORT=str(shown), TOLLGATE_INTERVAL="1s", TOLLGATE_SETTLE="1s",
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
        counted = lambda: fetch(f"http://localhost:{shown}/metrics")
        wait_for("calls to be counted", quiet(lambda: total(counted(), TOKENS), 3))
        wait_for("runs to be judged", quiet(lambda: total(counted(), JUDGED), 8))
        agents = counted()
        stop(replay, replay_log)
        stop(collector, log)
    finally:
        for process in (collector, replay):
            if process and process.poll() is None:
                process.kill()
    kept = os.path.join(work, "metrics.txt")
    with open(kept, "w", encoding="utf-8") as file:
        file.write(agents)
    wrong = report_passed(played, page, out)
    wrong += report_runs(out)
    wrong += report_page(kept, agents)
    wrong += report_private(binary, out, work)
    wrong += report_objectives(out, agents)
    print("  where to look:")
    print(f"    what came out   {os.path.relpath(out, ROOT)}")
    print(f"    metrics         {os.path.relpath(kept, ROOT)}")
    print(f"    its log         {os.path.relpath(log, ROOT)}")
    print("    run it yourself target/release/tollgate --config configs/quickstart.yaml\n")
    if wrong:
        sys.exit("demo: " + "; ".join(wrong))


def report_passed(played, page, out):
    kept, wrong = items_in(out), []
    print("\nRecorded agent telemetry, replayed over real gRPC and again over HTTP:\n")
    print(f"  {'signal':<8} {'played':>7} {'in by gRPC':>11} {'in by HTTP':>11} {'refused':>8} {'out':>7}")
    for name, items, _ in SIGNALS:
        sent = total(played, f"otelcol_receiver_accepted_{items}")
        accepted = f"otelcol_receiver_accepted_{items}"
        by_grpc, by_http = (total(page, accepted, transport=t) for t in ("grpc", "http"))
        refused = total(page, f"otelcol_receiver_refused_{items}")
        print(f"  {name:<8} {sent:>7} {by_grpc:>11} {by_http:>11} {refused:>8} {kept[name]:>7}")
        if not sent == by_grpc == by_http or refused or kept[name] != 2 * sent or not sent:
            wrong.append(f"{name}: what was played, accepted and kept does not add up")
    return wrong


def report_runs(out):
    runs, models = runs_in(out)
    print("\nThe runs of agents in it, each counted once:\n")
    head = ("agent", "models", "input", "output", "cost USD", "tools", "failed", "outcome")
    print("  {:<24} {:<38} {:>7} {:>7} {:>10} {:>6} {:>7} {}".format(*head))
    rows = []
    for (trace, _), said in runs.items():
        cost = said.get("tollgate.run.cost")
        asked = ", ".join(sorted(models.get(trace, {}))) or "-"
        rows.append((
            (said.get("gen_ai.agent.name") or "-")[:24], asked if len(asked) <= 38 else asked[:37] + "…",
            said.get("tollgate.run.input_tokens", 0), said.get("tollgate.run.output_tokens", 0),
            "unknown" if cost is None else f"{cost:.6f}", said.get("tollgate.run.tool_calls", 0),
            said.get("tollgate.run.tool_failures", 0), said.get("tollgate.run.outcome", "unknown"),
        ))
    for row in sorted(rows):
        print("  {:<24} {:<38} {:>7} {:>7} {:>10} {:>6} {:>7} {}".format(*row))
    print()
    return [] if rows else ["no run of an agent was told"]


# What people say to models: sentences with private data that belongs to nobody.
PRIVATE = [
    ("Write to {} when it is done.", "ada.lovelace@example.org"),
    ("I paid with card {}.", "4111 1111 1111 1111"),
    ("My number is {}.", "(212) 867-5309"),
    ("Send the refund to {}.", "DE89370400440532013000"),
    ("My SSN is {}, if you need it.", "536-22-1234"),
    ("The key is {} by the way.", "AKIAQYLPMN5HFIQR7XYA"),
    ("We connect with {}.", "postgres://shop:k4Wq9zRt2m@db.example.org/shop"),
]
# Where senders put prompts.
PROMPT = re.compile(r"(gen_ai\.prompt\.\d+\.content|gen_ai\.input\.messages|llm\.input_messages\.\d+\.message\.content|input\.value)$")
SAID = ("content", "text")


def say(value, sentence):
    """Adds a sentence to the first thing that was said in a JSON value; tells whether there was one."""
    if isinstance(value, list):
        return any(say(each, sentence) for each in value)
    if not isinstance(value, dict):
        return False
    for key in SAID:
        if isinstance(value.get(key), str):
            value[key] += " " + sentence
            return True
    return any(say(each, sentence) for each in value.values())


def plant(prompt, sentence):
    """The prompt with one sentence more, inside of its JSON if it is such."""
    try:
        value = json.loads(prompt)
    except ValueError:
        return prompt + " " + sentence
    return json.dumps(value) if say(value, sentence) else None


def prompts_in(request):
    """Every attribute that holds a prompt."""
    for resource in request.get("resourceSpans", []):
        for scope in resource.get("scopeSpans", []):
            for span in scope.get("spans", []):
                for pair in span.get("attributes", []):
                    if PROMPT.match(pair["key"]) and "stringValue" in pair.get("value", {}):
                        yield pair["value"]


def pass_through(binary, requests, out, log):
    """Sends requests through a collector with the quickstart's config; the page with its own metrics."""
    grpc, http, health, metrics, shown = free_ports(5)
    collector = start(
        binary, "quickstart.yaml", log, TOLLGATE_GRPC_PORT=str(grpc), TOLLGATE_HTTP_PORT=str(http),
        TOLLGATE_HEALTH_PORT=str(health), TOLLGATE_METRICS_PORT=str(metrics), TOLLGATE_OUT=out,
        TOLLGATE_PAGE_PORT=str(shown),
    )
    try:
        wait_for("the collector", lambda: fetch(f"http://localhost:{health}/"))
        for request in requests:
            body, kind = json.dumps(request).encode(), {"Content-Type": "application/json"}
            sent = urllib.request.Request(f"http://localhost:{http}/v1/traces", body, kind)
            with urllib.request.urlopen(sent, timeout=DEADLINE_SECONDS) as answer:
                answer.read()
        page = fetch(f"http://localhost:{metrics}/metrics")
        stop(collector, log)
    finally:
        if collector.poll() is None:
            collector.kill()
    return page


FOUND = "otelcol_processor_pii_redaction_findings"


def report_private(binary, out, work):
    """Recorded prompts with private data said in them, before and after, and what was found."""
    planted = 0
    with open(out, encoding="utf-8") as lines:
        requests = [request for request in map(json.loads, lines) if any(prompts_in(request))]
    for request in requests:
        for value in prompts_in(request):
            sentence, secret = PRIVATE[planted % len(PRIVATE)]
            said = plant(value["stringValue"], sentence.format(secret))
            if said:
                value["stringValue"] = said
                planted += 1
    arrived, left = os.path.join(work, "private.jsonl"), os.path.join(work, "redacted.jsonl")
    with open(arrived, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(request) + "\n" for request in requests)
    page = pass_through(binary, requests, left, os.path.join(work, "redaction.log"))
    with open(left, encoding="utf-8") as lines:
        text = lines.read()
    passed = [request for request in map(json.loads, text.splitlines()) if any(prompts_in(request))]
    after = [value["stringValue"] for request in passed for value in prompts_in(request)]
    print(f"Private data said in {planted} recorded prompts, sent through the same collector:\n")
    for (sentence, secret) in PRIVATE:
        words = sentence.split("{}")[0]
        new = next((it for it in after if words in it), "")
        start = new.find(words)
        end = start + len(words) + new[start + len(words):].find("]") + 1
        print(f"  arrived  … {words}{secret}\n  left     … {new[start:end]}\n")
    # What the recordings hold beside it, such as hosts, is counted too.
    found = {}
    for labels, count in series(page, FOUND):
        found[labels["type"]] = found.get(labels["type"], 0) + int(count)
    print("\n".join(f"  found {count:>5} {kind}" for kind, count in sorted(found.items(), key=lambda it: -it[1])) + "\n")
    through = [secret for _, secret in PRIVATE[:planted] if secret in text or secret.split(":")[-1].split("@")[0] in text]
    wrong = [f"{len(through)} kinds of private data came through"] if through else []
    if not planted or planted < len(PRIVATE):
        wrong.append("too few prompts to say something private in")
    sent = [value for request in requests for value in prompts_in(request)]
    if len(after) != len(sent):
        wrong.append(f"{len(sent)} prompts were sent and {len(after)} came out")
    if sum(found.values()) < planted:
        wrong.append(f"{planted} private values were sent and {sum(found.values())} found")
    return wrong


TOKENS = "tollgate_tokens_total"


def report_page(path, page):
    """The page of metrics beside what the model really charged, and what promtool says of it."""
    with open(os.path.join(ROOT, "tests", "data", "otlp", "EXPECTED.tsv"), encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines if not line.startswith("#")]
    wrong = []
    print("All model calls on the Prometheus page, beside the truth and what adding up all spans would give:\n")
    for column, kind in ((2, "input"), (3, "output")):
        shown = total(page, TOKENS, gen_ai_token_type=kind)
        truth, naive = (sum(int(row[at]) for row in rows) for at in (column, column + 2))
        print(f"  {kind:<7} tokens {shown:>7}   truth {truth:>7}   naive sum {naive:>7}")
        if shown != truth:
            wrong.append(f"{kind} tokens: {shown} counted, {truth} true")
    print(f"  cost           {total(page, 'tollgate_cost_USD_total'):.6f} USD")
    if shutil.which("promtool"):
        with open(path, encoding="utf-8") as file:
            check = subprocess.run(["promtool", "check", "metrics"], stdin=file, check=False, capture_output=True, text=True)
        said = (check.stdout + check.stderr).strip()
        # 3 is advice about names, which follow OpenTelemetry.
        print("  promtool       " + ("accepts the page" if check.returncode in (0, 3) else "refuses the page: " + said))
        if check.returncode not in (0, 3):
            wrong.append("promtool refuses the page")
    else:
        print("  promtool       skipped: not installed (Debian: apt-get install prometheus)")
    print()
    return wrong


JUDGED = "slo_events_total"
VERDICTS = ("good", "bad", "excluded", "unknown")


def report_objectives(out, page):
    """What became of each promise, and where one that was broken is found."""
    bad = {}
    for _, scope in records_in(out):
        for record in filter(is_verdict, scope.get("logRecords", [])):
            said = attributes(record)
            if said.get("slo.verdict") == "bad":
                bad.setdefault(said["slo.name"], (record.get("traceId", "-"), said.get("slo.reason", "-")))
    print("What was promised, judged as it passed:\n")
    head = ("objective", "target", *VERDICTS, "budget left", "a bad one: trace id", "reason")
    row = "  {:<16} {:>7} {:>6} {:>5} {:>9} {:>8} {:>12}  {:<33} {}"
    print(row.format(*head))
    wrong, judged = [], 0
    for labels, target in sorted(series(page, "slo_objective_target_ratio"), key=lambda one: one[0]["slo_name"]):
        name = labels["slo_name"]
        counts = {verdict: total(page, JUDGED, slo_name=name, slo_verdict=verdict) for verdict in VERDICTS}
        judged += sum(counts.values())
        decided = counts["good"] + counts["bad"]
        left = 1 - counts["bad"] / decided / (1 - target) if decided else None
        trace, reason = bad.get(name, ("-", "-"))
        shown = "unknown" if left is None else f"{left:.0%}"
        print(row.format(name, f"{target:.0%}", *(f"{counts[v]:g}" for v in VERDICTS), shown, trace, reason))
        if counts["bad"] and trace == "-":
            wrong.append(f"{name} was broken and no record says where")
    print()
    if not bad:
        wrong.append("no recorded run broke a promise, though one takes more than 5k tokens")
    return wrong if judged else ["nothing was judged"]


if __name__ == "__main__":
    main()
