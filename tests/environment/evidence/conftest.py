"""A small HTTP server that the real clients talk to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Answering(BaseHTTPRequestHandler):
    """Answers GraphQL, S3 and a few paths that fail."""

    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def _answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _respond(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/reset":
            self.close_connection = True
        elif self.path == "/missing":
            self._answer(404, b'{"message": "not here"}')
        elif self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/there")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path.partition("?")[0].endswith("/graphql"):
            self._answer(200, json.dumps({"data": {"me": None}}).encode())
        elif self.command == "DELETE":
            self._answer(204, b"")
        elif self.command == "PUT":
            self._answer(200, b"")
        else:
            self._answer(200, b"{}")

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _respond  # noqa: N815  # names that the base class prescribes

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing to standard error."""


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True


@pytest.fixture
def server() -> Iterator[str]:
    """The URL of a server on loopback."""
    with QuietServer(("127.0.0.1", 0), Answering) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{listening.server_address[1]}"
        listening.shutdown()
        thread.join()
