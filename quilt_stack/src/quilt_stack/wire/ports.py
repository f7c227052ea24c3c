"""The ports that a deployment listens on."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from quilt_stack.errors import DeploymentError

if TYPE_CHECKING:
    from quilt_stack.settings import DeploymentSettings

PORT_SETTINGS = ("aws_port", "catalog_port", "registry_port", "control_port")


class PortUnavailableError(DeploymentError):
    """A port that was asked for cannot be listened on; the message is one line for people."""

    def __init__(self, setting: str, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"{setting} {port} on {host} cannot be used: {reason}. "
            "Stop what listens there, or choose another port, or 0 for any free one."
        )


def listen(setting: str, host: str, port: int) -> socket.socket:
    """A listening socket; ``setting`` names the port's setting in the error.

    Raises:
        PortUnavailableError: if the port is taken or not allowed.
    """
    # asyncio switches Nagle's delay off only where the protocol is named; otherwise each answer waits for 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise PortUnavailableError(setting, host, port, (error.strerror or str(error)).lower()) from error
    return listener


def url_of(listener: socket.socket, *, tls: bool) -> str:
    """The origin that a listening socket answers on, without a trailing slash."""
    host, port = listener.getsockname()[:2]
    return f"{scheme(tls=tls)}://{host}:{port}"


def scheme(*, tls: bool) -> str:
    """The scheme of a deployment's origins."""
    return "https" if tls else "http"


def check_ports(settings: DeploymentSettings) -> None:
    """Find out whether the ports that the settings name are free, before anything that takes time.

    Raises:
        PortUnavailableError: if one is not.
    """
    for setting in PORT_SETTINGS:
        port = getattr(settings, setting)
        if port:
            listen(setting, settings.host, port).close()
