#!/usr/bin/env python3
"""Writes the labelled items, one file of JSON lines for each family of text.

    python3 generate.py --seed 1 --out DIR [--each N]

Needs Faker, python-stdnum, phonenumbers and mnemonic from PyPI (requirements.txt); nothing at the time of testing.
An item: {"id", "text", "key", "must", "may", "trap"}; each of the last three a list of [name, start, end], bytes of
the UTF-8 text. "must" has to be found; "may" is right if found; "trap" looks like something and is nothing.
"""

import argparse
import dataclasses
import json
import random
from pathlib import Path

from labelled import devices, finance, frames, national, people, secrets, traps

# Every how many items a type gets beside the even share, by how much of real text it is.
MORE_OF = {"EMAIL_ADDRESS": 6, "PHONE_NUMBER": 10, "CREDIT_CARD": 5, "IBAN": 3, "PERSON": 8, "ADDRESS": 3, "US_SSN": 3,
           "IP_ADDRESS": 4, "PASSWORD": 3, "URL_CREDENTIALS": 3, "AUTH_HEADER": 3, "URL_SECRET": 2, "DATE_OF_BIRTH": 2}  # fmt: skip
# Types that people copy from pages and documents, with what those put between groups of digits.
COPIED = ("PHONE_NUMBER", "CREDIT_CARD", "IBAN")
COPIED_SHARE = 0.08
# How many of the items hold nothing private.
CLEAN_SHARE = 0.45
# Words in another language name few types; the others stay in English.
MANY_TONGUED = ("CREDIT_CARD", "PHONE_NUMBER", "EMAIL_ADDRESS", "DATE_OF_BIRTH", "PASSWORD")


def makers():
    """Every type and how it is made."""
    return (
        finance.MAKERS
        | devices.MAKERS
        | devices.OPTIONAL
        | national.MAKERS
        | national.MORE_MAKERS
        | secrets.MAKERS
        | people.MAKERS
    )


def draw(rng, choices):
    """One of the makers of a type, run."""
    makers, weights = zip(*choices, strict=True)
    return rng.choices(makers, weights)[0](rng)


def copied(rng, fact):
    """The fact as pages typeset it: no-break or thin spaces, dashes that are no hyphens."""
    space, dash = rng.choice("\u00a0\u2009\u202f"), rng.choice("\u2013\u2011")
    doc = fact.doc.map(lambda text: text.replace(" ", space).replace("-", dash))
    return dataclasses.replace(fact, doc=doc)


def fits(family, fact, name):
    """Whether a fact may stand in a family."""
    if family in fact.not_in or (family == "csv" and fact.key == "headers"):
        return False
    if fact.key == "headers":
        return family in ("http", "log_line", "stack_trace", "plain_chat", "attribute", "chat")
    if family == "multilingual":
        return fact.alone or name in MANY_TONGUED or name == "trap"
    return not ("\n" in fact.doc.text and family in ("log_line", "url", "sql", "attribute"))


def compose(rng, family, facts):
    """An item, without its id."""
    doc, key = frames.render(rng, family, facts)
    item = {"text": doc.text, "key": key, "must": [], "may": [], "trap": []}
    for kind, name, start, end in doc.spans():
        item[kind].append([name, start, end])
    return item


def private_items(rng, each):
    """Items with something private, every type in every family in turn."""
    families = list(frames.FAMILIES)
    traps_made = list(traps.MAKERS.values())
    at = rng.randrange(len(families))
    for name, choices in makers().items():
        for _ in range(each * MORE_OF.get(name, 1)):
            fact = draw(rng, choices)
            if name in devices.OPTIONAL:
                fact = dataclasses.replace(fact, doc=fact.doc.demoted())
            for _ in families:
                family = families[at % len(families)]
                at += 1
                if fits(family, fact, name):
                    break
            if name in COPIED and rng.random() < COPIED_SHARE:
                fact = copied(rng, fact)
            facts = [fact]
            if family == "email_thread" and rng.random() < 0.6:
                facts += [people.salutation(rng), people.signature(rng)][rng.choice((0, 1)) :]
            for _ in range(rng.choice((0, 0, 1, 2))):
                other = draw(rng, rng.choice(traps_made))
                if fits(family, other, "trap") and other.key != fact.key and family != "attribute":
                    facts.append(other)
            rng.shuffle(facts)
            yield family, compose(rng, family, facts)


def clean_items(rng, count):
    """Items in which nothing is private and much looks so."""
    families, made = list(frames.FAMILIES), list(traps.MAKERS.values())
    for at in range(count):
        family = families[at % len(families)]
        facts = {}
        for _ in range(rng.randint(1, 4)):
            fact = draw(rng, made[(at + len(facts)) % len(made)] if not facts else rng.choice(made))
            if fits(family, fact, "trap"):
                facts[fact.key] = fact
        yield family, compose(rng, family, list(facts.values()))


def generate(seed, each):
    """Items by family; the same for the same seed."""
    rng = random.Random(seed)
    people.seed(seed)
    items = list(private_items(rng, each))
    items += clean_items(rng, int(len(items) * CLEAN_SHARE / (1 - CLEAN_SHARE)))
    by_family = {}
    for family, item in items:
        of_family = by_family.setdefault(family, [])
        of_family.append({"id": f"{family}-{len(of_family) + 1}", **item})
    return by_family


def main():
    """Writes what was asked for."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--each", type=int, default=9, help="items for each type")
    arguments.add_argument("--out", type=Path, required=True)
    asked = arguments.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    count = clean = 0
    for family, items in generate(asked.seed, asked.each).items():
        with (asked.out / f"{family}.jsonl").open("w", encoding="utf-8") as file:
            for item in items:
                count += 1
                clean += not item["must"]
                line = {name: value for name, value in item.items() if value or name == "text"}
                file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(f"{count} items, {clean} of them without anything that must be found")


if __name__ == "__main__":
    main()
