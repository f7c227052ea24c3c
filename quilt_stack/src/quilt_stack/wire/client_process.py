"""Which process on this machine a request comes from."""

from __future__ import annotations

import os

import psutil


def has_connection(process_id: int, port: int, server_port: int, *, with_children: bool = False) -> bool:
    """Whether a TCP connection of this process leads from ``port`` to ``server_port``; False if the process is gone.

    One local port may serve connections of several processes at a time, as long as they lead to different servers.

    Args:
        process_id: the process that is asked about.
        port: the client's side of the connection.
        server_port: the server's side.
        with_children: whether connections of processes that it started count, too; never those of this one.
    """
    try:
        process = psutil.Process(process_id)
        if _leads(process, port, server_port):
            return True
        # Looking for children takes longer, and a request is seldom theirs.
        children = process.children(recursive=True) if with_children else []
    except psutil.NoSuchProcess:
        return False
    own = os.getpid()  # a deployment's own requests are nobody's, whoever started it
    return any(_leads(each, port, server_port) for each in children if each.pid != own)


def _leads(process: psutil.Process, port: int, server_port: int) -> bool:
    try:
        connections = process.net_connections(kind="tcp")
    except psutil.NoSuchProcess:
        return False
    return any(
        connection.laddr and connection.raddr and (connection.laddr.port, connection.raddr.port) == (port, server_port)
        for connection in connections
    )
