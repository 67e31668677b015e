#!/usr/bin/env python3
"""The whole evaluation: `make eval-pii`.

    python3 run.py SCAN [--seed N] [--ids MILLIONS]

SCAN is the crate's example `scan`, built with optimisation. Everything that is installed or made goes into
target/pii-eval. Where Presidio or the generator cannot be installed, one line says so and the rest still runs. A missed
bar on the checked-in items or on clean text fails; on fresh items it is reported.
"""

import argparse
import subprocess
import sys
import time
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORK = HERE.parents[2] / "target" / "pii-eval"
SENTENCES = 3000


def installed(name, requirements):
    """The Python of an environment with what a file asks for, or None."""
    home = WORK / name
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
    command = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", HERE / requirements]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return python
    print(
        f"skipped: {requirements} cannot be installed: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}",
        flush=True,
    )
    return None


def ran(python, script, *arguments, output=None):
    """Runs a script of this folder; True if it went well."""
    command = [str(python), str(HERE / script), *map(str, arguments)]
    if output is None:
        return subprocess.run(command, check=False).returncode == 0
    with output.open("w", encoding="utf-8") as file:
        return subprocess.run(command, stdout=file, stderr=subprocess.DEVNULL, check=False).returncode == 0


def compared(python, scan, folder):
    """Ours beside Presidio's on one folder of items; True if every bar is reached."""
    findings = WORK / f"{folder.name}.presidio.jsonl"
    beside = ["--presidio", findings] if python and ran(python, "presidio_scan.py", folder, output=findings) else []
    return ran(sys.executable, "evaluate.py", scan, "--data", folder, *beside)


def main():
    """Prints everything; fails where a bar on known data is missed."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("scan", type=Path)
    arguments.add_argument("--seed", type=int, default=int(time.time()), help="of the fresh items")
    arguments.add_argument("--ids", type=float, default=10, help="millions of ids in the clean text")
    asked = arguments.parse_args()
    scan = asked.scan.resolve()
    WORK.mkdir(parents=True, exist_ok=True)
    presidio = installed("presidio", "requirements-compare.txt")
    print("\n## The checked-in items\n", flush=True)
    held = compared(presidio, scan, HERE.parent / "tests" / "data" / "labelled")
    print("\n## Clean text\n", flush=True)
    held &= ran(sys.executable, "clean.py", scan, "--ids", asked.ids)
    if generator := installed("generator", "requirements.txt"):
        print(f"\n## Fresh items, seed {asked.seed}\n", flush=True)
        if ran(generator, "generate.py", "--seed", asked.seed, "--out", WORK / "fresh"):
            compared(presidio, scan, WORK / "fresh")
    if presidio:
        print(f"\n## Sentences of presidio-evaluator, seed {asked.seed}\n", flush=True)
        if ran(presidio, "presidio_data.py", asked.seed, SENTENCES, WORK / "sentences", output=WORK / "sentences.log"):
            compared(presidio, scan, WORK / "sentences")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
