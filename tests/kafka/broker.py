"""A real Kafka: its jars by Maven, once, under target/; one node on loopback, killed and started as asked."""

import hashlib
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parent
HOME = SOURCE.parent.parent / "target" / "kafka"
INSTALL_SECONDS = 600
START_SECONDS = 60
JAVA_OLDEST = 17


class Skipped(Exception):
    """What cannot run here; the text is the reason, in one line."""


def install():
    """The folder with the jars, fetched when the list changed."""
    for tool in ("java", "mvn"):
        if not shutil.which(tool):
            raise Skipped(f"{tool} is not installed")
    text = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    release = text.split('"')[1].split(".")[0] if '"' in text else ""
    if not release.isdigit() or int(release) < JAVA_OLDEST:
        raise Skipped(f"Java {release or 'does not run'}; Kafka needs {JAVA_OLDEST} or newer")
    pom, jars, mark = SOURCE / "pom.xml", HOME / "jars", HOME / "jars.sha256"
    wanted = hashlib.sha256(pom.read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == wanted:
        return jars
    shutil.rmtree(jars, ignore_errors=True)
    HOME.mkdir(parents=True, exist_ok=True)
    command = ["mvn", "-q", "-B", "-f", pom, "dependency:copy-dependencies", f"-DoutputDirectory={jars}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise Skipped("Maven did not fetch Kafka in time") from error
    if done.returncode or not list(jars.glob("kafka_2.13-*.jar")):
        (HOME / "install.log").write_text(done.stdout + done.stderr)
        raise Skipped(f"Maven cannot fetch Kafka; see {HOME / 'install.log'}")
    mark.write_text(wanted)
    return jars


def free_ports(count):
    """Ports nobody listens on now, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


class Broker:
    """One node that is broker and controller."""

    def __init__(self, jars, partitions):
        self.jars, self.process = jars, None
        self.port, controller = free_ports(2)
        self.address = f"127.0.0.1:{self.port}"
        data = HOME / "data"
        shutil.rmtree(data, ignore_errors=True)
        self.settings = HOME / "server.properties"
        self.settings.write_text(
            "\n".join(
                [
                    "process.roles=broker,controller",
                    "node.id=1",
                    f"controller.quorum.voters=1@127.0.0.1:{controller}",
                    f"listeners=PLAINTEXT://{self.address},CONTROLLER://127.0.0.1:{controller}",
                    f"advertised.listeners=PLAINTEXT://{self.address}",
                    "controller.listener.names=CONTROLLER",
                    "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                    f"log.dirs={data}",
                    f"num.partitions={partitions}",
                    "offsets.topic.num.partitions=1",
                    "offsets.topic.replication.factor=1",
                    "transaction.state.log.replication.factor=1",
                    "transaction.state.log.min.isr=1",
                    "share.coordinator.state.topic.replication.factor=1",
                    "share.coordinator.state.topic.min.isr=1",
                    "group.initial.rebalance.delay.ms=0",
                ]
            )
        )
        done = self.tool("kafka.tools.StorageTool", "format", "-t", "AAAAAAAAAAAAAAAAAAAAAQ", "-c", str(self.settings))
        if done.returncode:
            raise RuntimeError(f"the storage cannot be formatted: {done.stdout}{done.stderr}")

    def java(self, *arguments):
        """A command line."""
        return ["java", "-Xmx384m", "-XX:+UseSerialGC", "-cp", f"{self.jars}{os.sep}*", *arguments]

    def tool(self, *arguments):
        """Runs one of Kafka's tools to its end."""
        return subprocess.run(self.java(*arguments), capture_output=True, text=True, timeout=START_SECONDS, check=False)

    def start(self):
        """Starts the node and waits until it listens."""
        with open(HOME / "broker.log", "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(self.java("kafka.Kafka", str(self.settings)), stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise RuntimeError(f"the broker does not start; see {HOME / 'broker.log'}")

    def kill(self):
        """Kills the node as a crash would."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def keys(self, topic):
        """The partition and the key of every message, by Kafka's own consumer, which ends when none is left."""
        wanted = ["print.partition=true", "print.key=true", "print.value=false"]
        formatter = [word for one in wanted for word in ("--property", one)]
        done = self.tool(
            "org.apache.kafka.tools.consumer.ConsoleConsumer", "--bootstrap-server", self.address, "--topic", topic,
            "--from-beginning", "--timeout-ms", "8000", *formatter,
        )  # fmt: skip
        return [tuple(line.split("\t")[:2]) for line in done.stdout.splitlines() if line.startswith("Partition:")]
