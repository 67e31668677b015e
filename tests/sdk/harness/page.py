"""A page of the `prometheus` exporter, read."""

import re
import urllib.error
import urllib.request

from .process import Failure

READ_SECONDS = 10
SAMPLE = re.compile(r"^(?P<name>[^\s{]+)(?:\{(?P<labels>.*)\})? (?P<value>\S+)(?: \d+)?$")
LABEL = re.compile(r'(?P<name>[^=,]+)="(?P<value>(?:[^"\\]|\\.)*)",?')


def read(port):
    """The samples shown on this port now: a list of (name, labels, value)."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=READ_SECONDS) as answer:
            text = answer.read().decode()
    except (urllib.error.URLError, OSError) as error:
        raise Failure(f"GET /metrics: {error}") from error
    return [_sample(line) for line in text.splitlines() if line and not line.startswith("#")]


def total(samples, name, chosen=lambda labels: True):
    """The sum of all samples of this name with chosen labels, as a whole number; 0 if there is none."""
    return int(amount(samples, name, chosen))


def amount(samples, name, chosen=lambda labels: True):
    """The same with its fraction."""
    return sum(value for sample, labels, value in samples if sample == name and chosen(labels))


def _sample(line):
    found = SAMPLE.match(line)
    if not found:
        raise Failure(f"the page has a line that is no sample: {line}")
    labels = {label["name"]: label["value"] for label in LABEL.finditer(found["labels"] or "")}
    return found["name"], labels, float(found["value"])
