"""Which agents are run: what they are, where they run, and what their telemetry does not say."""

from dataclasses import dataclass, field

from . import environments

HERE = environments.SOURCE / "agents"
HOMES = environments.TARGET / "agents"


@dataclass(frozen=True)
class Programme:
    """A programme of agents/ and the environment it runs in.

    `runs` is how many runs with calls it makes, those inside others not counted; a call on its own is one, too.
    `runs_tools`: it runs the tools that the model asks for.
    `unsaid` names, for a class of tokens or for a tool, the calls whose telemetry leaves it out. Those are then
    expected to be missing, so that a new release that says more fails here and the line can go. `tells_refusals`: a
    request that the model refused is a failed span of its own, and not a part of the span of the call that went well
    in the end.
    """

    name: str
    environment: str
    file: str
    runs: int
    runs_tools: bool = True
    heavy: bool = False
    unsaid: dict = field(default_factory=dict)
    tells_refusals: bool = False

    def says(self, kind, call):
        """Whether the telemetry of this call tells this class of its tokens, or its tool."""
        return not self.unsaid.get(kind, lambda _: False)(call)

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


def _handoff(call):
    return call["tool"].startswith("transfer_to_")


PROGRAMMES = (
    Programme("openai, OpenInference", "clients", "openai_openinference.py", runs=9, runs_tools=False),
    Programme(
        "openai, OpenLLMetry",
        "clients",
        "openai_openllmetry.py",
        runs=9,
        runs_tools=False,
        unsaid={"reasoning": _streamed_chat, "cache_write": _responses},
    ),
    Programme("both, OpenTelemetry", "official", "official.py", runs=15, runs_tools=False),
    Programme("anthropic, OpenLLMetry", "clients", "anthropic_openllmetry.py", runs=6, runs_tools=False),
    Programme("pydantic-ai", "pydantic-ai", "pydantic_agent.py", runs=3),
    Programme("Vercel AI SDK 6", "vercel-6", "vercel.mjs", runs=13, tells_refusals=True),
    Programme(
        "Vercel AI SDK 5",
        "vercel-5",
        "vercel.mjs",
        runs=13,
        heavy=True,
        unsaid={"cache_read": _openai_not_streamed, "reasoning": _openai_not_streamed},
        tells_refusals=True,
    ),
    Programme("anthropic alone", "clients", "anthropic_alone.py", runs=6, runs_tools=False, heavy=True),
    Programme("google, OpenInference", "clients", "google_openinference.py", runs=2, runs_tools=False, heavy=True),
    Programme("google, OpenLLMetry", "clients", "google_openllmetry.py", runs=2, runs_tools=False, heavy=True),
    Programme("all clients, all at once", "clients", "all_at_once.py", runs=16, runs_tools=False, heavy=True),
    Programme("litellm", "litellm", "litellm_calls.py", runs=5, runs_tools=False, heavy=True),
    Programme("langchain, OpenInference", "langchain", "langchain_openinference.py", runs=12, heavy=True),
    Programme(
        "langchain, OpenLLMetry",
        "langchain",
        "langchain_openllmetry.py",
        runs=12,
        heavy=True,
        unsaid={"reasoning": _all},
    ),
    Programme("openai-agents, OpenInference", "openai-agents", "openai_agents_openinference.py", runs=3, heavy=True),
    Programme(
        "openai-agents, OpenLLMetry",
        "openai-agents",
        "openai_agents_openllmetry.py",
        runs=3,
        heavy=True,
        unsaid={"cache_write": _all, "tool": _handoff},
    ),
    Programme("strands", "strands", "strands_agent.py", runs=3, heavy=True, unsaid={"reasoning": _all}),
)
