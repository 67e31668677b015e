"""What the model has served and charged: the truth that a metrics page is compared with."""

import itertools
import threading
from dataclasses import asdict, dataclass, field

CLASSES = ("input", "output", "cache_read", "cache_write", "reasoning")


@dataclass(frozen=True)
class Usage:
    """Tokens of one call. Cached tokens are part of `input`, reasoning is part of `output`, whoever the provider is."""

    input: int
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    reasoning: int = 0


@dataclass(frozen=True)
class Call:
    """One answer. A call that was not `told` had no usage in its answer, so no client can know it."""

    id: str
    api: str
    model: str
    stream: bool
    told: bool
    usage: Usage = field(default_factory=lambda: Usage(0))


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
