"""All instrumentations of all clients in one process: each call is reported two or three times."""

import asyncio

import calls
import telemetry
from openinference.instrumentation.anthropic import AnthropicInstrumentor as OpenInferenceAnthropic
from openinference.instrumentation.google_genai import GoogleGenAIInstrumentor as OpenInferenceGoogle
from openinference.instrumentation.openai import OpenAIInstrumentor as OpenInferenceOpenAI
from opentelemetry import trace
from opentelemetry.instrumentation.anthropic import AnthropicInstrumentor as OpenLLMetryAnthropic
from opentelemetry.instrumentation.google_generativeai import GoogleGenerativeAiInstrumentor as OpenLLMetryGoogle
from opentelemetry.instrumentation.openai import OpenAIInstrumentor as OpenLLMetryOpenAI

INSTRUMENTATIONS = (
    OpenInferenceAnthropic,
    OpenLLMetryAnthropic,
    OpenInferenceGoogle,
    OpenLLMetryGoogle,
    OpenInferenceOpenAI,
    OpenLLMetryOpenAI,
)


def programme(model):
    """All calls, in one trace and then without any span around them."""
    for instrumentation in INSTRUMENTATIONS:
        instrumentation().instrument()
    with trace.get_tracer("app").start_as_current_span("turn"):
        calls.openai(model)
        calls.anthropic(model)
        calls.google(model)
    calls.openai(model)
    calls.anthropic(model)
    asyncio.run(calls.openai_at_once(model))


telemetry.run(programme)
