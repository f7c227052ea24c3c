"""Pytest plugin: a scenario that hangs is broken, with the stacks of all threads as evidence, and the others go on.

At the limit the main thread is interrupted by an alarm, which reaches it in a socket too; set-up and sentences have the
limit together, undoing has it again. What does not let go (a call into C that blocks signals, a lock that is held) is
ended with its process a little later: xdist replaces the worker, and the stacks stay in a file. Waiting for an
exclusive scenario does not count.

pytest-timeout knows one of the two ways at a time, keeps no stacks, and counts the wait for the lock.
"""

from __future__ import annotations

import faulthandler
import json
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import allure
import pytest

from environment.running.losing import ScenarioLost

LIMIT, LONG_LIMIT, GRACE = "scenario_limit_seconds", "long_scenario_limit_seconds", "scenario_grace_seconds"
LONG = ("slow", "large", "thorough")
STACKS: pytest.StashKey[Path] = pytest.StashKey()
"""In ``config.stash``: where the stacks of scenarios go whose process has to be ended; a temporary folder if unset."""
_AGAIN_SECONDS = 5.0
_FOLDER = "stacks_folder"


@dataclass(frozen=True)
class Hung:
    """A scenario whose process was ended at the limit."""

    limit_seconds: float
    stacks: str

    @property
    def why(self) -> str:
        """In one line."""
        return f"it took longer than its limit of {self.limit_seconds:g} s and did not let go, so its process was ended"


def hung(folder: Path) -> dict[str, Hung]:
    """The scenarios whose processes were ended at the limit, by node id."""
    found = {}
    for path in sorted(folder.glob("*.stacks")):
        head, _, stacks = path.read_text(encoding="utf-8", errors="replace").partition("\n")
        if stacks.strip():
            told = json.loads(head)
            found[told["scenario"]] = Hung(told["limit_seconds"], stacks)
    return found


class Watch:
    """Watches the scenarios of one process, one at a time."""

    def __init__(self, config: pytest.Config) -> None:
        self._usual, self._long, self._grace = (float(config.getini(name)) for name in (LIMIT, LONG_LIMIT, GRACE))
        self._path = config.stash[STACKS] / f"{os.getpid()}.stacks"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("w+", encoding="utf-8")
        self._limit = self._left = self._armed_at = 0.0
        self._armed = False
        self._stacks = ""
        self._threads: set[threading.Thread] = set()
        self._stray: list[threading.Thread] = []
        self._before: Any = signal.signal(signal.SIGALRM, self._alarm)

    def close(self) -> None:
        """Stop watching; a thread that still hangs must not keep the process from ending."""
        self._disarm()
        signal.signal(signal.SIGALRM, self._before)
        if any(thread.is_alive() for thread in self._stray):
            faulthandler.dump_traceback_later(self._grace, exit=True)
            return
        self._file.close()
        self._path.unlink(missing_ok=True)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        """Begin to count; inside the lock of exclusive scenarios."""
        self._limit = self._left = self._limit_of(item)
        self._threads = set(threading.enumerate())
        self._head(item)
        with self._counting():
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self) -> Generator[None, object, object]:
        """Count on."""
        with self._counting():
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, object, object]:
        """Undoing has the limit again."""
        self._limit = self._left = self._limit_of(item)
        with self._counting():
            return (yield)

    def pytest_enter_pdb(self) -> None:
        """Who debugs has all the time in the world."""
        self._disarm()
        self._left = 0.0

    @contextmanager
    def not_counted(self) -> Iterator[None]:
        """Stop the clock while the block runs."""
        was_armed = self._armed
        self._disarm()
        try:
            yield
        finally:
            if was_armed:
                self._arm()

    @contextmanager
    def _counting(self) -> Iterator[None]:
        self._arm()
        try:
            yield
        except ScenarioLost:
            self._disarm()
            if self._stacks:
                allure.attach(self._stacks, name="stacks", attachment_type=allure.attachment_type.TEXT)
                self._stacks = ""
                self._stray += [each for each in threading.enumerate() if each not in self._threads]
            raise
        finally:
            self._disarm()

    def _limit_of(self, item: pytest.Item) -> float:
        return self._long if any(item.get_closest_marker(tag) for tag in LONG) else self._usual

    def _head(self, item: pytest.Item) -> None:
        """Say in the file of stacks whose they would be."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write(json.dumps({"scenario": item.nodeid, "limit_seconds": self._limit}) + "\n")
        self._file.flush()

    def _arm(self) -> None:
        if self._left <= 0:
            return
        self._armed, self._armed_at = True, time.monotonic()
        faulthandler.dump_traceback_later(self._left + self._grace, exit=True, file=self._file)
        signal.setitimer(signal.ITIMER_REAL, self._left, _AGAIN_SECONDS)

    def _disarm(self) -> None:
        if not self._armed:
            return
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.cancel_dump_traceback_later()
        self._armed = False
        # Of no time at all a moment is left: nothing means that there is no limit.
        self._left = max(0.01, self._left - (time.monotonic() - self._armed_at))

    def _alarm(self, _number: int, frame: FrameType | None) -> None:
        """Interrupt the main thread; again every few seconds, for what waits for a thread that hangs."""
        if not self._armed:
            return
        if not self._stacks:
            self._stacks = _stacks_now()
        raise ScenarioLost(f"it took longer than its limit of {self._limit:g} s; it was in {_place(frame)}")


def _stacks_now() -> str:
    with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
        faulthandler.dump_traceback(file=file, all_threads=True)
        file.seek(0)
        return file.read()


def _place(frame: FrameType | None) -> str:
    if frame is None:
        return "no Python code"
    path = Path(frame.f_code.co_filename)
    return f"{'/'.join(path.parts[-2:])}:{frame.f_lineno} ({frame.f_code.co_name})"


_watch: Watch | None = None


@contextmanager
def not_counted() -> Iterator[None]:
    """Time that passes in this block is not the scenario's: somebody waits on purpose."""
    if _watch is None:
        yield
        return
    with _watch.not_counted():
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    """The limits."""
    parser.addini(LIMIT, "how long a scenario may take, in seconds; 0: no limit", default="300")
    parser.addini(LONG_LIMIT, f"the same for scenarios tagged {' or '.join(LONG)}", default="3600")
    parser.addini(GRACE, "how long after its limit a scenario that does not let go is ended", default="30")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Watch the scenarios that run in this process; none if somebody debugs."""
    global _watch
    worker_input: dict[str, str] | None = getattr(config, "workerinput", None)
    if worker_input is not None:
        config.stash[STACKS] = Path(worker_input[_FOLDER])
    elif STACKS not in config.stash:
        folder = config.stash[STACKS] = Path(tempfile.mkdtemp(prefix="stacks-"))
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    runs_here = worker_input is not None or not config.getoption("numprocesses", None)
    debugs = config.getoption("usepdb", False) or config.getoption("trace", False)
    if runs_here and not debugs and threading.current_thread() is threading.main_thread():
        watch = _watch = Watch(config)
        config.pluginmanager.register(watch, "time-limit")
        config.add_cleanup(lambda: _close(watch))


def _close(watch: Watch) -> None:
    global _watch
    _watch = None
    watch.close()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker where stacks go; called by xdist in the main process."""
    node.workerinput[_FOLDER] = str(node.config.stash[STACKS])
