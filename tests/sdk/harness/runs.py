"""The events of the `agent_runs` connector, read: what all runs together hold."""

from .clients import lines

# By what the page counts, the attribute of a run. Failed calls are part of all calls.
ATTRIBUTES = {
    "calls": "model_calls",
    "failed": "model_failures",
    "usage missing": "calls_without_usage",
    "input": "input_tokens",
    "output": "output_tokens",
    "cache_read": "cache_read_tokens",
    "cache_write": "cache_write_tokens",
    "reasoning": "reasoning_tokens",
    "tools": "tool_calls",
    "tool failures": "tool_failures",
    "unpriced": "unpriced_calls",
}
FINAL = ("tollgate.run.closed", "tollgate.run.lost", "tollgate.run.amended")


def total(file):
    """The sum over all runs of what each was last told to hold."""
    runs = {}
    for event in _events(file):
        attributes = {one["key"]: one["value"] for one in event["attributes"]}
        run = (event.get("traceId"), event.get("spanId"), str(attributes.get("tollgate.run.id")))
        if event.get("eventName") in FINAL:
            runs[run] = _held(attributes)
    held = {what: sum(run[what] for run in runs.values()) for what in (*ATTRIBUTES, "cost")}
    # Another instrumentation may tell the same calls in another trace; what is left of it is a run of nothing.
    with_calls = sum(run["calls"] > 0 for run in runs.values())
    return {**held, "calls": held["calls"] - held["failed"], "cost": round(held["cost"], 9), "runs": with_calls}


def _events(file):
    for request in lines(file):
        for resource in request["resourceLogs"]:
            for scope in resource["scopeLogs"]:
                yield from scope["logRecords"]


def _held(attributes):
    """What a run holds; nothing once it counts with another."""
    if attributes.get("tollgate.run.reason", {}).get("stringValue") == "nested":
        return dict.fromkeys((*ATTRIBUTES, "cost"), 0)
    numbers = {what: attributes.get(f"tollgate.run.{name}", {}) for what, name in ATTRIBUTES.items()}
    cost = attributes.get("tollgate.run.cost", {}).get("doubleValue", 0)
    return {**{what: int(number.get("intValue", 0)) for what, number in numbers.items()}, "cost": float(cost)}
