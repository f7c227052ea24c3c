"""The fixture ``undo`` in a run: undone at the scenario's end, failures are errors, a killed run is cleaned up."""

from __future__ import annotations

from pathlib import Path

import pytest

from environment.undo import actions
from environment.undo.clean_up import clean_up
from environment.undo.records import read

CONFTEST = """
from pathlib import Path
from environment.undo.actions import undoes
from environment.undo.plugin import UNDO_TARGET, UndoTarget
from environment.undo.records import TargetReference

@undoes("file")
def remove(directory, *, name):
    if name == "stuck":
        raise PermissionError("stuck")
    (directory / name).unlink(missing_ok=True)

def pytest_configure(config):
    reference = TargetReference(kind="live", url="file:///things")
    def mirror(path):
        copy = config.rootpath / "mirrored"
        copy.write_bytes(path.read_bytes()) if path.exists() else copy.unlink()
    things = config.rootpath / "things"
    config.stash[UNDO_TARGET] = lambda request: UndoTarget(reference, things, mirror=mirror)
"""

SUITE = """
import os, signal
import pytest

@pytest.fixture
def things(pytestconfig):
    return pytestconfig.rootpath / "things"

@pytest.fixture
def make(undo, things):
    def make(name):
        undo.book("file", "the file " + name, name=name)
        (things / name).touch()
    return make

def test_fine(make):
    make("a")
    make("b")

def test_failing(make):
    make("c")
    assert False

def test_later(things):
    assert [path.name for path in things.iterdir()] == ["foreign"]

def test_stuck(make):
    make("stuck")
    make("d")

def test_killed(make):
    make("e")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def things(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini("[pytest]\naddopts = -p environment.undo.plugin\nfilterwarnings = error")
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(SUITE)
    directory = pytester.path / "things"
    directory.mkdir()
    (directory / "foreign").touch()
    return directory


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_undone_at_the_end_of_each_scenario(pytester: pytest.Pytester, things: Path) -> None:
    pytester.runpytest_subprocess("-k", "not test_killed and not test_stuck").assert_outcomes(passed=2, failed=1)
    assert names(things) == ["foreign"]
    assert names(pytester.path / ".acceptance" / "undo-logs") == []
    assert not (pytester.path / "mirrored").exists()


def test_a_failed_undo_is_an_error_and_stays_in_the_undo_log(pytester: pytest.Pytester, things: Path) -> None:
    result = pytester.runpytest_subprocess("-k", "test_stuck", "--undo-logs", "elsewhere")
    result.assert_outcomes(passed=1, errors=1)
    assert "file 'the file stuck': PermissionError: stuck" in result.stdout.str()
    assert names(things) == ["foreign", "stuck"]
    (undo_log,) = (pytester.path / "elsewhere").glob("*.jsonl")
    assert [thing.scenario.rpartition("::")[2] for thing in read(undo_log).open_things] == ["test_stuck"]


def test_a_killed_run_is_cleaned_up(pytester: pytest.Pytester, things: Path) -> None:
    pytester.runpytest_subprocess("-k", "test_killed")
    assert names(things) == ["e", "foreign"]
    (undo_log,) = (pytester.path / ".acceptance" / "undo-logs").glob("*.jsonl")
    assert (pytester.path / "mirrored").read_bytes() == undo_log.read_bytes()

    def remove(directory: Path, *, name: str) -> None:
        (directory / name).unlink()

    actions.undoes("file")(remove)
    try:
        assert clean_up(pytester.path / ".acceptance" / "undo-logs", lambda _reference: things).complete
    finally:
        actions.forget("file")
    assert names(things) == ["foreign"]
