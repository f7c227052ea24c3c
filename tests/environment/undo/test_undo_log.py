"""Booking, undoing at a scenario's end, and what booking refuses."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fake_deployment import LIVE, FakeDeployment

from environment.secrecy.redaction import REDACTED, forget_secrets, register_secret
from environment.undo.actions import UnknownKindError, undoes
from environment.undo.log import UndoLog, UndoLogFile
from environment.undo.records import read
from environment.undo.undoing import UndoFailed, undo_all


@pytest.fixture
def file(tmp_path: Path) -> UndoLogFile:
    return UndoLogFile(tmp_path / "undo-logs", worker="gw0")


@pytest.fixture
def undo_log(file: UndoLogFile) -> UndoLog:
    return UndoLog(file, LIVE, "creation.feature::Publish[local]")


def test_what_is_booked_is_on_disk_with_its_owner_and_target(file: UndoLogFile, undo_log: UndoLog) -> None:
    undo_log.book("thing", "the package a/b", name="a/b")
    contents = read(file.path)
    assert contents.opened is not None
    assert (contents.opened.process.pid, contents.opened.worker) == (os.getpid(), "gw0")
    (thing,) = contents.open_things
    assert (thing.kind, thing.description, thing.parameters) == ("thing", "the package a/b", {"name": "a/b"})
    assert (thing.target, thing.scenario) == (LIVE, "creation.feature::Publish[local]")
    assert file.path.stat().st_mode & 0o077 == 0


def test_nothing_is_written_before_the_first_booking(file: UndoLogFile, undo_log: UndoLog) -> None:
    assert undo_log.open_entries() == []
    assert not file.path.parent.exists()


def test_undoing_runs_in_reverse_and_leaves_no_file(
    file: UndoLogFile, undo_log: UndoLog, deployment: FakeDeployment
) -> None:
    for name in ("first", "second", "third"):
        undo_log.book("thing", name, name=name)
    deployment.things = {"first", "second", "foreign"}
    undo_all(undo_log, deployment)
    assert deployment.asked == ["third", "second", "first"]
    assert deployment.things == {"foreign"}
    assert list(file.path.parent.iterdir()) == []


def test_what_was_undone_by_the_scenario_itself_is_not_undone_again(
    undo_log: UndoLog, deployment: FakeDeployment
) -> None:
    entry = undo_log.book("thing", "x", name="x")
    entry.done()
    entry.done()
    undo_all(undo_log, deployment)
    assert deployment.asked == []


def test_one_that_fails_does_not_keep_the_others_and_stays_in_the_undo_log(
    file: UndoLogFile, undo_log: UndoLog, deployment: FakeDeployment
) -> None:
    for name in ("first", "stuck", "stuck too", "last"):
        undo_log.book("thing", name, name=name)
    deployment.things = {"first", "stuck", "last"}
    deployment.stuck = {"stuck", "stuck too"}
    with pytest.raises(UndoFailed) as failure:
        undo_all(undo_log, deployment)
    assert deployment.things == {"stuck"}
    assert [type(error) for error in failure.value.exceptions] == [PermissionError, PermissionError]
    for told in ("2 things could not be undone", "thing 'stuck': PermissionError: stuck is stuck", "'stuck too'"):
        assert told in str(failure.value)
    assert [thing.description for thing in read(file.path).open_things] == ["stuck", "stuck too"]


def test_each_scenario_undoes_its_own(file: UndoLogFile, deployment: FakeDeployment) -> None:
    one, other = UndoLog(file, LIVE, "one"), UndoLog(file, LIVE, "other")
    one.book("thing", "of one", name="of one")
    other.book("thing", "of other", name="of other")
    undo_all(one, deployment)
    assert deployment.asked == ["of one"]
    assert [thing.scenario for thing in read(file.path).open_things] == ["other"]


def test_threads_may_book_at_once(file: UndoLogFile, undo_log: UndoLog) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: undo_log.book("thing", str(number), name=str(number)), range(40)))
    contents = read(file.path)
    assert len(contents.open_things) == 40
    assert contents.torn_lines == []


def test_a_booking_after_one_that_the_disk_cut_short_is_a_line_of_its_own(file: UndoLogFile, undo_log: UndoLog) -> None:
    undo_log.book("thing", "x", name="x")
    with file.path.open("ab") as raw:
        raw.write(b'{"record": "booked", "entry": {"id"')
    undo_log.book("thing", "y", name="y")
    contents = read(file.path)
    assert [thing.description for thing in contents.open_things] == ["x", "y"]
    assert contents.torn_lines == [3]


@pytest.mark.parametrize(
    ("book", "error", "told"),
    [
        (lambda undo_log: undo_log.book("thingy", "x"), UnknownKindError, "known kinds: .*thing"),
        (lambda undo_log: undo_log.book("thing", "x"), TypeError, "take_away.*'name'"),
        (lambda undo_log: undo_log.book("thing", "x", name="x", size=1), TypeError, "'size'"),
        (lambda undo_log: undo_log.book("thing", "x", name=("a", "b")), TypeError, "plain JSON"),
        (lambda undo_log: undo_log.book("thing", "x", name="Bearer abcdef123456"), ValueError, "holds a secret"),
    ],
)
def test_what_could_not_be_undone_later_is_refused_before_it_is_made(
    file: UndoLogFile, undo_log: UndoLog, book: Callable[[UndoLog], Any], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        book(undo_log)
    assert not file.path.exists()


def test_descriptions_are_redacted(file: UndoLogFile, undo_log: UndoLog) -> None:
    register_secret("correct-horse-battery")
    try:
        undo_log.book("thing", "the user with correct-horse-battery", name="x")
    finally:
        forget_secrets(["correct-horse-battery"])
    assert read(file.path).open_things[0].description == f"the user with {REDACTED}"


def test_a_kind_has_one_action() -> None:
    with pytest.raises(ValueError, match="undone by"):
        undoes("thing")(lambda target: None)


@pytest.mark.parametrize("outlasts_power", [True, False])
def test_only_a_deployment_that_outlasts_a_loss_of_power_has_its_log_wait_for_the_disk(
    file: UndoLogFile, undo_log: UndoLog, monkeypatch: pytest.MonkeyPatch, outlasts_power: bool
) -> None:
    waited: list[int] = []
    monkeypatch.setattr(os, "fsync", waited.append)
    file.outlasts_power = outlasts_power
    entry = undo_log.book("thing", "the package a/b", name="a/b")
    assert file.path.is_file(), "written all the same"
    entry.done()
    assert bool(waited) is outlasts_power
