"""pytest as a process of `acceptance run`, which outlives it whatever happens."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

from environment.command.pytest_process import INTERRUPTED
from environment.command.warm.process import WarmRun, warm_run

INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM)
_KILLED = 128
"""What a shell adds to the number of the signal that ended a process."""


def run_to_its_end(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], meanwhile: Callable[[], object] = bool
) -> int:
    """Run a command and return its exit code, 128 and the signal's number if a signal ended it.

    A module of this Python runs in the warm process, if that serves. Meanwhile another thing is done. Ctrl-C and
    SIGTERM are passed on to the command as an interruption, and it is waited for: it undoes and reports first.
    """
    waiting: list[int] = []
    process: subprocess.Popen[bytes] | WarmRun | None = None

    def pass_on(number: int, _frame: FrameType | None) -> None:
        waiting.append(number)
        if process is not None:
            process.send_signal(signal.SIGINT)

    before = {number: signal.signal(number, pass_on) for number in INTERRUPTIONS}
    try:
        process = warm_run(command, folder, environment) or subprocess.Popen(command, cwd=folder, env=environment)
        if waiting:
            process.send_signal(signal.SIGINT)
        try:
            meanwhile()
        finally:
            code = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else _KILLED - code


def was_interrupted(code: int) -> bool:
    """Whether an exit code is that of a run which Ctrl-C or another signal ended."""
    return code == INTERRUPTED or code > _KILLED
