#!/usr/bin/env python3
"""What is found in text that holds nothing private: false findings per MB, and ids that would be changed.

    python3 clean.py SCAN [--ids MILLIONS] [--megabytes N] [--show N] [--half 0|1] [--folder DIR ...]

The text is collected when this runs: this repository's documents and sources, the Rust crates and the Python library that
lie on the machine, logs that are made here, and ids by the million. Test folders are left out, for they hold planted keys.
With --folder only the documents and sources of these folders are read. --half takes every second file, by a hash of its
name: what was looked at while detectors were mended is one half, what is reported is the other.
Findings of e-mail addresses, IP addresses and credentials in URLs are listed and do not count: documents have real ones.
Exit code 1 above one false finding per MB, or where an id was touched.
"""

import argparse
import collections
import json
import os
import random
import subprocess
import sys
import sysconfig
import tempfile
import time
import uuid
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
NOT_COUNTED = ("EMAIL_ADDRESS", "IP_ADDRESS", "URL_CREDENTIALS")
LEFT_OUT = {
    "tests",
    "test",
    "testdata",
    "fixtures",
    "target",
    "node_modules",
    ".git",
    "site-packages",
    "pii",
    "fuzz",
    "idle_test",
}
TEXT = ("*.md", "*.rst", "*.txt", "*.go", "*.py", "*.js", "*.ts", "*.rs", "*.c", "*.h", "*.java", "*.yaml", "*.yml", "*.toml", "*.pm", "*.sh")
FILE_MAX = 512 * 1024
FINDINGS_PER_MB_MAX = 1.0


def folders(asked):
    """Where text is looked for on this machine, by name."""
    if asked:
        return {folder.name: (folder, TEXT) for folder in asked}
    cargo = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo")) / "registry" / "src"
    return {
        "this repository": (ROOT, ("*.rs", "*.md", "*.yaml", "*.py")),
        "documents of Rust crates": (cargo, ("*.md",)),
        "sources of Rust crates": (cargo, ("*.rs",)),
        "the Python library": (Path(sysconfig.get_paths()["stdlib"]), ("*.py",)),
    }


def collected(folder, patterns, limit, half):
    """Texts of a folder's files in the order of a hash of their names, up to `limit` bytes."""
    paths = {path for pattern in patterns for path in folder.rglob(pattern)}
    paths = [
        path for path in paths if not LEFT_OUT & set(path.relative_to(folder).parts[:-1]) and "test" not in path.name
    ]
    if half is not None:
        paths = [path for path in paths if zlib.crc32(path.name.encode()) % 2 == half]
    random.Random(1).shuffle(paths := sorted(paths))
    size = 0
    for path in paths:
        if size >= limit:
            return
        if path.is_file() and path.stat().st_size <= FILE_MAX:
            text = path.read_text(encoding="utf-8", errors="replace")
            size += len(text.encode())
            yield text


def log_lines(rng, limit):
    """Lines as services write them."""
    services, verbs = ("checkout", "search", "ingest", "billing"), ("handled", "retried", "queued", "rejected")
    size = 0
    while size < limit:
        lines = []
        for _ in range(200):
            nanos = 1_700_000_000_000_000_000 + rng.randrange(9 * 10**16)
            at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(nanos // 10**9))
            lines.append(
                f"{at}.{nanos % 10**9:09}Z INFO {rng.choice(services)}-{rng.getrandbits(40):x} {rng.choice(verbs)} request_id={uuid.UUID(int=rng.getrandbits(128), version=4)}"
                f" trace_id={rng.getrandbits(128):032x} span_id={rng.getrandbits(64):016x} status={rng.choice((200, 204, 404, 503))} duration_ms={rng.randrange(9000)}"
                f" bytes={rng.randrange(10**9)} offset={rng.randrange(10**11)} input_tokens={rng.randrange(10**5)} model=gpt-4o-2024-08-06 order={rng.randrange(10**9, 10**10)}"
            )
        text = "\n".join(lines)
        size += len(text)
        yield text


def ids(rng, count):
    """Texts of a thousand ids each. Span ids are named: one of digits only cannot be told from a card without its name."""
    makers = (
        lambda: f"{rng.getrandbits(128):032x}",
        lambda: f"span_id={rng.getrandbits(64):016x}",
        lambda: str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        lambda: str(1_700_000_000_000_000_000 + rng.randrange(9 * 10**16)),
        lambda: str(1_700_000_000_000 + rng.randrange(9 * 10**10)),
        lambda: str(1_700_000_000 + rng.randrange(9 * 10**7)),
        lambda: f"{rng.getrandbits(160):040x}",
        lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_700_000_000 + rng.randrange(9 * 10**7))),
    )
    for _ in range(count // 1000):
        yield " ".join(maker() for maker in makers for _ in range(125))


class Scanner:
    """Runs the crate over texts, a batch at a time."""

    BATCH = 32 * 1024 * 1024

    def __init__(self, binary):
        self.binary = binary

    def scan(self, texts):
        """(bytes read, counts by type, examples) of all texts."""
        size, counts, examples, batch, held = 0, collections.Counter(), [], [], 0
        for text in texts:
            batch.append(text)
            held += len(text.encode())
            if held >= self.BATCH:
                size += held
                self._batch(batch, counts, examples)
                batch, held = [], 0
        self._batch(batch, counts, examples)
        return size + held, counts, examples

    def _batch(self, batch, counts, examples):
        with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
            file.writelines(json.dumps({"text": text, "key": "body"}, ensure_ascii=False) + "\n" for text in batch)
            file.seek(0)
            done = subprocess.run([self.binary], stdin=file, capture_output=True, check=True)
        for line in done.stdout.decode().splitlines():
            finding = json.loads(line)
            counts[finding["type"]] += 1
            if finding["type"] not in NOT_COUNTED:
                around = batch[finding["line"]].encode()[max(finding["start"] - 40, 0) : finding["end"] + 20]
                examples.append((finding["type"], around.decode(errors="replace")))


def report(name, size, counts):
    """A row; answers how many findings count."""
    false = {kind: count for kind, count in counts.items() if kind not in NOT_COUNTED}
    total = sum(false.values())
    kinds = ", ".join(f"{kind} {count}" for kind, count in collections.Counter(false).most_common(8))
    aside = ", ".join(f"{kind} {counts[kind]}" for kind in NOT_COUNTED if counts[kind])
    print(f"| {name} | {size / 1e6:.1f} | {total} | {total / (size / 1e6):.2f} | {kinds} | {aside} |", flush=True)
    return total


def main():
    """Prints a row for each source and says whether the bars hold."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("scan", type=Path)
    arguments.add_argument("--ids", type=float, default=1, help="millions of ids")
    arguments.add_argument("--megabytes", type=float, default=6, help="of each source")
    arguments.add_argument("--half", type=int, choices=(0, 1), help="of the files")
    arguments.add_argument("--folder", type=Path, action="append", help="read this instead of what is known")
    arguments.add_argument("--show", type=int, default=0, help="so many findings of each source")
    asked = arguments.parse_args()
    scanner, limit, rng = Scanner(asked.scan.resolve()), asked.megabytes * 1e6, random.Random(1)
    sources = {
        name: collected(folder, patterns, limit, asked.half)
        for name, (folder, patterns) in folders(asked.folder).items()
        if folder.exists()
    }
    if not asked.folder:
        sources["logs made here"] = log_lines(rng, limit)
    print("| clean text | MB | false findings | per MB | types | not counted |\n|---|--:|--:|--:|---|---|")
    size = total = 0
    families = collections.Counter()
    for name, texts in sources.items():
        read, counts, examples = scanner.scan(texts)
        if not read:
            continue
        size += read
        total += report(name, read, counts)
        families.update({kind: count for kind, count in counts.items() if kind not in NOT_COUNTED})
        for kind, around in examples[: asked.show]:
            print(f"    {kind}: {around!r}", file=sys.stderr)
    print("\n| family | false findings | per MB |\n|---|--:|--:|")
    for family, count in by_family(families).most_common():
        print(f"| {family} | {count} | {count / (size / 1e6):.3f} |")
    if asked.folder:
        return finish(total, size, 0)
    print("\n| ids | MB | changed | per MB | types | not counted |\n|---|--:|--:|--:|---|---|")
    read, counts, examples = scanner.scan(ids(rng, int(asked.ids * 1e6)))
    touched = sum(counts.values())
    report(f"{asked.ids:g} million ids and times", read, counts)
    for kind, around in examples[: asked.show]:
        print(f"    {kind}: {around!r}", file=sys.stderr)
    return finish(total, size, touched)


def by_family(kinds):
    """Counts by group of types, as `types.json` has them; what stands in no group is a secret."""
    groups = json.loads((Path(__file__).parent / "types.json").read_text(encoding="utf-8"))["groups"]
    group_of = {kind: group for group, members in groups.items() for kind in members}
    counts = collections.Counter()
    for kind, count in kinds.items():
        counts[group_of.get(kind, "secrets")] += count
    return counts


def finish(total, size, touched):
    """Says whether the bars hold; 1 if not."""
    size = max(size, 1) / 1e6
    print(f"\n{total / size:.2f} false findings per MB in {size:.1f} MB; {touched} ids touched")
    return 1 if total / size > FINDINGS_PER_MB_MAX or touched else 0


if __name__ == "__main__":
    sys.exit(main())
