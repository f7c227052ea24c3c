"""When a fault counts as noticed: a session that says what the test wants takes the place of a real one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from reports.outcomes import Status
from reports.product_coverage import CoverageRecord
from strength.faults import Fault
from strength.judging import Judge
from strength.lane import Ended, Run
from strength.messages import Seen, SeenSentence
from strength.project import Project
from strength.reference import Reference, ScenarioReference
from strength.verdicts import FaultVerdict, Result

SAMPLE = Path(__file__).with_name("sample")
PASSED, FAILED = Seen(status=Status.PASSED), Seen(status=Status.FAILED)
KNOWN, DIFFERENT = Seen(status=Status.KNOWN, defects=("QO-1",)), Seen(status=Status.DIFFERENT, defects=("QO-1",))
ONE, TWO = "features/a.feature::One[local]", "features/b.feature::Two[local]"
How = Seen | None | str


def sentence(line: int, status: Status) -> SeenSentence:
    return SeenSentence(line=line, status=status)


class ScriptedLane:
    """Ends scenarios as told: `says(nodeid, with_fault, how often it was restarted)`; "hangs" hangs."""

    def __init__(self, says: Callable[[str, bool, int], How]) -> None:
        self._says = says
        self.restarts = 0
        self.judge: Judge | None = None
        self.asked: list[tuple[str, bool]] = []

    def run(self, scenarios: Sequence[str], limit: Any, *, overlay: Any = None, expected: Any = None, **_: Any) -> Run:
        run = Run()
        for nodeid in scenarios:
            self.asked.append((nodeid, overlay is not None))
            how = self._says(nodeid, overlay is not None, self.restarts)
            if how == "hangs":
                run.hung = nodeid
                return run
            assert not isinstance(how, str)
            run.ended.append(Ended(nodeid, how, "", 1.0))
            if how is None or (expected is not None and expected.get(nodeid, how) != how):
                return run
        return run

    def restart(self) -> None:
        self.restarts += 1


def judged(tmp_path: Path, lane: ScriptedLane, *, limit_seconds: float = 100, one: Seen = PASSED) -> FaultVerdict:
    project = Project.read(SAMPLE)
    fault: Fault = next(each for each in project.faults() if each.id == "counter.py::count::comparison::1")
    scenarios = {ONE: one, TWO: PASSED}
    reference = Reference(
        product=project.product,
        suite="s",
        scenarios={
            each: ScenarioReference(seen=seen, seconds=1.0, timed=False, written="") for each, seen in scenarios.items()
        },
    )
    coverage = CoverageRecord(
        product=project.product, lines={each: {"counter.py": str(fault.line)} for each in scenarios}
    )
    judge = Judge(project, tmp_path, reference, coverage, limit_seconds)
    lane.judge = judge
    return judge.judge(fault, lane)  # type: ignore[arg-type]  # it is all that a judge asks of one


def test_what_every_scenario_passes_over_is_not_noticed(tmp_path: Path) -> None:
    verdict = judged(tmp_path, ScriptedLane(lambda *_: PASSED))
    assert (verdict.result, verdict.passed_over, verdict.by) == (Result.UNNOTICED, (ONE, TWO), None)


def test_the_first_that_notices_ends_it_once_it_is_confirmed(tmp_path: Path) -> None:
    lane = ScriptedLane(lambda nodeid, fault, _: FAILED if fault and nodeid == ONE else PASSED)
    verdict = judged(tmp_path, lane)
    assert (verdict.result, verdict.by, verdict.passed_over) == (Result.NOTICED, ONE, ())
    assert lane.asked == [(ONE, True), (ONE, False), (ONE, True)]


@pytest.mark.parametrize("how", [DIFFERENT, FAILED, Seen(status=Status.GONE, defects=("QO-1",))])
def test_a_known_defect_that_ends_in_another_way_is_noticed(tmp_path: Path, how: Seen) -> None:
    verdict = judged(
        tmp_path, ScriptedLane(lambda n, fault, _: (how if fault else KNOWN) if n == ONE else PASSED), one=KNOWN
    )
    assert (verdict.result, verdict.by) == (Result.NOTICED, ONE)


def test_a_sentence_that_ends_in_another_way_is_noticed(tmp_path: Path) -> None:
    before = Seen(
        status=Status.KNOWN, defects=("QO-1",), sentences=(sentence(4, Status.PASSED), sentence(5, Status.KNOWN))
    )
    after = Seen(
        status=Status.KNOWN, defects=("QO-1",), sentences=(sentence(4, Status.FAILED), sentence(5, Status.KNOWN))
    )
    verdict = judged(
        tmp_path, ScriptedLane(lambda n, fault, _: (after if fault else before) if n == ONE else PASSED), one=before
    )
    assert verdict.result is Result.NOTICED


def test_a_scenario_that_fails_once_by_chance_has_not_noticed(tmp_path: Path) -> None:
    failures = iter([FAILED])
    lane = ScriptedLane(lambda nodeid, fault, _: next(failures, PASSED) if nodeid == ONE and fault else PASSED)
    verdict = judged(tmp_path, lane)
    assert (verdict.result, verdict.passed_over) == (Result.UNNOTICED, (ONE, TWO))


def test_a_spoiled_deployment_is_replaced_and_the_scenario_asked_again(tmp_path: Path) -> None:
    lane = ScriptedLane(lambda nodeid, _, restarts: FAILED if nodeid == ONE and not restarts else PASSED)
    verdict = judged(tmp_path, lane)
    assert (verdict.result, lane.restarts) == (Result.UNNOTICED, 1)
    assert verdict.passed_over == (ONE, TWO)


def test_a_scenario_that_fails_without_the_fault_judges_nothing(tmp_path: Path) -> None:
    verdict = judged(tmp_path, ScriptedLane(lambda nodeid, *_: FAILED if nodeid == ONE else PASSED))
    assert (verdict.result, verdict.passed_over) == (Result.UNNOTICED, (TWO,))


def test_a_scenario_that_another_lane_no_longer_trusts_judges_nothing(tmp_path: Path) -> None:
    def answer(nodeid: str, *_: object) -> Seen:
        assert lane.judge is not None
        lane.judge.expected.pop(ONE, None)
        return FAILED if nodeid == ONE else PASSED

    lane = ScriptedLane(answer)
    verdict = judged(tmp_path, lane)
    assert (verdict.result, verdict.passed_over) == (Result.UNNOTICED, (ONE, TWO))


def test_a_process_that_dies_twice_is_noticed(tmp_path: Path) -> None:
    lane = ScriptedLane(lambda nodeid, fault, _: None if fault and nodeid == ONE else PASSED)
    assert judged(tmp_path, lane).result is Result.NOTICED


def test_a_hang_is_a_class_of_its_own_and_confirmed(tmp_path: Path) -> None:
    lane = ScriptedLane(lambda nodeid, fault, _: "hangs" if fault and nodeid == ONE else PASSED)
    verdict = judged(tmp_path, lane)
    assert (verdict.result, verdict.by, lane.restarts) == (Result.HANGS, ONE, 2)
    assert not verdict.result.counts


def test_a_scenario_that_hangs_once_by_chance_is_no_hang(tmp_path: Path) -> None:
    lane = ScriptedLane(lambda nodeid, fault, restarts: "hangs" if fault and nodeid == ONE and not restarts else PASSED)
    assert judged(tmp_path, lane).result is Result.UNNOTICED


def test_a_fault_has_its_time_and_what_is_left_out_is_counted(tmp_path: Path) -> None:
    verdict = judged(tmp_path, ScriptedLane(lambda *_: PASSED), limit_seconds=1.5)
    assert (verdict.result, verdict.passed_over, verdict.left_out) == (Result.UNNOTICED, (ONE,), 1)
