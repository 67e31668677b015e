#!/usr/bin/env python3
"""Presidio's patterns, without a language model, on labelled items.

    python3 presidio_scan.py DATA > findings.jsonl

Needs presidio-analyzer from PyPI. All its pattern recognisers of all countries are on, read as English; types
that have no counterpart here (dates, plain URLs) are left out. Its context words are compared with lower-cased words in
place of lemmas, its default threshold applies.
"""

import inspect
import json
import logging
import sys

import spacy
from presidio_analyzer import AnalyzerEngine, PatternRecognizer, RecognizerRegistry, predefined_recognizers
from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import PhoneRecognizer

from score import TYPES, load

THRESHOLD = 0.35


@spacy.Language.component("lower_case_lemmas")
def lower_case_lemmas(doc):
    """What stands in for the lemmas of a model."""
    for token in doc:
        token.lemma_ = token.lower_
    return doc


class Blank(SpacyNlpEngine):
    """A tokenizer, and lower-cased words as lemmas."""

    def __init__(self):
        super().__init__(ner_model_configuration=NerModelConfiguration(labels_to_ignore=[]))
        blank = spacy.blank("en")
        blank.add_pipe("lower_case_lemmas")
        self.nlp = {"en": blank}


def recognizers():
    """Every recogniser that needs patterns and checksums only."""
    for _, kind in inspect.getmembers(predefined_recognizers, inspect.isclass):
        if not issubclass(kind, (PatternRecognizer, PhoneRecognizer)) or kind is PatternRecognizer:
            continue
        try:
            yield kind(supported_language="en")
        except TypeError:
            continue


def main():
    """Writes the findings, offsets in bytes."""
    logging.disable(logging.ERROR)
    registry = RecognizerRegistry(recognizers=list(recognizers()), supported_languages=["en"])
    analyzer = AnalyzerEngine(
        registry=registry, nlp_engine=Blank(), supported_languages=["en"], default_score_threshold=THRESHOLD
    )
    for line, item in enumerate(load(sys.argv[1])):
        text = item["text"]
        for result in analyzer.analyze(text, language="en"):
            # What we have no name for is not held against it.
            name = TYPES["presidio"].get(result.entity_type)
            if name is None:
                continue
            start = len(text[: result.start].encode())
            end = start + len(text[result.start : result.end].encode())
            print(json.dumps({"line": line, "type": name, "start": start, "end": end}))


if __name__ == "__main__":
    main()
