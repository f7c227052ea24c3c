"""Which process on this machine a request comes from."""

from __future__ import annotations

import psutil


def has_connection(process_id: int, port: int, server_port: int) -> bool:
    """Whether a TCP connection of this process leads from ``port`` to ``server_port``; False if the process is gone.

    One local port may serve connections of several processes at a time, as long as they lead to different servers.
    """
    try:
        connections = psutil.Process(process_id).net_connections(kind="tcp")
    except psutil.NoSuchProcess:
        return False
    return any(
        connection.laddr and connection.raddr and (connection.laddr.port, connection.raddr.port) == (port, server_port)
        for connection in connections
    )
