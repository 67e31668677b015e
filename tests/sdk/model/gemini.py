"""Gemini's generateContent. `candidatesTokenCount` leaves out the thoughts."""

from . import asked
from .ledger import Call, Usage


def generate(model, stream, request, ledger):
    """`POST /models/MODEL:generateContent` and `:streamGenerateContent`: a text."""
    weight = asked.weight(request["contents"])
    usage = Usage(
        asked.SYSTEM_TOKENS + weight, asked.output_tokens(weight), asked.CACHED_TOKENS, 0, asked.REASONING_TOKENS
    )
    call = Call(ledger.new_id("gen-"), "generate_content", model, stream, True, usage)
    ledger.charge(call)
    content = {"role": "model", "parts": [{"text": asked.ANSWER}]}
    answer = {
        "candidates": [{"content": content, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {
            "promptTokenCount": usage.input,
            "cachedContentTokenCount": usage.cache_read,
            "candidatesTokenCount": usage.output - usage.reasoning,
            "thoughtsTokenCount": usage.reasoning,
            "totalTokenCount": usage.input + usage.output,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": usage.input}],
        },
        "modelVersion": model,
        "responseId": call.id,
    }
    return asked.lines([answer]) if stream else answer
