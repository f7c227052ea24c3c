"""Pytest plugin: scenarios marked ``exclusive`` run while no other scenario runs, across all xdist workers.

They change what all share (a registry's settings, a role's policies). Every scenario holds a lock in a directory of the
run: ordinary ones share it, an exclusive one has it alone. SQLite, on which filelock's `ReadWriteLock` is built, lets
no new reader in once a writer waits, so an exclusive scenario does not starve. On a deployment that other runs may use
at the same time, they share the lock. On one of the run's own, without xdist or without an exclusive scenario, nothing
is locked. Where each worker has a deployment of its own, only timed scenarios (PERF-…) still need to be alone: on the
machine.

Exclusive scenarios come last: one after the other, none waits for an ordinary one of another worker to end. A random
order stays random.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from filelock import ReadWriteLock, Timeout

from environment.running.timed import is_timed

MARKER = "exclusive"
DEFAULT_LIMIT_SECONDS = 600.0
SHARED = pytest.StashKey[Path]()
"""In ``config.stash``: the directory of the lock that runs on one deployment share; unset if it is this run's own."""
HAS_ITS_OWN = "has_a_deployment_of_its_own"
"""In ``workerinput``: whether no other worker uses this one's deployment."""
_DIRECTORY = "exclusive_directory"
_IS_SHARED = "exclusive_directory_is_shared"
_RUN_DIRECTORY = pytest.StashKey[Path]()


class NotAloneError(Exception):
    """The lock was not to be had in time; the message says who holds it."""


class ScenarioLock:
    """One worker's hold on the run's lock.

    ``directory`` is shared by the workers of a run. Who holds the lock is written beside it, for messages only.
    """

    def __init__(self, directory: Path, worker: str, limit_seconds: float = DEFAULT_LIMIT_SECONDS) -> None:
        self._lock = ReadWriteLock(directory / "scenarios.db", timeout=limit_seconds, is_singleton=False)
        self._directory = directory
        self._holder = directory / f"{worker}.holder"
        self._limit_seconds = limit_seconds

    @contextmanager
    def held(self, scenario: str, *, alone: bool) -> Iterator[None]:
        """Hold the lock while the block runs. Raises NotAloneError if it is not to be had within the limit."""
        try:
            if alone:
                self._lock.acquire_write()
            else:
                self._lock.acquire_read()
        except Timeout:
            raise NotAloneError(self._explain(scenario, alone=alone)) from None
        self._holder.write_text(json.dumps({"scenario": scenario, "alone": alone, "since": time.time()}))
        try:
            yield
        finally:
            self._holder.unlink()
            self._lock.release()

    def _explain(self, scenario: str, *, alone: bool) -> str:
        wanted = "to run alone" if alone else "for an exclusive scenario to end"
        return (
            f"{scenario} waited {self._limit_seconds:.0f} s {wanted}."
            f" Running: {self._holders() or 'nobody who says so'}."
            f" If they do need that long, raise exclusive_limit_seconds"
        )

    def _holders(self) -> str:
        told = []
        for path in sorted(self._directory.glob("*.holder")):
            try:
                holder = json.loads(path.read_text())
            except (FileNotFoundError, json.JSONDecodeError):
                continue  # let go, or not yet written, just now
            alone = ", alone" if holder["alone"] else ""
            told.append(f"{holder['scenario']} on {path.stem} ({time.time() - holder['since']:.0f} s{alone})")
        return "; ".join(told)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The limit for waiting."""
    parser.addini(
        "exclusive_limit_seconds",
        "how long a scenario waits for an exclusive one to end, or an exclusive one for all others",
        default=str(DEFAULT_LIMIT_SECONDS),
    )


def pytest_configure(config: pytest.Config) -> None:
    """Know the marker; in a worker, lock."""
    meaning = "runs while no other scenario runs on its deployment: it changes what all share"
    config.addinivalue_line("markers", f"{MARKER}: {meaning}")
    worker_input: dict[str, Any] | None = getattr(config, "workerinput", None)
    if worker_input is not None:
        is_exclusive = _is_timed if worker_input.get(HAS_ITS_OWN) else _is_exclusive
        directory, shared = Path(worker_input[_DIRECTORY]), worker_input[_IS_SHARED]
        _lock_in(config, directory, worker_input["workerid"], shared=shared, is_exclusive=is_exclusive)


def lock_without_workers(config: pytest.Config) -> None:
    """Lock also without workers, if other runs may use the deployment."""
    if SHARED in config.stash and not hasattr(config, "workerinput") and not config.getoption("numprocesses", None):
        _lock_in(config, _made(config.stash[SHARED]), "the only process", shared=True, is_exclusive=_is_exclusive)


def _lock_in(
    config: pytest.Config,
    directory: Path,
    worker: str,
    *,
    shared: bool,
    is_exclusive: Callable[[pytest.Item], bool],
) -> None:
    lock = ScenarioLock(directory, f"{worker} ({os.getpid()})", float(config.getini("exclusive_limit_seconds")))
    locking = _Locking(lock, is_exclusive, always=shared)
    config.pluginmanager.register(locking, "exclusive-scenarios")
    config.pluginmanager.register(_Refusing(locking), "exclusive-scenarios-refused")


def _made(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    return directory


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give each worker of the run the same directory; called by xdist in the controller."""
    stash = node.config.stash
    node.workerinput[_IS_SHARED] = SHARED in stash
    if SHARED in stash:
        node.workerinput[_DIRECTORY] = str(_made(stash[SHARED]))
        return
    if _RUN_DIRECTORY not in stash:
        stash[_RUN_DIRECTORY] = Path(tempfile.mkdtemp(prefix="exclusive-"))
    node.workerinput[_DIRECTORY] = str(stash[_RUN_DIRECTORY])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the run's directory, once all workers have ended."""
    directory = config.stash.get(_RUN_DIRECTORY, None)
    if directory is not None:
        shutil.rmtree(directory)


class _Locking:
    """The hooks of a process that runs scenarios; `always`: whether it locks also without an exclusive scenario."""

    def __init__(self, lock: ScenarioLock, is_exclusive: Callable[[pytest.Item], bool], *, always: bool) -> None:
        self._lock = lock
        self._is_exclusive = is_exclusive
        self._always = always
        self._any_exclusive = False
        self._held = ExitStack()
        self.refused: NotAloneError | None = None

    @pytest.hookimpl(tryfirst=True)  # before the plugin that shuffles, which has the last word
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put the exclusive scenarios last."""
        items.sort(key=self._is_exclusive)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Every worker collects every scenario, so each knows whether locking is needed at all."""
        self._any_exclusive = any(map(self._is_exclusive, session.items))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, None, None]:
        """Take the lock before set-up, and before anything that measures it."""
        self.refused = None
        if self._any_exclusive or self._always:
            try:
                self._held.enter_context(self._lock.held(item.nodeid, alone=self._is_exclusive(item)))
            except NotAloneError as error:
                self.refused = error
        yield

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self) -> Generator[None, None, None]:
        """Let the lock go after tear-down."""
        try:
            yield
        finally:
            self._held.close()


class _Refusing:
    """Not to get the lock is an error of the scenario: raised where all other plugins have begun what they end."""

    def __init__(self, locking: _Locking) -> None:
        self._locking = locking

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_setup(self) -> Generator[None, None, None]:
        """Set nothing up without the lock."""
        if self._locking.refused is not None:
            raise self._locking.refused
        yield


def _is_exclusive(item: pytest.Item) -> bool:
    return item.get_closest_marker(MARKER) is not None


def _is_timed(item: pytest.Item) -> bool:
    requirements = (mark.kwargs["id"] for mark in item.iter_markers("requirement"))
    return _is_exclusive(item) and is_timed(requirements)
