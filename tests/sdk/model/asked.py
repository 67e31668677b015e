"""What is common to all providers: how much a request weighs, and whether the model wants a tool."""

import json

# Real prompts are mostly cached system text; this is what such text adds to what was asked.
SYSTEM_TOKENS = 1200
CACHED_TOKENS = 1024
CACHE_WRITE_5M, CACHE_WRITE_1H = 150, 50
REASONING_TOKENS = 96
ANSWER = "It rains in Paris, 14 degrees."
# A request that says so is refused the first time: clients try again by themselves.
BUSY = "when you are busy"


def weight(*parts):
    """Tokens of these parts of a request: one for four characters."""
    return sum(len(json.dumps(part, ensure_ascii=False)) for part in parts if part) // 4


def output_tokens(weight_of_request):
    """Tokens of an answer; they differ from request to request."""
    return REASONING_TOKENS + 40 + weight_of_request % 23


def tool_name(tool):
    """The name of a tool, however the provider wraps it; None for no tool."""
    return tool and tool.get("function", tool)["name"]


def arguments(schema):
    """Arguments for a tool: its first parameter, if any, is a city."""
    names = list((schema or {}).get("properties", {}))
    return {names[0]: "Paris"} if names else {}


def events(pairs):
    """Server-sent events with names."""
    return [f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in pairs]


def lines(chunks):
    """Server-sent events without names."""
    return [f"data: {chunk if isinstance(chunk, str) else json.dumps(chunk)}\n\n" for chunk in chunks]
