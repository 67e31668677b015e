"""Agents on real SDKs ask a model on loopback; what Tollgate counts must be what the model charged."""

import contextlib
import json
import subprocess
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from model.ledger import CLASSES, cost
from model.server import Model

from . import environments, page, runs
from .process import Collector, Failure, free_ports
from .programmes import PROGRAMMES

COMPONENTS = ("token_usage", "agent_runs", "agent_metrics", "prometheus")
# By word in the report, the protocols that one Tollgate hears the same telemetry by. What it hears twice counts once.
ROUTES = {"grpc": ("grpc",), "http": ("http",), "both": ("grpc", "http")}
PROGRAMME_SECONDS = 120
# While one programme's counts settle the next one runs. Ports are found and taken by one at a time.
AT_ONCE, STARTING = 2, threading.Lock()
# A count is on the page after the settle time and one interval of configs/counted.yaml.
SETTLE_SECONDS, INTERVAL_SECONDS = 1, 1
WAIT_SECONDS, POLL_SECONDS = 20, 0.2
TOKENS, CALLS, USAGE_MISSING = "tollgate_tokens_total", "tollgate_calls_total", "tollgate_usage_missing_total"
COST, UNPRICED = "tollgate_cost_USD_total", "tollgate_cost_unpriced_tokens_total"
TOOLS, TOOL_FAILURES = "tollgate_tool_calls_total", "tollgate_tool_failures_total"
CONVENTIONS_TOKENS = "gen_ai_client_token_usage_sum"


def run(tollgate, report, heavy):
    """The light programmes, or all; each route of each is one line of the report."""
    if absent := _absent(tollgate):
        report.skipped("agents", f"{tollgate.name} has no {', '.join(absent)}")
        return
    chosen = [programme for programme in PROGRAMMES if heavy or not programme.heavy]
    commands = _commands(chosen, report)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        exchanges = [
            (programme, pool.submit(_exchange, programme, command, tollgate)) for programme, command in commands
        ]
        for programme, exchange in exchanges:
            _report(programme, exchange, report)
    if more := len(PROGRAMMES) - len(chosen):
        print(f"agents: {more} more are run by `make test-sdks`", flush=True)


def _commands(chosen, report):
    """The programmes that can run here and how. Those that cannot share a reason: it takes long to find out."""
    commands, reasons = [], {}
    for programme in chosen:
        try:
            if reason := reasons.get(programme.environment):
                raise reason
            commands.append((programme, programme.command()))
        except environments.Skipped as reason:
            reasons[programme.environment] = reason
            report.skipped(f"agents: {programme.name}", reason)
    return commands


def _report(programme, exchange, report):
    try:
        expected, counted = exchange.result()
    except Failure as failure:
        for route in ROUTES:
            report.failed("agents", f"{programme.name}; {route}", "counts", str(failure))
        return
    detail = (
        f"{expected['calls']} calls, {expected['input']} in, {expected['output']} out, "
        f"{expected['cost']:.6f} USD, {expected['tools']} tools, {expected['runs']} runs"
    )
    for (route, where), got in counted.items():
        report.outcome("agents", f"{programme.name}; {route}", where, _difference(expected, got), detail)


def _absent(tollgate):
    listed = subprocess.run([str(tollgate), "components"], capture_output=True, text=True, check=False).stdout
    return [component for component in COMPONENTS if component not in listed]


def _exchange(programme, command, tollgate):
    """Runs the programme once against a Tollgate for each route.

    Gives what is expected and, by route and by where it is counted, what each page and all runs of each file hold.
    """
    work = environments.TARGET / "work" / "agents" / programme.file.split(".")[0] / programme.environment
    work.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        model = stack.enter_context(Model())
        with STARTING:
            destinations, pages = _start_collectors(tollgate, work, stack)
        _run([*command, model.url, *destinations], work / "programme.log")
        with urllib.request.urlopen(f"{model.url}/ledger") as answer:
            expected = _expected(json.load(answer), programme)
        counted = {(route, "page"): counts for route, counts in _settled(pages, expected).items()}
    # Runs that are still open are told when a Tollgate stops.
    counted |= {(route, "runs"): runs.total(work / f"{route}.runs.jsonl") for route in ROUTES}
    return expected, counted


def _start_collectors(tollgate, work, stack):
    """A Tollgate for each route; gives where to send and the port of each page."""
    destinations, pages = [], {}
    for route, protocols in ROUTES.items():
        grpc, http, shown = free_ports(3)
        file, of_runs = work / f"{route}.jsonl", work / f"{route}.runs.jsonl"
        for old in (file, of_runs):
            old.unlink(missing_ok=True)
        places = {"GRPC_PORT": grpc, "HTTP_PORT": http, "PAGE_PORT": shown, "FILE": file, "RUNS_FILE": of_runs}
        config = environments.SOURCE / "configs" / "counted.yaml"
        stack.enter_context(Collector(tollgate, config, places, [grpc, http, shown], file.with_suffix(".log")))
        ports = {"grpc": grpc, "http": http}
        destinations += [f"{protocol}=http://127.0.0.1:{ports[protocol]}" for protocol in protocols]
        pages[route] = shown
    return destinations, pages


def _run(command, log):
    with open(log, "w", encoding="utf-8") as output:
        try:
            done = subprocess.run(command, stdout=output, stderr=output, timeout=PROGRAMME_SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            raise Failure(f"the programme did not end within {PROGRAMME_SECONDS} s; see {log}") from error
    if done.returncode != 0:
        last = (log.read_text(errors="replace").strip().splitlines() or ["no reason"])[-1]
        raise Failure(f"the programme failed: {last}; see {log}")


def _expected(ledger, programme):
    """What must be counted: all that the model charged and told, but for what the telemetry cannot know."""
    calls = ledger["calls"]
    told = [call for call in calls if call["told"]]
    if not told:
        raise Failure("the programme asked the model nothing")
    expected = {
        "calls": len(calls),
        "failed": ledger["refused"] if programme.tells_refusals else 0,
        "usage missing": len(calls) - len(told),
        "runs": programme.runs,
        "tools": sum(programme.runs_tools and bool(call["tool"]) and programme.says("tool", call) for call in calls),
        "tool failures": 0,
        "unpriced": 0,
    }
    usages = [{kind: tokens * programme.says(kind, call) for kind, tokens in call["usage"].items()} for call in told]
    for kind in CLASSES:
        expected[kind] = sum(usage[kind] for usage in usages)
    expected["cost"] = round(sum(cost(call["model"], usage) for call, usage in zip(told, usages)), 9)
    return {**expected, **{f"{kind} as gen_ai": expected[kind] for kind in ("input", "output")}}


def _settled(pages, expected):
    """What the pages count once they count no more: waits until all is there, then for what should not come."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline and any(_difference(expected, _counted(port)) for port in pages.values()):
        time.sleep(POLL_SECONDS)
    time.sleep(SETTLE_SECONDS + INTERVAL_SECONDS)
    return {route: _counted(port) for route, port in pages.items()}


def _counted(port):
    samples = page.read(port)

    def tokens(name, kind):
        return page.total(samples, name, lambda labels: labels.get("gen_ai_token_type") == kind)

    return {
        "calls": page.total(samples, CALLS, lambda labels: not labels.get("error_type")),
        "failed": page.total(samples, CALLS, lambda labels: labels.get("error_type")),
        "usage missing": page.total(samples, USAGE_MISSING),
        "cost": round(page.amount(samples, COST), 9),
        "unpriced": page.total(samples, UNPRICED),
        "tools": page.total(samples, TOOLS),
        "tool failures": page.total(samples, TOOL_FAILURES),
        **{kind: tokens(TOKENS, kind) for kind in CLASSES},
        **{f"{kind} as gen_ai": tokens(CONVENTIONS_TOKENS, kind) for kind in ("input", "output")},
    }


def _difference(expected, got):
    wrong = [f"{what} {number} for {expected[what]}" for what, number in got.items() if number != expected[what]]
    return ", ".join(wrong) or None
