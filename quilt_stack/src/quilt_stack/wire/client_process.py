"""Which process on this machine a request comes from."""

from __future__ import annotations

import psutil


def has_connection(process_id: int, port: int) -> bool:
    """Whether a TCP connection of this process begins at this port; False if there is no such process any more."""
    try:
        connections = psutil.Process(process_id).net_connections(kind="tcp")
    except psutil.NoSuchProcess:
        return False
    return any(connection.laddr and connection.laddr.port == port for connection in connections)
