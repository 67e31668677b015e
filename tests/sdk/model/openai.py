"""OpenAI's chat completions, responses and embeddings."""

import json

from . import asked
from .ledger import Call, Usage

DATE = "-2024-08-06"
CREATED = 1_767_225_600
RESPONSES_CACHE_WRITE = 40


def chat(request, ledger):
    """`POST /chat/completions`: a message or a tool call; whole, or chunks."""
    messages, tools = request.get("messages", []), request.get("tools")
    weight = asked.weight(messages, tools)
    usage = Usage(
        asked.SYSTEM_TOKENS + weight, asked.output_tokens(weight), asked.CACHED_TOKENS, 0, asked.REASONING_TOKENS
    )
    stream = bool(request.get("stream"))
    told = not stream or bool((request.get("stream_options") or {}).get("include_usage"))
    tool = tools[0] if tools and not _chat_has_result(messages) else None
    name = asked.tool_name(tool)
    call = Call(ledger.new_id("chatcmpl-"), "chat", request["model"] + DATE, stream, told, usage, name)
    ledger.charge(call)
    message, finish = {"role": "assistant", "content": asked.ANSWER}, "stop"
    if tool:
        function = tool.get("function", tool)
        wanted = {"name": function["name"], "arguments": json.dumps(asked.arguments(function.get("parameters")))}
        tool_call = {"id": f"call_{call.id}", "type": "function", "function": wanted}
        message, finish = {"role": "assistant", "content": None, "tool_calls": [tool_call]}, "tool_calls"
    if stream:
        return asked.lines(_chat_chunks(call, message, finish))
    choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
    return {
        **_chat_head(call, "chat.completion"),
        "choices": [choice],
        "usage": _chat_usage(usage),
        "service_tier": "default",
        "system_fingerprint": "fp_1",
    }


def _chat_has_result(messages):
    return bool(messages) and messages[-1].get("role") == "tool"


def _chat_head(call, kind):
    return {"id": call.id, "object": kind, "created": CREATED, "model": call.model}


def _chat_chunks(call, message, finish):
    head = _chat_head(call, "chat.completion.chunk")

    def chunk(delta, reason=None):
        return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}

    yield chunk({"role": "assistant", "content": None if "tool_calls" in message else ""})
    for index, tool_call in enumerate(message.get("tool_calls", [])):
        yield chunk({"tool_calls": [{"index": index, **tool_call}]})
    for word in (message["content"] or "").split():
        yield chunk({"content": f"{word} "})
    yield chunk({}, finish)
    if call.told:
        yield {**head, "choices": [], "usage": _chat_usage(call.usage)}
    yield "[DONE]"


def _chat_usage(usage):
    return {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
        "prompt_tokens_details": {"cached_tokens": usage.cache_read, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def responses(request, ledger):
    """`POST /responses`: a message or a function call after an empty reasoning item; whole, or events."""
    given, tools = request.get("input"), request.get("tools")
    weight = asked.weight(given, request.get("instructions"), tools)
    usage = Usage(
        asked.SYSTEM_TOKENS + weight,
        asked.output_tokens(weight),
        asked.CACHED_TOKENS,
        RESPONSES_CACHE_WRITE,
        asked.REASONING_TOKENS,
    )
    stream = bool(request.get("stream"))
    tool = tools[0] if tools and not _responses_has_result(given) else None
    name = asked.tool_name(tool)
    call = Call(ledger.new_id("resp_"), "responses", request["model"] + DATE, stream, True, usage, name)
    ledger.charge(call)
    answer = {
        "id": call.id,
        "object": "response",
        "created_at": CREATED,
        "model": call.model,
        "status": "completed",
        "output": [{"type": "reasoning", "id": f"rs_{call.id}", "summary": []}, _responses_item(call, tool)],
        "usage": _responses_usage(usage),
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": tools or [],
        "error": None,
        "incomplete_details": None,
        "instructions": request.get("instructions"),
        "metadata": {},
        "temperature": 1.0,
        "top_p": 1.0,
        "service_tier": "default",
    }
    return asked.events(_responses_events(answer)) if stream else answer


def _responses_has_result(given):
    return isinstance(given, list) and bool(given) and given[-1].get("type") == "function_call_output"


def _responses_item(call, tool):
    if tool:
        wanted = json.dumps(asked.arguments(tool.get("parameters")))
        ids = {"id": f"fc_{call.id}", "call_id": f"call_{call.id}"}
        return {"type": "function_call", **ids, "name": tool["name"], "arguments": wanted, "status": "completed"}
    text = {"type": "output_text", "text": asked.ANSWER, "annotations": []}
    return {"type": "message", "id": f"msg_{call.id}", "role": "assistant", "status": "completed", "content": [text]}


def _responses_events(answer):
    numbers = iter(range(1_000_000))

    def event(name, **data):
        return name, {"type": name, "sequence_number": next(numbers), **data}

    begun = {**answer, "status": "in_progress", "output": [], "usage": None}
    yield event("response.created", response=begun)
    for index, item in enumerate(answer["output"]):
        yield event("response.output_item.added", output_index=index, item=item)
        if item["type"] == "message":
            place = {"item_id": item["id"], "output_index": index, "content_index": 0}
            yield event("response.output_text.delta", **place, delta=asked.ANSWER, logprobs=[])
        yield event("response.output_item.done", output_index=index, item=item)
    yield event("response.completed", response=answer)


def _responses_usage(usage):
    return {
        "input_tokens": usage.input,
        "input_tokens_details": {"cached_tokens": usage.cache_read, "cache_write_tokens": usage.cache_write},
        "output_tokens": usage.output,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.input + usage.output,
    }


def embeddings(request, ledger):
    """`POST /embeddings`: one short vector for each text."""
    texts = request["input"] if isinstance(request["input"], list) else [request["input"]]
    usage = Usage(asked.weight(texts))
    ledger.charge(Call(ledger.new_id("emb-"), "embeddings", request["model"], False, True, usage))
    return {
        "object": "list",
        "data": [{"object": "embedding", "index": index, "embedding": [0.25, 0.5]} for index, _ in enumerate(texts)],
        "model": request["model"],
        "usage": {"prompt_tokens": usage.input, "total_tokens": usage.input},
    }
