"""Anthropic's messages. `input_tokens` leaves out what was read from or written to the cache."""

import json

from . import asked
from .ledger import Call, Usage

UNCACHED_TOKENS = 5


def messages(request, ledger):
    """`POST /messages`: a text or a tool use; whole, or events."""
    weight = asked.weight(request.get("system"), request["messages"], request.get("tools"))
    written = asked.CACHE_WRITE_5M + asked.CACHE_WRITE_1H
    usage = Usage(
        UNCACHED_TOKENS + weight + asked.CACHED_TOKENS + written,
        40 + weight % 23,
        asked.CACHED_TOKENS,
        written,
        cache_write_1h=asked.CACHE_WRITE_1H,
    )
    tool = request["tools"][0] if request.get("tools") and not _has_result(request["messages"]) else None
    stream, name = bool(request.get("stream")), asked.tool_name(tool)
    call = Call(ledger.new_id("msg_"), "messages", request["model"], stream, True, usage, name)
    ledger.charge(call)
    content, reason = {"type": "text", "text": asked.ANSWER}, "end_turn"
    if tool:
        content = {
            "type": "tool_use",
            "id": f"toolu_{call.id}",
            "name": tool["name"],
            "input": asked.arguments(tool.get("input_schema")),
        }
        reason = "tool_use"
    answer = {
        "id": call.id,
        "type": "message",
        "role": "assistant",
        "model": call.model,
        "content": [content],
        "stop_reason": reason,
        "stop_sequence": None,
        "usage": _usage(usage),
    }
    return asked.events(_events(answer)) if call.stream else answer


def _has_result(given):
    content = given[-1].get("content") if given else None
    return isinstance(content, list) and any(part.get("type") == "tool_result" for part in content)


def _usage(usage):
    return {
        "input_tokens": usage.input - usage.cache_read - usage.cache_write,
        "cache_creation_input_tokens": usage.cache_write,
        "cache_creation": {
            "ephemeral_5m_input_tokens": asked.CACHE_WRITE_5M,
            "ephemeral_1h_input_tokens": asked.CACHE_WRITE_1H,
        },
        "cache_read_input_tokens": usage.cache_read,
        "output_tokens": usage.output,
        "service_tier": "standard",
    }


def _events(answer):
    usage, content = answer["usage"], answer["content"][0]
    # The first event tells one token of output; the last tells all of them again, not what was added.
    begun = {**answer, "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": 1}}
    yield "message_start", {"type": "message_start", "message": begun}
    if content["type"] == "text":
        block, delta = {"type": "text", "text": ""}, {"type": "text_delta", "text": content["text"]}
    else:
        block = {**content, "input": {}}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(content["input"])}
    yield "content_block_start", {"type": "content_block_start", "index": 0, "content_block": block}
    yield "content_block_delta", {"type": "content_block_delta", "index": 0, "delta": delta}
    yield "content_block_stop", {"type": "content_block_stop", "index": 0}
    told = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens")
    end = {"stop_reason": answer["stop_reason"], "stop_sequence": None}
    yield "message_delta", {"type": "message_delta", "delta": end, "usage": {key: usage[key] for key in told}}
    yield "message_stop", {"type": "message_stop"}
