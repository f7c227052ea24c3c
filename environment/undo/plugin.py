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
from environment.undo.ledger import Ledger, LedgerFile
from environment.undo.records import TargetReference
from environment.undo.undoing import undo_all

DIRECTORY = "ledgers"
"""Below the suite's state directory."""


@dataclass(frozen=True)
class UndoTarget:
    """The target on which this process's scenarios make things, and how the ledger refers to it.

    `ended` says why nothing can be undone there any more, None as long as it can.
    """

    reference: TargetReference
    target: object
    ended: Callable[[], str | None] = lambda: None


UNDO_TARGET = pytest.StashKey[Callable[[pytest.FixtureRequest], UndoTarget]]()
"""In ``config.stash``, set by whoever knows the target; it may ask the request for fixtures."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where ledgers are kept."""
    parser.getgroup("acceptance").addoption(
        "--ledgers",
        type=Path,
        default=None,
        metavar="DIRECTORY",
        help="where to book what scenarios make, for undoing (default: ledgers in the suite's state directory)",
    )


def ledger_directory(config: pytest.Config) -> Path:
    """The directory of this run's ledgers."""
    chosen: Path | None = config.getoption("--ledgers")
    return config.rootpath / chosen if chosen else state_directory(config.rootpath) / DIRECTORY


@pytest.fixture(scope="session")
def ledger_file(pytestconfig: pytest.Config) -> LedgerFile:
    """The ledger of this process."""
    worker = getattr(pytestconfig, "workerinput", {}).get("workerid", "")
    return LedgerFile(ledger_directory(pytestconfig), worker=worker)


@pytest.fixture
def undo(request: pytest.FixtureRequest, ledger_file: LedgerFile) -> Iterator[Ledger]:
    """The scenario's ledger: book a thing in it before you make it."""
    find_target = request.config.stash.get(UNDO_TARGET, None)
    if find_target is None:
        raise pytest.UsageError("nothing says on which target to undo: set config.stash[UNDO_TARGET]")
    place = find_target(request)
    ledger = Ledger(ledger_file, place.reference, request.node.nodeid)
    yield ledger
    why = place.ended() if ledger.open_entries() else None
    if why is not None:
        raise ScenarioLost(why)
    undo_all(ledger, place.target)
