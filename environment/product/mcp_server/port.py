"""A server on a port of the loopback interface: its process, and where it listens."""

from __future__ import annotations

import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path

import psutil

from environment.product.mcp_server import keeper
from environment.product.mcp_server.faults import NoAnswer, NotSpeakingMcp, ServerEnded
from environment.product.mcp_server.launch import STDERR_FILE, Launch
from environment.waiting import wait_until

PATH = "/mcp"
START_LIMIT_SECONDS = 60.0
_END_LIMIT_SECONDS = 10.0
ANY_PORT = {"FASTMCP_HOST": "127.0.0.1", "FASTMCP_PORT": "0"}


class ListeningServer:
    """A server that listens, until it is closed.

    Attributes:
        address: where it speaks MCP.
        launch: how it was started.
    """

    def __init__(self, launch: Launch, limit_seconds: float = START_LIMIT_SECONDS) -> None:
        """Start it.

        Raises:
            ServerEnded: it ended instead of listening.
            NoAnswer: it listened nowhere within the limit.
            NotSpeakingMcp: it listens to the world, and not to this machine alone.
        """
        self.launch = launch
        with (launch.folder / STDERR_FILE).open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(Path(keeper.__file__)), *launch.command],
                cwd=launch.folder,
                env=launch.environment,
                stdin=subprocess.PIPE,
                stdout=errors,
                stderr=errors,
                start_new_session=True,  # Ctrl-C is for the suite, which ends it
            )
        try:
            self.address = f"http://{self._where_it_listens(limit_seconds)}{PATH}"
        except BaseException:
            self.close()
            raise

    @property
    def ended(self) -> bool:
        """Whether its process has ended."""
        return self._process.poll() is not None

    def close(self) -> None:
        """End it, and wait until it has ended."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(_END_LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _where_it_listens(self, limit_seconds: float) -> str:
        def ended_or_listens() -> bool:
            return self.ended or bool(_listeners(self._process.pid))

        try:
            wait_until(ended_or_listens, limit_seconds=limit_seconds, what="the server")
        except AssertionError:
            raise NoAnswer("listen on a port", limit_seconds, self.launch.written) from None
        found = _listeners(self._process.pid)
        if not found:
            raise ServerEnded(self.launch.written)
        host, port = found[0]
        if not ip_address(host).is_loopback:
            raise NotSpeakingMcp(f"the server listens on {host}, which is not this machine alone")
        return f"{host}:{port}"


def _listeners(keeper_process: int) -> list[tuple[str, int]]:
    """Where the kept process listens."""
    try:
        kept = psutil.Process(keeper_process).children(recursive=True)
        sockets = [each for process in kept for each in process.net_connections(kind="tcp")]
    except psutil.Error:
        return []  # it ended just now
    return [(each.laddr.ip, each.laddr.port) for each in sockets if each.status == psutil.CONN_LISTEN]
