"""LangChain under OpenInference; Anthropic's client makes spans of its own below."""

import langchain_agent
import telemetry
from openinference.instrumentation.langchain import LangChainInstrumentor


def programme(model):
    """All runs."""
    LangChainInstrumentor().instrument()
    langchain_agent.runs(model)


telemetry.run(programme)
