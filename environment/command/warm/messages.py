"""What is said to the warm process and by it, over a Unix socket in a folder that only its user can enter.

It greets; it is asked for a run (what to run, and standard input, output and errors to pass on) or to stop; it says
which process the run is; it is told signals to pass on; it says with what the process ended.
"""

from __future__ import annotations

import json
import socket
import sys
from typing import Any, TypedDict

SOCKET = "socket"
"""In the warm process's folder."""
STOP = "stop"
STANDARD_STREAMS = 3
_LENGTH_BYTES = 8


class Request(TypedDict):
    """What is asked for: a module run as a program, as ``python -m`` does."""

    module: str
    arguments: list[str]
    folder: str
    environment: dict[str, str]
    python: list[str]


def this_python() -> list[str]:
    """What must be the same for a child to be what a fresh process would be."""
    return [sys.executable, sys.version, sys.prefix]


def send(connection: socket.socket, message: object, streams: tuple[int, ...] = ()) -> None:
    """Send a message, with open files for the receiver.

    Raises:
        OSError: the other side has gone.
    """
    body = json.dumps(message).encode()
    head = len(body).to_bytes(_LENGTH_BYTES, "big")
    if streams:
        socket.send_fds(connection, [head], streams)
    else:
        connection.sendall(head)
    connection.sendall(body)


def receive(connection: socket.socket, streams: int = 0) -> tuple[Any, list[int]]:
    """Receive a message, with as many open files; None when the other side has closed.

    Raises:
        OSError: the other side has gone, or says nothing within the connection's limit.
    """
    files: list[int] = []
    head = b""
    while len(head) < _LENGTH_BYTES:
        if streams:
            part, more, _, _ = socket.recv_fds(connection, _LENGTH_BYTES - len(head), streams)
            files += more
        else:
            part = connection.recv(_LENGTH_BYTES - len(head))
        if not part:
            return None, files
        head += part
    left, body = int.from_bytes(head, "big"), bytearray()
    while len(body) < left:
        part = connection.recv(left - len(body))
        if not part:
            return None, files
        body += part
    return json.loads(body), files
