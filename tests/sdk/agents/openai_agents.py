"""The runs that both programmes of OpenAI's Agents SDK make: a tool, a stream, a handoff."""

from agents import Agent, Runner, function_tool, set_default_openai_client, set_trace_processors
from openai import AsyncOpenAI

# Its own tracing would send to OpenAI. An instrumentation that comes after this is told of the same things.
set_trace_processors([])


async def runs(model):
    """Three runs; the last one goes from one agent to another."""
    set_default_openai_client(AsyncOpenAI(base_url=f"{model}/v1"), use_for_tracing=False)

    @function_tool
    def weather(city: str) -> str:
        """The weather in a city."""
        return f"rain in {city}"

    forecaster = Agent(name="forecaster", instructions="Be brief.", model="gpt-4o", tools=[weather])
    desk = Agent(name="desk", instructions="Hand over.", model="gpt-4o", handoffs=[forecaster])
    await Runner.run(forecaster, "What is the weather in Paris?")
    streamed = Runner.run_streamed(forecaster, "What is the weather in Paris?")
    async for _ in streamed.stream_events():
        pass
    await Runner.run(desk, "What is the weather in Paris?")
