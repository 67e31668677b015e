"""What the model has served and charged: the truth that a metrics page is compared with."""

import itertools
import threading
from dataclasses import asdict, dataclass, field

CLASSES = ("input", "output", "cache_read", "cache_write", "reasoning")

# US dollars for a million tokens, as the providers publish them. Anthropic takes more for a cache that lasts an hour.
PRICES = {
    "gpt-4o": {"input": 2.5, "cache_read": 1.25, "cache_write": 2.5, "cache_write_1h": 2.5, "output": 10.0},
    "claude-sonnet-4-5": {"input": 3.0, "cache_read": 0.3, "cache_write": 3.75, "cache_write_1h": 6.0, "output": 15.0},
    "gemini-2.5-pro": {"input": 1.25, "cache_read": 0.125, "cache_write": 1.25, "cache_write_1h": 1.25, "output": 10.0},
    "text-embedding-3-small": dict.fromkeys(("input", "cache_read", "cache_write", "cache_write_1h", "output"), 0.02),
}


@dataclass(frozen=True)
class Usage:
    """Tokens of one call. Cached tokens are part of `input`, reasoning is part of `output`, whoever the provider is."""

    input: int
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    reasoning: int = 0
    # The part of `cache_write` that is kept for an hour.
    cache_write_1h: int = 0


@dataclass(frozen=True)
class Call:
    """One answer. A call that was not `told` had no usage in its answer, so no client can know it."""

    id: str
    api: str
    model: str
    stream: bool
    told: bool
    usage: Usage = field(default_factory=lambda: Usage(0))
    # The tool that the answer asks for, if any.
    tool: str | None = None


def cost(model, usage):
    """What the model charges for these tokens, a dictionary as in `GET /ledger`, in US dollars."""
    price = next(price for name, price in PRICES.items() if model.startswith(name))
    hour = usage["cache_write_1h"]
    tokens = {
        "input": usage["input"] - usage["cache_read"] - usage["cache_write"],
        "cache_read": usage["cache_read"],
        "cache_write": usage["cache_write"] - hour,
        "cache_write_1h": hour,
        "output": usage["output"],
    }
    return sum(count * price[kind] for kind, count in tokens.items()) / 1e6


class Ledger:
    """Every call in order, and how many requests were turned away. Several threads may write."""

    def __init__(self):
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._calls = []
        self._asked_while_busy = 0

    def new_id(self, prefix):
        """An id that no other answer has."""
        with self._lock:
            return f"{prefix}{next(self._numbers):06d}"

    def charge(self, call):
        """Writes down a call that is about to be answered."""
        with self._lock:
            self._calls.append(call)

    def refuse_once(self):
        """True for the first request that asks for it: that one is turned away, the next is served."""
        with self._lock:
            self._asked_while_busy += 1
            return self._asked_while_busy % 2 == 1

    def as_json(self):
        """The ledger as `GET /ledger` shows it."""
        with self._lock:
            refused = (self._asked_while_busy + 1) // 2
            return {"calls": [asdict(call) for call in self._calls], "refused": refused}
