#!/usr/bin/env python3
"""Sentences of presidio-evaluator's generator as labelled items.

    python3 presidio_data.py SEED COUNT DIR

Needs presidio-evaluator from PyPI. Cards, mail, IBANs, social security numbers and IP addresses have to be found; phones
too; names are right if found; what is no type of ours (organisations, dates, titles) counts for nothing.
"""

import contextlib
import json
import random
import sys
from pathlib import Path

import numpy
from presidio_evaluator.data_generator import PresidioSentenceFaker

MUST = {"CREDIT_CARD": "CREDIT_CARD", "EMAIL_ADDRESS": "EMAIL_ADDRESS", "IBAN_CODE": "IBAN", "US_SSN": "US_SSN",
        "IP_ADDRESS": "IP_ADDRESS", "PHONE_NUMBER": "PHONE_NUMBER"}  # fmt: skip
MAY = {"PERSON": "PERSON", "STREET_ADDRESS": "ADDRESS", "ZIP_CODE": "ADDRESS", "GPE": "ADDRESS", "DATE_TIME": "DATE_OF_BIRTH",
       "US_DRIVER_LICENSE": "US_DRIVER_LICENSE", "AGE": "AGE", "DOMAIN_NAME": "ANY"}  # fmt: skip


def main():
    """Writes one file of items."""
    seed, count, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    random.seed(seed)
    numpy.random.seed(seed)
    with contextlib.redirect_stdout(sys.stderr):
        faker = PresidioSentenceFaker("en_US", lower_case_ratio=0.05, random_seed=seed)
        samples = faker.generate_new_fake_sentences(count)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "presidio_sentences.jsonl").open("w", encoding="utf-8") as file:
        for at, sample in enumerate(samples):
            text = sample.full_text if hasattr(sample, "full_text") else sample.fake
            item = {"id": f"presidio-{seed}-{at}", "text": text, "key": "gen_ai.prompt", "must": [], "may": []}
            for span in sample.spans:
                start = len(text[: span.start_position].encode())
                end = len(text[: span.end_position].encode())
                name = span.entity_type
                kind = "must" if name in MUST else "may"
                if name in MUST or name in MAY:
                    item[kind].append([(MUST | MAY)[name], start, end])
            file.write(json.dumps(item, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
