"""The calls that the programmes make with the clients of OpenAI, Anthropic and Google: each way a call can be made."""

import asyncio

from opentelemetry import trace

# The words are in nobody's telemetry rules; `BUSY` makes the model refuse once, so that the client tries again.
QUESTION = "What is the weather in Paris?"
BUSY = "What do you do when you are busy?"
GPT, EMBEDDING, CLAUDE, GEMINI = "gpt-4o", "text-embedding-3-small", "claude-sonnet-4-5", "gemini-2.5-pro"


def _asked(question=QUESTION):
    return [{"role": "user", "content": question}]


def openai(model):
    """Chat, responses, embeddings; and a stream that asks for no usage, whose tokens nobody can know."""
    from openai import OpenAI

    client = OpenAI(base_url=f"{model}/v1")
    for question in (QUESTION, QUESTION, BUSY):
        client.chat.completions.create(model=GPT, messages=_asked(question))
    for option in ({"stream_options": {"include_usage": True}}, {}):
        for _ in client.chat.completions.create(model=GPT, messages=_asked(), stream=True, **option):
            pass
    client.responses.create(model=GPT, input=QUESTION)
    for _ in client.responses.create(model=GPT, input=_asked(), stream=True):
        pass
    client.embeddings.create(model=EMBEDDING, input=[QUESTION, "second"])


async def openai_at_once(model):
    """Three equal calls at the same time under one span: nothing but their ids tells them apart."""
    from openai import AsyncOpenAI

    client = AsyncOpenAI(base_url=f"{model}/v1")
    with trace.get_tracer("app").start_as_current_span("turn"):
        calls = (client.chat.completions.create(model=GPT, messages=_asked("At once.")) for _ in range(3))
        await asyncio.gather(*calls)


def anthropic(model):
    """Messages, whole and streamed, with a tool."""
    from anthropic import Anthropic

    client = Anthropic(base_url=model)
    ask = {"model": CLAUDE, "max_tokens": 100}
    for question in (QUESTION, QUESTION, BUSY):
        client.messages.create(**ask, messages=_asked(question))
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    client.messages.create(**ask, messages=_asked(), tools=[{"name": "weather", "input_schema": schema}])
    for _ in client.messages.create(**ask, messages=_asked(), stream=True):
        pass
    with client.messages.stream(**ask, messages=_asked()) as stream:
        stream.get_final_message()


def google(model):
    """Gemini, whole and streamed."""
    from google import genai

    client = genai.Client(api_key="none", http_options={"base_url": model})
    client.models.generate_content(model=GEMINI, contents=QUESTION)
    for _ in client.models.generate_content_stream(model=GEMINI, contents=QUESTION):
        pass
