"""Counts what was found against what was to be found."""

import collections
import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
TYPES = json.loads((HERE / "types.json").read_text(encoding="utf-8"))
GROUP_OF = {name: group for group, names in TYPES["groups"].items() for name in names}
# What the bars of each group are: recall, precision; None where there is none.
BARS = {"structured": (0.98, 0.98), "secrets": (0.97, None), "phones": (0.85, 0.95), "names": (None, 0.95)}


def load(folder):
    """All items of a folder; the family is the file's name."""
    items = []
    for path in sorted(Path(folder).glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            item = {"must": [], "may": [], "trap": [], "key": "", **json.loads(line), "family": path.stem}
            items.append(item)
    return items


def group_of(name):
    """The group of a type; what is in no list is a secret."""
    return GROUP_OF.get(name, "secrets")


def fits(label, found):
    """Whether a finding of type `found` is right for a label; a secret may be called by any secret's name."""
    if group_of(label) == "secrets":
        return group_of(found) == "secrets"
    return label == found or found in TYPES["accept"].get(label, ())


def overlap(label, finding):
    """How many bytes both cover."""
    return min(label[2], finding[2]) - max(label[1], finding[1])


class Tally:
    """Counts of one row of a table."""

    def __init__(self):
        self.wanted = self.hit = self.exact = self.covered = self.found = self.right = 0

    @property
    def recall(self):
        return self.hit / self.wanted if self.wanted else None

    @property
    def precision(self):
        return self.right / self.found if self.found else None


class Score:
    """Tallies by type, group and family, and which traps were stepped into."""

    def __init__(self):
        self.by_type = collections.defaultdict(Tally)
        self.by_group = collections.defaultdict(Tally)
        self.by_family = collections.defaultdict(Tally)
        self.traps = collections.Counter()
        self.wrong = collections.Counter()
        self.missed = []
        self.false = []

    def add(self, item, findings):
        """One item and its findings, each (type, start, end)."""
        for label in item["must"]:
            self._label(item, label, findings)
        for finding in findings:
            self._finding(item, finding)

    def _label(self, item, label, findings):
        half = (label[2] - label[1]) / 2
        hits = [finding for finding in findings if fits(label[0], finding[0]) and overlap(label, finding) >= half]
        covered = any(overlap(label, finding) >= half for finding in findings)
        exact = any((finding[1], finding[2]) == (label[1], label[2]) for finding in hits)
        for tally in (self.by_type[label[0]], self.by_group[group_of(label[0])], self.by_family[item["family"]]):
            tally.wanted += 1
            tally.hit += bool(hits)
            tally.exact += exact
            tally.covered += covered
        if not hits:
            self.missed.append((item, label))

    def _finding(self, item, finding):
        labels = [label for label in item["must"] + item["may"] if overlap(label, finding) > 0]
        right = any(fits(label[0], finding[0]) or label[0] == "ANY" for label in labels)
        # A secret of whatever family counts where the family's rows stand: nowhere by type.
        kinds = {label[0] for label in labels if fits(label[0], finding[0])} or {finding[0]}
        for tally in (self.by_type[min(kinds)], self.by_group[group_of(finding[0])], self.by_family[item["family"]]):
            tally.found += 1
            tally.right += right
        if not right:
            stepped = [label for label in item["trap"] if overlap(label, finding) > 0]
            for label in stepped:
                self.traps[label[0], finding[0]] += 1
            for label in labels:
                self.wrong[label[0], finding[0]] += 1
            self.false.append((item, finding))


def percent(value):
    return "–" if value is None else f"{value:.3f}"


def table(rows, names, beside=None):
    """Markdown: a row for each of `names`, ours and, if given, another's."""
    head = "| | wanted | recall | exact | any type | found | precision |"
    line = "|---|--:|--:|--:|--:|--:|--:|"
    if beside is not None:
        head += " Presidio recall | precision |"
        line += "--:|--:|"
    lines = [head, line]
    for name in names:
        tally = rows[name]
        share = [percent(part / tally.wanted if tally.wanted else None) for part in (tally.exact, tally.covered)]
        cells = [name, tally.wanted, percent(tally.recall), *share, tally.found, percent(tally.precision)]
        if beside is not None:
            cells += [percent(beside[name].recall), percent(beside[name].precision)]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)
