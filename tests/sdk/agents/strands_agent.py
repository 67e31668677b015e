"""A Strands agent with a tool; it is asked twice, and its span tells the total of its life each time."""

import telemetry
from strands import Agent, tool
from strands.models.openai import OpenAIModel


@tool
def weather(city: str) -> str:
    """The weather in a city."""
    return f"rain in {city}"


def programme(model):
    """Two runs of one agent, one run of another."""
    gpt = OpenAIModel(client_args={"base_url": f"{model}/v1", "api_key": "none"}, model_id="gpt-4o")
    forecaster = Agent(model=gpt, tools=[weather], name="forecaster", callback_handler=None)
    forecaster("What is the weather in Paris?")
    forecaster("And tomorrow?")
    Agent(model=gpt, name="talker", callback_handler=None)("Say something.")


telemetry.run(programme)
