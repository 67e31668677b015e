"""Makes what the clients run in, under target/: a virtualenv, Node modules, the Go collector.

Each is made once and again when its list of packages changes. What cannot be made on this machine
is a Skipped with one line that says why.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
TOP = SOURCE.parent.parent
TARGET = TOP / "target" / "sdk"
# The Go collector takes minutes from nothing on a small machine.
INSTALL_SECONDS = 1800
NODE_OLDEST = (18, 19)


class Skipped(Exception):
    """A part that cannot run here; the text is the reason, in one line."""


def python(requirements=SOURCE / "python" / "requirements.txt", home=TARGET / "venv"):
    """The path of a Python with the packages of a list; the SDK's if no other is named."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError as error:
        raise Skipped("Python's venv module is not installed") from error
    interpreter = home / "bin" / "python"
    if not _is_made(home, [requirements]):
        shutil.rmtree(home, ignore_errors=True)
        _install([sys.executable, "-m", "venv", str(home)])
        pip = [str(interpreter), "-m", "pip", "install", "-q", "--retries", "1", "--timeout", "30"]
        _install([*pip, "-r", str(requirements)])
        _mark(home, [requirements])
    return interpreter


def node(source=SOURCE / "node", programmes=SOURCE / "node", home=TARGET / "node"):
    """The folder with the programmes and the modules of a list; the SDK's if no other is named."""
    for tool in ("node", "npm"):
        if not shutil.which(tool):
            raise Skipped(f"{tool} is not installed")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    if not _is_at_least(version, NODE_OLDEST):
        raise Skipped(f"node {version or 'does not run'}; the SDK needs {NODE_OLDEST[0]}.{NODE_OLDEST[1]} or newer")
    lists = [source / "package.json", source / "package-lock.json"]
    home.mkdir(parents=True, exist_ok=True)
    if not _is_made(home, lists):
        for file in lists:
            shutil.copy(file, home)
        npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=30000"]
        _install(npm, cwd=home)
        _mark(home, lists)
    # Node looks for modules beside the file it runs.
    for file in programmes.glob("*.mjs"):
        shutil.copy(file, home)
    return home


def otelcol():
    """The path of the Go collector."""
    if not shutil.which("go"):
        raise Skipped("Go is not installed")
    _install([os.environ.get("CARGO", "cargo"), "run", "-q", "--locked", "-p", "xtask", "--", "peers"], cwd=TOP)
    return TOP / "target" / "peers" / "otelcol"


def _install(command, cwd=None):
    try:
        done = subprocess.run(
            command, cwd=cwd, timeout=INSTALL_SECONDS, capture_output=True, text=True, check=False, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Skipped(f"`{Path(command[0]).name}` did not end well: {error}") from error
    if done.returncode != 0:
        lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        blame = [line for line in lines if line.lower().startswith(("error", "npm error"))] or lines[-1:]
        reason = blame[0] if blame else "no reason given"
        raise Skipped(f"`{' '.join([Path(command[0]).name, *command[1:4]])}` failed: {reason[:200]}")


def _is_at_least(version, oldest):
    numbers = [int(part) for part in version.lstrip("v").split(".")[:2] if part.isdigit()]
    return tuple(numbers) >= oldest


def _digest(files):
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _is_made(home, files):
    stamp = home / ".made"
    return stamp.exists() and stamp.read_text() == _digest(files)


def _mark(home, files):
    (home / ".made").write_text(_digest(files))
