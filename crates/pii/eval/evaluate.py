#!/usr/bin/env python3
"""Scores the crate on the labelled items; the standard library is enough.

    python3 evaluate.py SCAN [--data DIR] [--presidio FILE] [--classes]

SCAN is the crate's example `scan`, built. Exit code 1 where a bar is missed.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from score import BARS, HERE, Score, load, percent, table

LABELLED = HERE.parent / "tests" / "data" / "labelled"


def scan(binary, items):
    """The findings of each item, by the crate."""
    lines = [json.dumps({"text": item["text"], "key": item.get("key", "")}, ensure_ascii=False) for item in items]
    done = subprocess.run(
        [binary], input="\n".join(lines) + "\n", capture_output=True, text=True, encoding="utf-8", check=True
    )
    return findings(done.stdout, len(items))


def findings(text, count):
    """Findings by line, from JSON lines {"line", "type", "start", "end"}."""
    found = [[] for _ in range(count)]
    for line in text.splitlines():
        finding = json.loads(line)
        found[finding["line"]].append((finding["type"], finding["start"], finding["end"]))
    return found


def scored(items, found):
    """A score of all items."""
    score = Score()
    for item, of_item in zip(items, found, strict=True):
        score.add(item, of_item)
    return score


def report(score, beside=None):
    """The tables."""
    print("\n### By group\n")
    other = (lambda name: getattr(beside, name)) if beside else (lambda _: None)
    print(table(score.by_group, sorted(score.by_group), other("by_group")))
    print("\n### By family\n")
    print(table(score.by_family, sorted(score.by_family), other("by_family")))
    print("\n### By type\n")
    print(
        table(
            score.by_type,
            sorted(name for name, tally in score.by_type.items() if tally.wanted or tally.found),
            other("by_type"),
        )
    )


def classes(score):
    """Which traps were stepped into and which types were taken for which."""
    print("\n### Traps stepped into (class, found as)\n")
    for (trap, found), count in score.traps.most_common():
        print(f"- {trap}: {found} {count}")
    print("\n### Taken for something else (what it is, found as)\n")
    for (label, found), count in score.wrong.most_common():
        print(f"- {label}: {found} {count}")


def bars(score):
    """The bars that are missed, each in a sentence; of a group that the data lacks none is."""
    missed = []
    for group, (recall, precision) in BARS.items():
        tally = score.by_group[group]
        for name, bar, value in (("recall", recall, tally.recall), ("precision", precision, tally.precision)):
            if bar is not None and value is not None and value < bar:
                missed.append(f"{group}: {name} {percent(value)}, the bar is {bar}")
    return missed


def main():
    """Prints the tables and says which bars are missed."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("scan", type=Path)
    arguments.add_argument("--data", type=Path, default=LABELLED)
    arguments.add_argument("--presidio", type=Path, help="Presidio's findings on the same data, from presidio_scan.py")
    arguments.add_argument("--classes", action="store_true", help="also which traps were stepped into")
    asked = arguments.parse_args()
    items = load(asked.data)
    score = scored(items, scan(asked.scan.resolve(), items))
    beside = None
    if asked.presidio:
        beside = scored(items, findings(asked.presidio.read_text(encoding="utf-8"), len(items)))
    print(f"{len(items)} items, {sum(len(item['text'].encode()) for item in items) / 1e6:.2f} MB")
    report(score, beside)
    if asked.classes:
        classes(score)
    missed = bars(score)
    print("\n" + ("\n".join(f"missed: {line}" for line in missed) or "every bar is reached"))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
