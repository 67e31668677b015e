"""OpenAI's Agents SDK under OpenInference."""

import openai_agents
import telemetry
from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor


async def programme(model):
    """Runs of the agents."""
    OpenAIAgentsInstrumentor().instrument()
    await openai_agents.runs(model)


telemetry.run(programme)
