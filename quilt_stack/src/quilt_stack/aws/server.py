"""The HTTP server of the AWS endpoint: cheroot, because other hosts lose keys or metadata (foundations 1)."""

from __future__ import annotations

import logging
import queue
import socket
import threading
from typing import Any

from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Gateway_10, Server
from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    environ_key_for_header,
    should_preserve_original_header_name,
)

from quilt_stack.patches import Patch
from quilt_stack.wire.certificates import Certificates
from quilt_stack.wire.wsgi import CONNECTION_SOCKET, WSGIApplication

_log = logging.getLogger(__name__)

_SECONDS_TO_BIND = 10.0
_SECONDS_TO_STOP = 5.0
_SECONDS_TO_SHAKE_HANDS = 2.0
_BLOCK_BYTES = 256 * 1024

PATCH = Patch(
    __name__,
    "cheroot",
    reason="cheroot decodes paths, copies the rest of a body for each part sent, leaks a socket that it cannot bind.",
    bodies={
        "cheroot.wsgi:Gateway_10.get_environ": "2d1e819910d0",
        "cheroot.wsgi:Gateway.write": "1e06f5d01ba2",
        "cheroot.server:HTTPServer.bind_socket": "afcbd0e75290",
        "cheroot.server:HTTPServer.error_log": "fe35557c1158",
        "cheroot.connections:ConnectionManager._from_server_socket": "ff5cf22eae7f",
    },
    fence="tests/quilt_stack/aws/test_aws_objects.py::test_odd_keys_come_back_as_they_were",
    until="cheroot hands over the path as sent, and sends parts without copying",
    needed="tests/upstream/test_servers.py::test_a_socket_that_cannot_be_bound_is_closed",
)


class _Gateway(Gateway_10):
    """Hands moto the request as it was sent: the undecoded path, and header names with underscores."""

    # cheroot finds its gateways by version and keeps the last one: this one must not take (1, 0).
    version = ("embedded", 1)

    def get_environ(self) -> Any:
        """The WSGI environ of one request."""
        environ: dict[str, Any] = super().get_environ()  # type: ignore[no-untyped-call]
        environ["RAW_URI"] = environ["REQUEST_URI"]
        names = (name.decode("latin-1") for name in self.req.inheaders)
        environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = {
            environ_key_for_header(name): name for name in names if should_preserve_original_header_name(name)
        }
        environ[CONNECTION_SOCKET] = self.req.conn.socket
        return environ

    def write(self, chunk: bytes) -> None:
        """Send a part of a body in blocks: cheroot copies all that is left of a part each time it sends some of it."""
        for begin in range(0, len(chunk), _BLOCK_BYTES):
            super().write(chunk[begin : begin + _BLOCK_BYTES])


class _Adapter(BuiltinSSLAdapter):
    """cheroot shakes hands in the thread that accepts connections: who sends nothing must not hold up the others."""

    def wrap(self, sock: socket.socket) -> Any:
        """The socket under TLS, and what goes into the environ; the server puts its own timeout back."""
        sock.settimeout(_SECONDS_TO_SHAKE_HANDS)
        return super().wrap(sock)  # type: ignore[no-untyped-call]


class _Server(Server):
    @staticmethod
    def bind_socket(socket_: socket.socket, bind_addr: tuple[str, int]) -> socket.socket:
        """Bind, and do not leave the socket open (as cheroot does) where that fails.

        The port can be had again as soon as this server has gone, also one that the system chose; cheroot leaves that
        out for those, because they could be taken from somebody else, which cannot happen once they are bound.
        """
        try:
            socket_.bind(bind_addr)
            socket_.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        except OSError:
            socket_.close()
            raise
        return socket_

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        """Send cheroot's messages to Python's logging, with the exception where there is one."""
        _log.log(level, "%s", msg, exc_info=traceback)


class LoopbackServer:
    """One listening server; its threads are daemons, so that a process that dies does not hang on them."""

    def __init__(
        self,
        application: WSGIApplication,
        host: str,
        port: int,
        threads: int = 16,
        certificates: Certificates | None = None,
    ) -> None:
        """``port`` 0 lets the system choose; ``threads`` is the number of requests served at once.

        With certificates it serves over TLS.
        """
        self._server = _Server((host, port), application, numthreads=threads, request_queue_size=128)
        if certificates is not None:
            served = str(certificates.served)
            self._server.ssl_adapter = _Adapter(served, served)
        self._server.gateway = _Gateway
        self._server.shutdown_timeout = 1
        self._server.expiration_interval = 0.1  # also how long it takes to notice a stop
        self._bound: queue.SimpleQueue[OSError | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="aws-endpoint", daemon=True)

    def start(self) -> int:
        """Listen, and return the port.

        Raises:
            OSError: if the port cannot be had.
        """
        self._thread.start()
        error = self._bound.get(timeout=_SECONDS_TO_BIND)
        if error is not None:
            raise error
        return int(self._server.bind_addr[1])

    def stop(self) -> None:
        """Stop listening and end the threads; requests in progress get a second to finish."""
        self._server.stop()
        self._thread.join(_SECONDS_TO_STOP)

    def _run(self) -> None:
        # The workers are started here, from a daemon thread, because a thread inherits being a daemon.
        try:
            self._server.prepare()
        except OSError as error:
            self._bound.put(error)
            return
        self._bound.put(None)
        self._server.serve()
