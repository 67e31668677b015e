"""LiteLLM's client with the spans it makes by itself."""

import os

import telemetry

# Its price list is in the package; without this it would ask the network for a newer one.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"


async def programme(model):
    """Calls to both providers, whole and streamed."""
    import litellm

    litellm.callbacks = ["otel"]
    ask = [{"role": "user", "content": "What is the weather in Paris?"}]
    gpt = {"model": "openai/gpt-4o", "api_base": f"{model}/v1", "messages": ask}
    claude = {"model": "anthropic/claude-sonnet-4-5", "api_base": model, "messages": ask}
    for options in (gpt, gpt, claude):
        await litellm.acompletion(**options)
    async for _ in await litellm.acompletion(**gpt, stream=True, stream_options={"include_usage": True}):
        pass
    async for _ in await litellm.acompletion(**claude, stream=True):
        pass
    # What it logs is written by a worker behind.
    from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER

    await GLOBAL_LOGGING_WORKER.flush()


telemetry.run(programme)
