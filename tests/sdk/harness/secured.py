"""The Python SDK before a Tollgate with locks: certificates, passwords, tokens of a provider, right and wrong."""

import base64
import itertools
import json
import os
import socket
import ssl
import subprocess
import urllib.parse
import urllib.request

from . import environments
from .clients import lines
from .process import START_SECONDS, Collector, Failure, free_ports, wait_for

HERE = environments.SOURCE / "secured"
CONFIGS = environments.SOURCE / "configs"
WORK = environments.TARGET / "work" / "secured"
REFUSED_SECONDS = 3
SENDS_WHILE_RELOADING = 40
# What may stand in no log.
SECRETS = ("m3llon", "s3cr3t-token", "c0llector-secret", "wr0ng-secret", "eyJ")


def run(tollgate, report):
    """Certificates, then each authenticator, then a chain of two collectors; a line for each case."""
    try:
        python = environments.python(HERE / "requirements.txt", environments.TARGET / "venv-secured")
    except environments.Skipped as reason:
        report.skipped("secured", reason)
        return
    WORK.mkdir(parents=True, exist_ok=True)
    subprocess.run([str(python), str(HERE / "certificates.py"), str(WORK)], check=True)
    with Sender(python) as sender:
        for part in (certificates, versions, reload, authenticators, chain):
            try:
                part(tollgate, sender, report)
            except Failure as failure:
                report.failed("secured", part.__name__, "traces", str(failure))


class Sender:
    """The programme with the SDK, which sends as it is told."""

    def __init__(self, python):
        self.python, self.names, self.process = python, itertools.count(), None

    def __enter__(self):
        # These would come before the authority that the exporter is told.
        variables = {key: it for key, it in os.environ.items() if key not in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")}
        with open(WORK / "send.log", "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [str(self.python), str(HERE / "send.py")],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, env=variables,
            )  # fmt: skip
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def send(self, protocol, endpoint, **row):
        """A span; its name, `ok` or `refused`, and why."""
        name = f"span-{next(self.names)}"
        row = {"protocol": protocol, "endpoint": endpoint, "name": name, **row}
        self.process.stdin.write(json.dumps(row) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise Failure(f"the programme ended; see {WORK / 'send.log'}")
        return name, *json.loads(answer)


class Locked:
    """A Tollgate with locks whose file tells which spans came through."""

    def __init__(self, tollgate, config, name, **variables):
        self.grpc, self.http = free_ports(2)
        self.file, self.log = WORK / f"{name}.jsonl", WORK / f"{name}.log"
        self.file.unlink(missing_ok=True)
        places = {"GRPC_PORT": self.grpc, "HTTP_PORT": self.http, "FILE": self.file, "FOLDER": WORK, **variables}
        self.collector = Collector(tollgate, CONFIGS / config, places, [self.grpc, self.http], self.log)
        self.expected = set()

    def __enter__(self):
        self.collector.__enter__()
        return self

    def __exit__(self, *error):
        self.collector.__exit__(*error)

    def endpoint(self, protocol, scheme="https"):
        return f"{scheme}://localhost:{self.grpc if protocol == 'grpc' else self.http}"

    def case(self, sender, report, route, right, protocol, scheme="https", **row):
        """One span that must come in, or must not."""
        if not right:
            row.setdefault("seconds", REFUSED_SECONDS)
        name, answer, why = sender.send(protocol, self.endpoint(protocol, scheme), **row)
        if answer == "ok":
            self.expected.add(name)
        problem = None if (answer == "ok") == right else f"{answer}: {why or 'no reason given'}"
        report.outcome("secured", f"{route} {protocol}", "traces", problem, answer)

    def check(self, report, route):
        """After the end: what was taken is in the file and nothing else, and the log holds no secret."""
        requests = lines(self.file) if self.file.exists() else []
        came = {
            span["name"]
            for request in requests
            for resource in request["resourceSpans"]
            for scope in resource["scopeSpans"]
            for span in scope["spans"]
        }
        log = self.log.read_text(encoding="utf-8")
        shown = [secret for secret in SECRETS if secret in log]
        problem = f"{len(came ^ self.expected)} spans differ" if came != self.expected else None
        problem = f"the log shows a secret ({len(shown)})" if shown else problem
        report.outcome("secured", f"{route}, what arrived", "traces", problem, f"{len(came)} spans")


def certificates(tollgate, sender, report):
    """Who is shown a wrong certificate does not send; who shows a wrong one, or none, does not come in."""
    trusted, strange = str(WORK / "ca.pem"), str(WORK / "stranger.pem")
    ours = {"cert": str(WORK / "client.pem"), "key": str(WORK / "client.key")}
    theirs = {"cert": str(WORK / "strange.pem"), "key": str(WORK / "strange.key")}
    variables = {"CERTIFICATE": "server", "CLIENT_CA": trusted, "MIN_VERSION": "1.2"}
    with Locked(tollgate, "mutual.yaml", "mutual", **variables) as locked:
        for protocol in ("grpc", "http"):
            locked.case(sender, report, "right certificates", True, protocol, ca=trusted, **ours)
            locked.case(sender, report, "no client certificate", False, protocol, ca=trusted)
            locked.case(sender, report, "a stranger's certificate", False, protocol, ca=trusted, **theirs)
            locked.case(sender, report, "wrong authority", False, protocol, ca=strange, **ours)
            locked.case(sender, report, "no TLS", False, protocol, scheme="http")
            locked.case(sender, report, "right certificates again", True, protocol, ca=trusted, **ours)
    locked.check(report, "certificates")
    variables = {"CERTIFICATE": "expired", "CLIENT_CA": "", "MIN_VERSION": "1.2"}
    with Locked(tollgate, "mutual.yaml", "expired", **variables) as locked:
        for protocol in ("grpc", "http"):
            locked.case(sender, report, "expired certificate", False, protocol, ca=trusted)
    locked.check(report, "expired certificate")


def versions(tollgate, _, report):
    """OpenSSL speaks one version only; what the server does not allow is refused."""
    for least in ("1.2", "1.3"):
        variables = {"CERTIFICATE": "server", "CLIENT_CA": "", "MIN_VERSION": least}
        with Locked(tollgate, "mutual.yaml", f"from-{least}", **variables) as locked:
            for spoken in ("1.2", "1.3"):
                version = ssl.TLSVersion.TLSv1_2 if spoken == "1.2" else ssl.TLSVersion.TLSv1_3
                context = ssl.create_default_context(cafile=str(WORK / "ca.pem"))
                context.minimum_version = context.maximum_version = version
                try:
                    _handshake(locked.http, context)
                    problem = None if spoken >= least else "was let in"
                except ssl.SSLError as error:
                    problem = str(error) if spoken >= least else None
                report.outcome("secured", f"TLS {spoken} where {least} is least", "traces", problem, "as it should")


def _handshake(port, context):
    """The certificate that is shown, DER."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as secured:
            return secured.getpeercert(binary_form=True)


def reload(tollgate, sender, report):
    """The certificate is replaced while spans come; none is refused, and the new one is shown."""
    for name in ("current.pem", "current.key"):
        (WORK / name).write_bytes((WORK / name.replace("current", "server")).read_bytes())
    context = ssl.create_default_context(cafile=str(WORK / "ca.pem"))
    variables = {"CERTIFICATE": "current", "CLIENT_CA": "", "MIN_VERSION": "1.2"}
    with Locked(tollgate, "mutual.yaml", "reload", **variables) as locked:
        before, refused = _handshake(locked.http, context), []
        for at in range(SENDS_WHILE_RELOADING):
            if at == SENDS_WHILE_RELOADING // 4:
                for name in ("current.pem", "current.key"):
                    (WORK / name).write_bytes((WORK / name.replace("current", "next")).read_bytes())
            protocol = ("grpc", "http")[at % 2]
            name, answer, why = sender.send(protocol, locked.endpoint(protocol), ca=str(WORK / "ca.pem"))
            if answer == "ok":
                locked.expected.add(name)
            else:
                refused.append(why)
        after = _handshake(locked.http, context)
    problem = "the old certificate is still shown" if before == after else None
    problem = f"{len(refused)} refused: {refused[0]}" if refused else problem
    report.outcome("secured", "certificate replaced while sending", "traces", problem, f"{len(locked.expected)} spans")
    locked.check(report, "certificate replaced")


class Provider:
    """The provider as a process."""

    def __init__(self, python):
        (self.port,) = free_ports(1)
        self.python, self.issuer, self.process = python, f"https://localhost:{self.port}", None

    def __enter__(self):
        arguments = [str(self.port), str(WORK / "server.pem"), str(WORK / "server.key")]
        with open(WORK / "provider.log", "w", encoding="utf-8") as log:
            command = [str(self.python), str(HERE / "provider.py"), *arguments]
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_for(self.process, self.port, START_SECONDS, WORK / "provider.log")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def token(self, audience):
        """As any client gets it."""
        form = {"grant_type": "client_credentials", "audience": audience}
        pair = base64.b64encode(b"collector:c0llector-secret").decode()
        request = urllib.request.Request(
            f"{self.issuer}/token", urllib.parse.urlencode(form).encode(), {"authorization": f"Basic {pair}"}
        )
        context = ssl.create_default_context(cafile=str(WORK / "ca.pem"))
        with urllib.request.urlopen(request, timeout=10, context=context) as answer:
            return json.load(answer)["access_token"]


def _basic(pair):
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def authenticators(tollgate, sender, report):
    """Each with right credentials, wrong ones and none."""
    with Provider(sender.python) as provider:
        good = provider.token("collectors")
        shown = {
            "basicauth": (_basic("frodo:m3llon"), _basic("frodo:m3lloff")),
            "bearertokenauth": ("Bearer s3cr3t-token", "Bearer s3cr3t-tokem"),
            "oidc": (f"Bearer {good}", f"Bearer {provider.token('somebody-else')}", f"Bearer {good[:-8]}AAAAAAAA"),
        }
        for name, (right, *wrong) in shown.items():
            with Locked(tollgate, "secured.yaml", name, AUTH=name, ISSUER=provider.issuer) as locked:
                for protocol in ("grpc", "http"):
                    more = {"protocol": protocol, "ca": str(WORK / "ca.pem")}
                    locked.case(sender, report, name, True, headers={"authorization": right}, **more)
                    for one in wrong:
                        locked.case(sender, report, f"{name}, wrong", False, headers={"authorization": one}, **more)
                    locked.case(sender, report, f"{name}, none", False, **more)
            locked.check(report, name)


def chain(tollgate, sender, report):
    """SDK, a collector with `oauth2client`, the provider, a collector with `oidc`; all over TLS but the first hop."""
    cases = (
        ("oauth2client to oidc", True, "c0llector-secret", "collectors"),
        ("oauth2client, wrong secret", False, "wr0ng-secret", "collectors"),
        ("oauth2client, wrong audience", False, "c0llector-secret", "somebody-else"),
    )
    with Provider(sender.python) as provider, Locked(
        tollgate, "secured.yaml", "chain-end", AUTH="oidc", ISSUER=provider.issuer
    ) as end:
        for exporter, (route, right, secret, audience) in itertools.product(("otlp_grpc", "otlp_http"), cases):
            variables = {
                "NEXT_GRPC_PORT": end.grpc, "NEXT_HTTP_PORT": end.http, "EXPORTER": exporter,
                "CLIENT_SECRET": secret, "AUDIENCE": audience, "ISSUER": provider.issuer,
            }  # fmt: skip
            with Locked(tollgate, "with-token.yaml", "chain-start", **variables) as start:
                start.case(sender, report, f"{route}, {exporter}", right, "grpc", scheme="http")
            end.expected |= start.expected
            shown = [it for it in SECRETS if it in start.log.read_text(encoding="utf-8")]
            problem = f"shows {len(shown)} secrets" if shown else None
            report.outcome("secured", f"{route}, {exporter}, log", "traces", problem, "clean")
    end.check(report, "chain")
