"""Pytest plugin: the fixture ``undo``, in which a scenario's steps book what they are about to make.

When the scenario ends, what it booked is undone in reverse; what could not be undone is an error of the scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from environment.running.losing import ScenarioLost
from environment.settings import state_directory
from environment.undo.log import UndoLog, UndoLogFile
from environment.undo.records import TargetReference
from environment.undo.undoing import undo_all

DIRECTORY = "undo-logs"
"""Below the suite's state directory."""


@dataclass(frozen=True)
class UndoTarget:
    """The target on which this process's scenarios make things, and how the undo log refers to it.

    `ended` says why nothing can be undone there any more, None as long as it can. `mirror` keeps a copy of an undo log
    that outlives this machine, if the target does.
    """

    reference: TargetReference
    target: object
    ended: Callable[[], str | None] = lambda: None
    mirror: Callable[[Path], None] = lambda _path: None


UNDO_TARGET = pytest.StashKey[Callable[[pytest.FixtureRequest], UndoTarget]]()
"""In ``config.stash``, set by whoever knows the target; it may ask the request for fixtures."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where undo logs are kept."""
    parser.getgroup("acceptance").addoption(
        "--undo-logs",
        type=Path,
        default=None,
        metavar="DIRECTORY",
        help="where to book what scenarios make, for undoing (default: undo-logs in the suite's state directory)",
    )


def undo_log_directory(config: pytest.Config) -> Path:
    """The directory of this run's undo logs."""
    chosen: Path | None = config.getoption("--undo-logs")
    return config.rootpath / chosen if chosen else state_directory(config.rootpath) / DIRECTORY


@pytest.fixture(scope="session")
def undo_log_file(pytestconfig: pytest.Config) -> UndoLogFile:
    """The undo log of this process."""
    worker = getattr(pytestconfig, "workerinput", {}).get("workerid", "")
    return UndoLogFile(undo_log_directory(pytestconfig), worker=worker)


@pytest.fixture
def undo(request: pytest.FixtureRequest, undo_log_file: UndoLogFile) -> Iterator[UndoLog]:
    """The scenario's undo log: book a thing in it before you make it."""
    find_target = request.config.stash.get(UNDO_TARGET, None)
    if find_target is None:
        raise pytest.UsageError("nothing says on which target to undo: set config.stash[UNDO_TARGET]")
    place = find_target(request)
    undo_log_file.mirror = place.mirror
    undo_log_file.outlasts_power = place.reference.kind == "live"
    undo_log = UndoLog(undo_log_file, place.reference, request.node.nodeid)
    yield undo_log
    why = place.ended() if undo_log.open_entries() else None
    if why is not None:
        raise ScenarioLost(why)
    undo_all(undo_log, place.target)
