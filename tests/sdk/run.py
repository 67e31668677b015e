#!/usr/bin/env python3
"""Real clients and a real collector on both sides of Tollgate; see README.md.

    python3 tests/sdk/run.py TOLLGATE_BINARY [--only python|node|go|wire|secured|agents] [--heavy]

Exit code 0 unless something failed; what this machine cannot run is skipped with one line.
"""

import argparse
import sys
from pathlib import Path

from harness import agents, clients, collector, secured, unknown

PARTS = {
    "python": lambda asked, report: clients.run("python", asked.tollgate, report),
    "node": lambda asked, report: clients.run("node", asked.tollgate, report),
    "go": lambda asked, report: collector.run(asked.tollgate, report),
    "wire": lambda asked, report: unknown.run(asked.tollgate, report),
    "secured": lambda asked, report: secured.run(asked.tollgate, report),
    "agents": lambda asked, report: agents.run(asked.tollgate, report, asked.heavy),
}


class Report:
    """Prints a line per case and counts."""

    def __init__(self):
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}

    def outcome(self, client, route, signal, problem, detail):
        """A case: passed if there is no problem."""
        self._line("failed" if problem else "passed", client, route, signal, problem or detail)

    def failed(self, client, route, signal, problem):
        """A case that failed; the problem says where it differs."""
        self._line("failed", client, route, signal, problem)

    def skipped(self, client, reason):
        """A part that cannot run on this machine."""
        self.counts["skipped"] += 1
        print(f"skipped: {client}: {reason}", flush=True)

    def _line(self, outcome, client, route, signal, detail):
        self.counts[outcome] += 1
        print(f"{outcome:<7} {client:<7} {route:<34} {signal:<8} {detail}", flush=True)


def main():
    """Runs what was asked for."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("tollgate", type=Path, help="the binary")
    arguments.add_argument("--only", choices=PARTS, help="one part")
    arguments.add_argument("--heavy", action="store_true", help="all agents, not only the light ones")
    asked = arguments.parse_args()
    asked.tollgate = asked.tollgate.resolve()
    report = Report()
    for name, part in PARTS.items():
        if asked.only in (None, name):
            part(asked, report)
    print(", ".join(f"{count} {outcome}" for outcome, count in report.counts.items()))
    return 1 if report.counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
