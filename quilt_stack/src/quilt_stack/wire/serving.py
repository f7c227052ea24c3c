"""Serves ASGI applications, each on a socket of its own, from one event loop in one thread."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence

import uvicorn

from quilt_stack.patches import Patch
from quilt_stack.wire.certificates import Certificates
from quilt_stack.wire.connections import ASGIApplication, TransportProtocol

_START_LIMIT_SECONDS = 10.0
_STOP_LIMIT_SECONDS = 10.0
_FINISH_REQUESTS_SECONDS = 2

PATCH = Patch(
    __name__,
    "uvicorn",
    reason="uvicorn does not tell when it has started, and several servers share a loop.",
    bodies={
        "uvicorn.server:Server.startup": "54425a632bf7",
        "uvicorn.server:Server.serve": "bed6fc81b9fb",
    },
    fence="tests/quilt_stack/process/test_process_lifecycle.py::test_a_deployment_is_ready_soon",
    until="uvicorn tells when it listens",
)


class Serving:
    """Applications being served."""

    def __init__(
        self, applications: Sequence[tuple[ASGIApplication, socket.socket]], certificates: Certificates | None = None
    ) -> None:
        """With certificates they are served over TLS."""
        self._servers = [
            (_server(application, self._note_start, certificates), listener) for application, listener in applications
        ]
        self._failure: BaseException | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="event-loop")

    def start(self) -> None:
        """Return when every socket is served.

        Raises:
            RuntimeError: if the event loop ends or is not ready in time.
        """
        self._thread.start()
        if not self._ready.wait(_START_LIMIT_SECONDS) or self._failure is not None:
            self.stop()
            raise RuntimeError("the web servers did not start") from self._failure

    def stop(self) -> None:
        """Stop listening, let running requests finish for a short while, then end the thread.

        Raises:
            RuntimeError: if the thread does not end.
        """
        for server, _ in self._servers:
            server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(_STOP_LIMIT_SECONDS)
        if self._thread.is_alive():
            raise RuntimeError("the event loop's thread did not end")

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as failure:  # noqa: BLE001 - handed over to the thread that started this one
            self._failure = failure
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        async with asyncio.TaskGroup() as group:
            for server, listener in self._servers:
                group.create_task(server.serve(sockets=[listener]))

    def _note_start(self) -> None:
        if all(server.started for server, _ in self._servers):
            self._ready.set()


class _Server(uvicorn.Server):
    """Tells when it has started."""

    def __init__(self, config: uvicorn.Config, on_start: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_start()


def _server(application: ASGIApplication, on_start: Callable[[], None], certificates: Certificates | None) -> _Server:
    return _Server(
        uvicorn.Config(
            application,
            http=TransportProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=_FINISH_REQUESTS_SECONDS,
            ssl_certfile=None if certificates is None else certificates.served,
        ),
        on_start,
    )
