"""LangChain under OpenLLMetry; Anthropic's client makes spans of its own below."""

import langchain_agent
import telemetry
from opentelemetry.instrumentation.langchain import LangchainInstrumentor


def programme(model):
    """All runs."""
    LangchainInstrumentor().instrument()
    langchain_agent.runs(model)


telemetry.run(programme)
