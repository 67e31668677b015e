"""Anthropic's client, which makes spans of its own, under OpenLLMetry, which makes a trace of its own for each call."""

import calls
import telemetry
from opentelemetry.instrumentation.anthropic import AnthropicInstrumentor


def programme(model):
    """All calls, each reported twice."""
    AnthropicInstrumentor().instrument()
    calls.anthropic(model)


telemetry.run(programme)
