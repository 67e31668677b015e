"""Google's client under OpenLLMetry, which leaves thoughts out of the output."""

import calls
import telemetry
from opentelemetry.instrumentation.google_generativeai import GoogleGenerativeAiInstrumentor


def programme(model):
    """All calls."""
    GoogleGenerativeAiInstrumentor().instrument()
    calls.google(model)


telemetry.run(programme)
