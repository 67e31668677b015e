"""OTLP JSON in one spelling, so that two writers of the same data give the same text.

Proto3 JSON leaves freedom: defaults may be left out, 64-bit numbers are text or numbers, a request
may group its records in several ways, attributes are a set. All of that is levelled here; nothing
else is. Records are flattened: each stands with its resource and scope.
"""

import json
from collections import Counter

# Per signal: the key of the resources, of the scopes, of the records.
SHAPE = {
    "traces": ("resourceSpans", "scopeSpans", "spans"),
    "metrics": ("resourceMetrics", "scopeMetrics", "metrics"),
    "logs": ("resourceLogs", "scopeLogs", "logRecords"),
}
SIGNALS = tuple(SHAPE)

# Members of a oneof or `optional`: being there with the default value says something.
KEPT = {
    "stringValue", "boolValue", "intValue", "doubleValue", "bytesValue", "arrayValue", "kvlistValue",
    "asInt", "asDouble", "sum", "min", "max",
    "gauge", "histogram", "exponentialHistogram", "summary",
}  # fmt: skip
INTEGERS = {"intValue", "asInt", "count", "zeroCount", "bucketCounts"}
DOUBLES = {"doubleValue", "asDouble", "sum", "min", "max", "zeroThreshold", "explicitBounds", "quantile", "value"}
IDS = {"traceId", "spanId", "parentSpanId"}
ATTRIBUTES = {"attributes", "filteredAttributes"}


def records(signal, requests):
    """All records of `requests` (decoded OTLP JSON), flattened and sorted; one text each."""
    resources_key, scopes_key, records_key = SHAPE[signal]
    found = []
    for request in requests:
        for resource in request.get(resources_key, []):
            for scope in resource.get(scopes_key, []):
                for record in scope.get(records_key, []):
                    found.append(
                        _message(
                            {
                                "resource": resource.get("resource", {}),
                                "resourceSchemaUrl": resource.get("schemaUrl", ""),
                                "scope": scope.get("scope", {}),
                                "scopeSchemaUrl": scope.get("schemaUrl", ""),
                                "record": record,
                            }
                        )
                    )
    return sorted(found, key=_text)


def difference(expected, got):
    """The first difference of two lists of records in words; None if there is none."""
    left, right = Counter(map(_text, expected)), Counter(map(_text, got))
    missing, extra = list((left - right).elements()), list((right - left).elements())
    if not missing and not extra:
        return None
    counts = f"{len(expected)} expected, {len(got)} arrived, {len(missing)} not as expected"
    if missing and extra:
        one = json.loads(missing[0])
        other = min(map(json.loads, extra), key=lambda it: sum(1 for _ in _differences(one, it, "")))
        shown = "; ".join(list(_differences(one, other, ""))[:3])
        return f"{counts}: {shown}"
    return f"{counts}: {'missing' if missing else 'extra'} {(missing or extra)[0][:300]}"


def _differences(expected, got, path):
    if isinstance(expected, dict) and isinstance(got, dict):
        for key in sorted(expected.keys() | got.keys()):
            yield from _differences(expected.get(key), got.get(key), f"{path}.{key}")
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for at, (one, other) in enumerate(zip(expected, got)):
            yield from _differences(one, other, f"{path}[{at}]")
    elif expected != got:
        yield f"{path.lstrip('.')}: expected {_text(expected)[:120]}, got {_text(got)[:120]}"


def _text(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _message(fields):
    levelled = {key: _value(key, value) for key, value in fields.items()}
    return {key: value for key, value in levelled.items() if key in KEPT or not _is_default(value)}


def _is_default(value):
    return value in (None, "", "0", 0, False) or value == [] or value == {}


def _value(key, value):
    if isinstance(value, dict):
        if key == "kvlistValue":
            return {"values": _pairs(value.get("values", []))}
        if key == "arrayValue":
            return {"values": [_value("", item) for item in value.get("values", [])]}
        return _message(value)
    if isinstance(value, list):
        return _pairs(value) if key in ATTRIBUTES else [_value(key, item) for item in value]
    if value is None:
        return None
    if key in INTEGERS or key.endswith("UnixNano"):
        return str(int(value))
    if key in DOUBLES:
        return repr(float(value))
    return value.lower() if key in IDS else value


def _pairs(pairs):
    """Attributes are a set: sorted by key, keys that come twice in their order."""
    return sorted((_message(pair) for pair in pairs), key=lambda pair: pair.get("key", ""))
