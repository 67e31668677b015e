"""OpenAI's client under OpenInference."""

import asyncio

import calls
import telemetry
from openinference.instrumentation.openai import OpenAIInstrumentor


def programme(model):
    """All calls."""
    OpenAIInstrumentor().instrument()
    calls.openai(model)
    asyncio.run(calls.openai_at_once(model))


telemetry.run(programme)
