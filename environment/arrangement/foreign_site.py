"""A site that has nothing to do with the deployment, and keeps what it is sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_CONFIGURATION = "/config.json"


@dataclass
class ForeignSite:
    """Calls itself a catalog and a registry of its own.

    Attributes:
        address: its origin, without a trailing slash.
        received: each request as it came, one text of request line, headers and body.
    """

    address: str
    received: list[str] = field(default_factory=list)

    @cached_property
    def configuration(self) -> bytes:
        """What its config.json says: what it calls its registry is the site itself."""
        said = {
            "region": "eu-north-1",
            "registryUrl": self.address,
            "s3Proxy": self.address,
            "apiGatewayEndpoint": f"{self.address}/prod",
            "analyticsBucket": "foreign-analyticsbucket-1",
        }
        return json.dumps(said).encode()


@contextmanager
def foreign_site() -> Iterator[ForeignSite]:
    """Such a site on a free port of this machine, while the context is open."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_configuration = self.path == _CONFIGURATION
            self._note()
            self._answer(200 if is_configuration else 404, site.configuration if is_configuration else b"{}")

        def do_POST(self) -> None:
            self._note()
            self._answer(200, b'{"data": {}}')

        def _note(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode(errors="replace")
            site.received.append(f"{self.requestline}\n{self.headers}\n{body}")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing on standard error."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = ForeignSite(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
