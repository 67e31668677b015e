"""The runs that both LangChain programmes make: chains and an agent, with OpenAI's and Anthropic's clients."""

from langchain.agents import create_agent
from langchain_anthropic import ChatAnthropic
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI


@tool
def weather(city: str) -> str:
    """The weather in a city."""
    return f"rain in {city}"


def runs(model):
    """A call, a stream, a batch, and an agent with a tool, by each client."""
    gpt = ChatOpenAI(model="gpt-4o", base_url=f"{model}/v1", stream_usage=True)
    claude = ChatAnthropic(model="claude-sonnet-4-5", base_url=model, max_tokens=100)
    for chat in (gpt, claude):
        chat.invoke("What is the weather in Paris?")
        for _ in chat.stream("What is the weather in Paris?"):
            pass
        chat.batch(["Paris?", "Paris?", "Rome?"])
        create_agent(chat, [weather], name="forecaster").invoke(
            {"messages": [("user", "What is the weather in Paris?")]}
        )
