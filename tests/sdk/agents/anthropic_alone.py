"""Anthropic's client with the spans it makes by itself."""

import calls
import telemetry


def programme(model):
    """All calls."""
    calls.anthropic(model)


telemetry.run(programme)
