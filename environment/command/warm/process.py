"""The warm process beside the standing deployment, as seen by the commands: started, stopped, asked for a run.

A run that it does not serve starts a fresh process, as ever.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from environment.command.warm.libraries import NO_THREADS, OF_ITS_OWN
from environment.command.warm.messages import SOCKET, STOP, Request, receive, send, this_python
from environment.command.warm.server import PROGRAM
from environment.console import say
from environment.settings import ROOT, state_directory
from environment.waiting import wait_until

SWITCH = "QUILT_ACCEPTANCE_WARM"
GREETING_SECONDS = 1.0
"""It may be importing libraries at this moment; a fresh process takes less long than waiting for it."""
STOP_SECONDS = 10.0
LONGEST_ADDRESS = 100
"""Of a Unix socket, in bytes; the systems' limits are a little above it."""
_LOG = "warm.log"
_FOREIGN = ("PYTEST_", "AWS_", "QUILT_")
_LOST = 1


def folder() -> Path:
    """Where the warm process has its socket, its log and the list of libraries."""
    return state_directory() / "warm"


def is_switched_on() -> bool:
    """Whether a warm process is wanted, and can be: the libraries of macOS forbid a fork without a new program."""
    return os.environ.get(SWITCH, "on") != "off" and sys.platform == "linux"


def start() -> subprocess.Popen[bytes] | None:
    """Start it and do not wait for it; None if one runs, none is wanted, or its socket's path would be too long."""
    place = folder() / SOCKET
    if not is_switched_on() or len(os.fsencode(place)) > LONGEST_ADDRESS or _is_up():
        return None
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    place.unlink(missing_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN) and name != "PYTHONPATH"}
    own = {name: str(folder() / name.lower()) for name in OF_ITS_OWN}
    command = [sys.executable, "-P", "-m", PROGRAM, str(folder()), "0", *_switched_off()]
    with (folder() / _LOG).open("wb") as log:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env={**kept, **NO_THREADS, **own},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def stop() -> None:
    """Let it end as soon as no run of it goes on; nothing is said if there is none."""
    place = folder() / SOCKET
    if not place.exists():
        return
    try:
        with _connected() as connection:
            connection.settimeout(STOP_SECONDS)
            receive(connection)
            send(connection, STOP)
    except OSError:
        place.unlink(missing_ok=True)  # a busy one looks for it
    wait_until(lambda: not place.exists(), limit_seconds=STOP_SECONDS, what="the warm process to stop")


class WarmRun:
    """A run that goes on in a child of the warm process."""

    def __init__(self, connection: socket.socket, process: int) -> None:
        self._connection = connection
        self._process = process

    def send_signal(self, number: int) -> None:
        """Send it a signal; nothing if it has ended."""
        with suppress(OSError):
            send(self._connection, number)

    def wait(self) -> int:
        """Wait for its end; returns its exit code, negative the signal that ended it."""
        with self._connection, suppress(OSError):
            code, _ = receive(self._connection)
            if code is not None:
                return int(code)
        say("The warm process ended during the run, whose exit code is lost.")
        with suppress(psutil.NoSuchProcess):
            psutil.Process(self._process).wait()
        return _LOST


def warm_run(command: Sequence[str], where: Path, environment: Mapping[str, str]) -> WarmRun | None:
    """Begin a run in the warm process; None if there is none, or a fresh process would be another one.

    Args:
        command: what a fresh process would be started with; one of a module of this Python (``-P -m``) can be begun.
        where: the folder to run it in.
        environment: its variables.
    """
    *python, module = command[:4]
    is_module = python == [sys.executable, "-P", "-m"]
    if not is_module or not is_switched_on() or not (folder() / SOCKET).exists():
        return None
    connection = greeted()
    if connection is None:
        return None
    request: Request = {
        "module": module,
        "arguments": list(command[4:]),
        "folder": str(where),
        "environment": dict(environment),
        "python": this_python(),
    }
    try:
        connection.settimeout(STOP_SECONDS)
        send(connection, request, (0, 1, 2))
        answer, _ = receive(connection)
    except OSError:
        answer = None
    if answer is None or answer["refused"]:
        connection.close()
        say(f"Not run in the warm process: {answer['refused'] if answer else 'it ended'}.")
        return None
    connection.settimeout(None)
    return WarmRun(connection, answer["process"])


def _is_up() -> bool:
    try:
        _connected().close()
    except OSError:
        return False
    return True


def greeted() -> socket.socket | None:
    """A connection to it; None if it does not run, is importing libraries, or what it imported has changed."""
    try:
        connection = _connected()
    except OSError:
        return None
    try:
        connection.settimeout(GREETING_SECONDS)
        greeting, _ = receive(connection)
    except OSError:
        greeting = None
    if greeting is not None and not greeting["unfit"]:
        return connection
    connection.close()
    return None


def _connected() -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(folder() / SOCKET))
    except OSError:
        connection.close()
        raise
    return connection


def _switched_off() -> list[str]:
    """The plugins that pyproject.toml switches off, as arguments of pytest."""
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    return [word for each in options["addopts"] if each.startswith("no:") for word in ("-p", each)]
