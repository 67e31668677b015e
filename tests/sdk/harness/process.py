"""Collectors under test as processes: free ports, start, wait, SIGTERM."""

import os
import signal
import socket
import subprocess
import time

START_SECONDS = 20
STOP_SECONDS = 20


class Failure(Exception):
    """A test failed; the text says what and where to look."""


def free_ports(count):
    """Ports nobody listens on now. All are held until all are found, so they differ."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def wait_for(process, port, seconds, log):
    """Until something listens there; a Failure if the process ends first or never does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Failure(f"{process.args[0]} ended at start; see {log}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise Failure(f"{process.args[0]} does not listen on {port}; see {log}")


class Collector:
    """One collector: `with Collector(...) as it:` starts it and stops it by SIGTERM at the end.

    The config reads its ports and paths from the environment. A collector that does not start, or
    does not end with exit code 0, is a Failure that names its log.
    """

    def __init__(self, binary, config, variables, ports, log):
        self.command = [str(binary), "--config", str(config)]
        self.variables = {key: str(value) for key, value in variables.items()}
        self.ports, self.log = ports, log
        self.process = None

    def __enter__(self):
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                self.command, env={**os.environ, **self.variables}, stdout=log, stderr=log
            )
        try:
            for port in self.ports:
                wait_for(self.process, port, START_SECONDS, self.log)
        except Failure:
            self.process.kill()
            self.process.wait()
            raise
        return self

    def __exit__(self, kind, error, trace):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            code = "none within the time allowed"
        if code != 0 and kind is None:
            raise Failure(f"{self.command[0]} was stopped by SIGTERM, exit code {code}; see {self.log}")
