"""What is recorded of the unchanged product; a stand-in takes the place of a session."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from environment.errors import SuiteError
from reports.outcomes import Status
from strength import reference
from strength.lane import Ended, Run
from strength.messages import ScenarioItem, Seen
from strength.project import Project
from strength.reference import ScenarioReference, missing, read_reference, record

SAMPLE = Path(__file__).with_name("sample")
NAMES = [f"features/a.feature::{name}[local]" for name in ("One", "Two", "Three")]


class StandIn:
    """Ends each scenario, but for those that break the session or hang."""

    def __init__(self, names: Sequence[str], *, breaks: str = "", hangs: str = "", changed: str = "") -> None:
        self.items = tuple(
            ScenarioItem(nodeid=each, timed=False, written="anew" if each == changed else "as ever") for each in names
        )
        self.ran: list[str] = []
        self.restarts = 0
        self._breaks, self._hangs = breaks, hangs

    def run(self, scenarios: Sequence[str], limit: Any, *, trace: bool) -> Run:
        run = Run()
        for nodeid in scenarios:
            self.ran.append(nodeid)
            if nodeid == self._breaks:
                raise SuiteError("Judged a fault", "the session ended", "Look at its log")
            if nodeid == self._hangs:
                run.hung = nodeid
                return run
            run.ended.append(Ended(nodeid, Seen(status=Status.PASSED), "", 0.5, {"counter.py": "3"}))
        return run

    def restart(self) -> None:
        self.restarts += 1


def nothing(_: str) -> None:
    """Nobody watches."""


def test_what_was_recorded_before_the_session_broke_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "BATCH", 1)
    project, lane = Project.read(SAMPLE), StandIn(NAMES, breaks=NAMES[2])
    with pytest.raises(SuiteError, match="the session ended"):
        record(project, tmp_path, [lane], nothing)  # type: ignore[list-item]  # it is all that recording asks of one
    known = read_reference(project, tmp_path)
    assert known is not None
    assert list(known[0].scenarios) == sorted(NAMES[:2])
    again = StandIn([*NAMES[1:]])
    assert missing(known, again) == [NAMES[2]]  # type: ignore[arg-type]
    whole, coverage = record(project, tmp_path, [again], nothing, known)  # type: ignore[list-item]
    assert again.ran == [NAMES[2]]
    assert set(whole.scenarios) == set(coverage.lines) == set(NAMES[1:]), "the one that is gone is dropped"


def test_a_scenario_whose_sentences_changed_is_recorded_again(tmp_path: Path) -> None:
    project = Project.read(SAMPLE)
    known = record(project, tmp_path, [StandIn(NAMES)], nothing)  # type: ignore[list-item]
    assert missing(known, StandIn(NAMES)) == []  # type: ignore[arg-type]
    assert missing(known, StandIn(NAMES, changed=NAMES[1])) == [NAMES[1]]  # type: ignore[arg-type]


def test_a_scenario_that_hangs_is_left_out_and_the_others_are_recorded(tmp_path: Path) -> None:
    lane = StandIn(NAMES, hangs=NAMES[1])
    whole, _ = record(Project.read(SAMPLE), tmp_path, [lane], nothing)  # type: ignore[list-item]
    assert set(whole.judges) == {NAMES[0], NAMES[2]}
    assert lane.restarts == 1


@pytest.mark.parametrize(
    ("seen", "timed", "judges"),
    [
        (Seen(status=Status.PASSED), False, True),
        (Seen(status=Status.KNOWN), False, True),
        (Seen(status=Status.PASSED), True, False),
        (Seen(status=Status.FAILED), False, False),
        (Seen(status=Status.BROKEN), False, False),
        (Seen(status=Status.SKIPPED), False, False),
        (Seen(status=Status.DIFFERENT), False, False),
        (None, False, False),
    ],
)
def test_only_what_ends_well_without_a_fault_judges_one(seen: Seen | None, timed: bool, judges: bool) -> None:
    assert ScenarioReference(seen=seen, seconds=1.0, timed=timed, written="").judges is judges
