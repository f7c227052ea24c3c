"""The TCP connection under a request: how to cut it, on the two servers of a deployment.

uvicorn: `TransportProtocol` puts the transport into the request's state. cheroot: the AWS endpoint's gateway puts the
socket into the environ.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from quilt_stack.patches import Patch

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApplication = Callable[[Scope, Receive, Send], Awaitable[None]]

_LINGER_ZERO = struct.pack("ii", 1, 0)

PATCH = Patch(
    __name__,
    "uvicorn",
    reason="uvicorn keeps a connection's transport from the application, which a fault has to cut.",
    bodies={
        "uvicorn.protocols.http.h11_impl:H11Protocol.connection_made": "cd069e53ede9",
        "uvicorn.protocols.http.h11_impl:H11Protocol.handle_events": "1ae35bac4d23",
    },
    fence="tests/quilt_stack/process/test_process_faults.py::test_a_reset_is_a_reset_and_not_an_end",
    until="uvicorn hands over the transport",
    needed="tests/upstream/test_servers.py::test_an_application_is_given_the_transport",
)


class TransportProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 protocol, with the connection's transport in ``scope["state"]["transport"]``."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember the transport for every request of this connection."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


async def reset_transport(scope: Scope, receive: Receive) -> None:
    """End the request's connection with RST and wait until the server has noticed."""
    transport: asyncio.Transport = scope["state"]["transport"]
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
    transport.abort()
    await until_disconnected(receive)


async def close_transport(scope: Scope, receive: Receive) -> None:
    """Send what is buffered, end the request's connection with FIN and wait until the server has noticed."""
    transport: asyncio.Transport = scope["state"]["transport"]
    transport.close()
    await until_disconnected(receive)


async def until_disconnected(receive: Receive) -> None:
    """Read and drop what still comes until the connection is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def reset_socket(connection: socket.socket) -> None:
    """End a connection that another thread's server holds, with RST, and leave the server a descriptor it can close.

    The descriptor is made to stand for a fresh socket: that closes the connection at once, whatever files were made
    from it, and what the server still writes to or shuts down fails as on a connection that the client has dropped.
    """
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
    with socket.socket(connection.family, socket.SOCK_STREAM) as unconnected:
        os.dup2(unconnected.fileno(), connection.fileno(), inheritable=False)
