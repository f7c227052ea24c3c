"""What cheroot and uvicorn do not do, and the stack adds. A test that passes unexpectedly says that a repair can go."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
import uvicorn
from cheroot.wsgi import Server
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

not_yet = pytest.mark.xfail(strict=True, raises=AssertionError, reason="the stack adds it")


@not_yet
def test_a_socket_that_cannot_be_bound_is_closed() -> None:
    with socket.socket() as taken, socket.socket() as other:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            Server.bind_socket(other, taken.getsockname())
        assert other.fileno() == -1


@not_yet
def test_an_application_is_given_the_transport() -> None:
    given: dict[str, Any] = {}

    class Transport(asyncio.Transport):
        def write(self, data: Any) -> None:
            pass

        def is_closing(self) -> bool:
            return False

    async def application(scope: Any, receive: Any, send: Any) -> None:
        given.update(scope)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})

    async def one_request() -> None:
        config = uvicorn.Config(application, log_config=None, lifespan="off")
        config.load()
        state = ServerState()
        protocol = H11Protocol(config, state, app_state={})
        protocol.connection_made(Transport())
        protocol.data_received(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        await asyncio.gather(*state.tasks)
        protocol.timeout_keep_alive_task.cancel()

    asyncio.run(one_request())
    if given["path"] != "/":
        raise LookupError("the application was not called")
    assert "transport" in given["state"]
