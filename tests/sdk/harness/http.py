"""Posting OTLP over HTTP, and a backend that keeps the bytes it is sent."""

import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .process import Failure

PROTOBUF = "application/x-protobuf"
JSON = "application/json"
POST_SECONDS = 20


def post(port, signal, body, content_type=PROTOBUF):
    """Sends one request; anything but 200 is a Failure."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/{signal}", data=body, headers={"Content-Type": content_type}
    )
    try:
        with urllib.request.urlopen(request, timeout=POST_SECONDS) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        raise Failure(f"POST /v1/{signal}: {error.code} {error.read()[:200]!r}") from error
    except OSError as error:
        raise Failure(f"POST /v1/{signal}: {error}") from error


class Sink:
    """An OTLP/HTTP backend: `requests` lists (path, content type, body) in order of arrival."""

    def __init__(self):
        self.requests = requests = []

        class Handler(BaseHTTPRequestHandler):
            """Keeps the body and answers an empty success in the encoding of the request."""

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                content_type = self.headers.get("Content-Type", "")
                requests.append((self.path, content_type, body))
                answer = b"{}" if content_type == JSON else b""
                self.send_response(200)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *arguments):
                """Says nothing: the table is the output."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
