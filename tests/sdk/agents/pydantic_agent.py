"""A pydantic-ai agent with a tool, whole and streamed, and an agent that calls an agent."""

import telemetry
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.openai import OpenAIProvider


async def programme(model):
    """Four runs, of which one is inside another."""
    Agent.instrument_all()
    provider = OpenAIProvider(base_url=f"{model}/v1", api_key="none")
    chat, responses = OpenAIChatModel("gpt-4o", provider=provider), OpenAIResponsesModel("gpt-4o", provider=provider)
    forecaster = Agent(chat, name="forecaster", instructions="Be brief.")
    planner = Agent(responses, name="planner", instructions="Ask the forecaster.")

    @forecaster.tool_plain
    def weather(city: str) -> str:
        """The weather in a city."""
        return f"rain in {city}"

    @planner.tool_plain
    async def forecast(city: str) -> str:
        """What the forecaster says."""
        return (await forecaster.run(f"What is the weather in {city}?")).output

    await forecaster.run("What is the weather in Paris?")
    async with forecaster.run_stream("What is the weather in Paris?") as stream:
        await stream.get_output()
    await planner.run("May I go without an umbrella?")


telemetry.run(programme)
