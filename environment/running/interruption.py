"""Pytest plugin: Ctrl-C and SIGTERM end a run in order: what scenarios made is undone, and what ran is reported.

A signal is an interruption once: a terminal sends Ctrl-C to every process of the run, a script to one of them, which
passes it on. A scenario that is being undone is undone to its end first. A worker whose main process was killed ends,
too, whatever it waits for.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Generator
from contextlib import suppress
from types import FrameType
from typing import Any

import psutil
import pytest

SIGNALS = (signal.SIGINT, signal.SIGTERM)
SAME_INTERRUPTION_SECONDS = 2.0
ORPHAN_SECONDS = 20.0
"""What execnet takes to end a worker by itself, 15 s, and some more."""
_MAIN_PROCESS = "main_process"
"""In a worker's input: the process id of the run's main process, which may be gone by the time that the worker asks."""


class Interruption:
    """The handler of both signals, in pytest's main process or in a worker."""

    def __init__(self, *, is_worker: bool) -> None:
        self._is_worker = is_worker
        self._since: float | None = None
        self._undoing = False
        self._put_off = False
        self._before: dict[signal.Signals, Any] = {}

    def install(self) -> None:
        """Take the signals over; only a process's main thread can."""
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._handle) for number in SIGNALS}

    def remove(self) -> None:
        """Give the signals back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        # In a worker every further one is the same: the main process's, or execnet's when it ends the worker.
        if self._since is not None and (self._is_worker or now - self._since < SAME_INTERRUPTION_SECONDS):
            return
        again, self._since = self._since is not None, now
        if self._undoing and not again:
            self._put_off = True
        else:
            raise KeyboardInterrupt

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self) -> Generator[None, object, object]:
        """Put an interruption off until the scenario is undone."""
        self._undoing = True
        try:
            return (yield)
        finally:
            self._undoing = False
            if self._put_off:
                self._put_off = False
                raise KeyboardInterrupt

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Pass it on to the workers, as a terminal does.

        Of its traceback the last entry stays: pytest spends seconds on the whole, in each process, and shows none.
        """
        if excinfo.type is not KeyboardInterrupt:  # pytest.exit, which tells its own line
            return
        excinfo.traceback = excinfo.traceback[-1:]
        if self._is_worker:
            return
        for child in psutil.Process().children(recursive=True):
            with suppress(ProcessLookupError, PermissionError):
                if os.getpgid(child.pid) == os.getpgrp():
                    os.kill(child.pid, signal.SIGINT)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker whose it is."""
        node.workerinput[_MAIN_PROCESS] = os.getpid()


def _end_with(main_process: int) -> None:
    with suppress(psutil.NoSuchProcess):
        if os.getppid() == main_process:
            psutil.Process(main_process).wait()
    time.sleep(ORPHAN_SECONDS)
    os._exit(1)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Take the signals over until the run has ended."""
    given: dict[str, Any] | None = getattr(config, "workerinput", None)
    is_worker = given is not None
    interruption = Interruption(is_worker=is_worker)
    interruption.install()
    config.add_cleanup(interruption.remove)
    config.pluginmanager.register(interruption, "interruption")
    if given is not None:
        threading.Thread(target=_end_with, args=(given[_MAIN_PROCESS],), daemon=True, name="orphaned").start()
