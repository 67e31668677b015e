"""The model's HTTP server."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from . import anthropic, asked, gemini, openai
from .ledger import Ledger

GEMINI = re.compile(r"/models/(?P<model>[^/:]+):(?P<verb>generateContent|streamGenerateContent)$")
BY_ENDING = {
    "/chat/completions": openai.chat,
    "/responses": openai.responses,
    "/embeddings": openai.embeddings,
    "/messages": anthropic.messages,
}


class Model:
    """The model as a server on loopback: `with Model() as model` gives its `url` and its `ledger`."""

    def __init__(self, port=0):
        self.ledger = ledger = Ledger()

        class Handler(BaseHTTPRequestHandler):
            """Answers by path; writes down each answer in the ledger before it is sent."""

            protocol_version = "HTTP/1.1"
            # Small answers must not wait for each other's acknowledgement.
            disable_nagle_algorithm = True

            def do_GET(self):
                known = self.path == "/ledger"
                self._whole(200 if known else 404, ledger.as_json() if known else {})

            def do_POST(self):
                path, body = self.path.split("?")[0], self._body()
                request = json.loads(body or b"{}")
                if asked.BUSY.encode() in body and ledger.refuse_once():
                    error = {"type": "rate_limit_error", "message": "busy", "code": "rate_limit_exceeded"}
                    self._whole(429, {"type": "error", "error": error}, {"retry-after": "0", "retry-after-ms": "1"})
                    return
                answer = respond(path, request, ledger)
                if answer is None:
                    self._whole(404, {"error": {"message": f"no such path: {path}"}})
                elif isinstance(answer, list):
                    self._stream(answer)
                else:
                    self._whole(200, answer)

            def _body(self):
                if "chunked" not in self.headers.get("Transfer-Encoding", ""):
                    return self.rfile.read(int(self.headers.get("Content-Length", "0")))
                body = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def _whole(self, status, answer, headers=None):
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("request-id", ledger.new_id("req_"))
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def _stream(self, parts):
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                for part in parts:
                    self.wfile.write(part.encode())
                self.close_connection = True

            def log_message(self, *arguments):
                """Says nothing: the ledger is the output."""

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def respond(path, request, ledger):
    """The answer to one request: a dictionary, a list of event texts, or None for a path it does not know."""
    for ending, answer in BY_ENDING.items():
        if path.endswith(ending):
            return answer(request, ledger)
    if found := GEMINI.search(path):
        return gemini.generate(found["model"], found["verb"].startswith("stream"), request, ledger)
    return None
