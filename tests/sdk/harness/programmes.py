"""Which agents are run: what they are, where they run, and what their telemetry does not say."""

from dataclasses import dataclass, field

from . import environments

HERE = environments.SOURCE / "agents"
HOMES = environments.TARGET / "agents"


@dataclass(frozen=True)
class Programme:
    """A programme of agents/ and the environment it runs in.

    `unsaid` names, for a class of tokens, the calls whose telemetry leaves it out. Those are then expected to be
    missing, so that a new release that says more fails here and the line can go. `tells_refusals`: a request that the
    model refused is a failed span of its own, and not a part of the span of the call that went well in the end.
    """

    name: str
    environment: str
    file: str
    heavy: bool = False
    unsaid: dict = field(default_factory=dict)
    tells_refusals: bool = False

    def command(self):
        """How to start it; environments.Skipped where this machine cannot."""
        home = HOMES / self.environment
        if self.file.endswith(".mjs"):
            return ["node", str(environments.node(HERE / self.environment, HERE, home) / self.file)]
        python = environments.python(HERE / "requirements" / f"{self.environment}.txt", home)
        return [str(python), str(HERE / self.file)]


def _all(_):
    return True


def _streamed_chat(call):
    return call["api"] == "chat" and call["stream"]


def _responses(call):
    return call["api"] == "responses"


def _openai_not_streamed(call):
    return call["api"] in ("chat", "responses") and not call["stream"]


PROGRAMMES = (
    Programme("openai, OpenInference", "clients", "openai_openinference.py"),
    Programme(
        "openai, OpenLLMetry",
        "clients",
        "openai_openllmetry.py",
        unsaid={"reasoning": _streamed_chat, "cache_write": _responses},
    ),
    Programme("both, OpenTelemetry", "official", "official.py"),
    Programme("anthropic, OpenLLMetry", "clients", "anthropic_openllmetry.py"),
    Programme("pydantic-ai", "pydantic-ai", "pydantic_agent.py"),
    Programme("Vercel AI SDK 6", "vercel-6", "vercel.mjs", tells_refusals=True),
    Programme(
        "Vercel AI SDK 5",
        "vercel-5",
        "vercel.mjs",
        heavy=True,
        unsaid={"cache_read": _openai_not_streamed, "reasoning": _openai_not_streamed},
        tells_refusals=True,
    ),
    Programme("anthropic alone", "clients", "anthropic_alone.py", heavy=True),
    Programme("google, OpenInference", "clients", "google_openinference.py", heavy=True),
    Programme("google, OpenLLMetry", "clients", "google_openllmetry.py", heavy=True),
    Programme("all clients, all at once", "clients", "all_at_once.py", heavy=True),
    Programme("litellm", "litellm", "litellm_calls.py", heavy=True),
    Programme("langchain, OpenInference", "langchain", "langchain_openinference.py", heavy=True),
    Programme(
        "langchain, OpenLLMetry",
        "langchain",
        "langchain_openllmetry.py",
        heavy=True,
        unsaid={"reasoning": _all},
    ),
    Programme("openai-agents, OpenInference", "openai-agents", "openai_agents_openinference.py", heavy=True),
    Programme(
        "openai-agents, OpenLLMetry",
        "openai-agents",
        "openai_agents_openllmetry.py",
        heavy=True,
        unsaid={"cache_write": _all},
    ),
    Programme("strands", "strands", "strands_agent.py", heavy=True, unsaid={"reasoning": _all}),
)
