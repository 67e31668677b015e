"""OpenAI's and Anthropic's clients under OpenTelemetry's own instrumentations: each call a span and an event."""

import asyncio
import os

import calls
import telemetry

os.environ.update(
    OTEL_SEMCONV_STABILITY_OPT_IN="gen_ai_latest_experimental",
    OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT="SPAN_AND_EVENT",
    OTEL_INSTRUMENTATION_GENAI_EMIT_EVENT="true",
)


def programme(model):
    """All calls; Anthropic's are reported by its client, too."""
    from opentelemetry.instrumentation.genai.anthropic import AnthropicInstrumentor
    from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor

    OpenAIInstrumentor().instrument()
    AnthropicInstrumentor().instrument()
    calls.openai(model)
    calls.anthropic(model)
    asyncio.run(calls.openai_at_once(model))


telemetry.run(programme)
