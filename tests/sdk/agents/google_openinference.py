"""Google's client under OpenInference."""

import calls
import telemetry
from openinference.instrumentation.google_genai import GoogleGenAIInstrumentor


def programme(model):
    """All calls."""
    GoogleGenAIInstrumentor().instrument()
    calls.google(model)


telemetry.run(programme)
