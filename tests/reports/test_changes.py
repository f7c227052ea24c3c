"""What changed since runs that the history keeps: what joins it, what is compared, what is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from made_runs import altered, answered, claimed, made_outcome, made_run
from typer.testing import CliRunner

from environment.errors import SuiteError
from environment.modes import Mode
from reports.answers import Mark
from reports.changes import (
    FIRST_RUN,
    NOTHING_IN_COMMON,
    Changes,
    changes_sentence,
    flaky_over_runs,
    since_last_run,
    since_last_version,
    trend_lines,
)
from reports.command_line import report
from reports.json_lines import RUNS_KEPT
from reports.known_defects import Ledger
from reports.outcomes import RunRecord, ScenarioOutcome, Status, write_run
from reports.run_history import is_whole, remember_run, runs_before, trend

START = datetime(2026, 11, 1, 2, tzinfo=UTC)
PASSED, FAILED = (made_outcome("S", Mode.LOCAL, each) for each in (Status.PASSED, Status.FAILED))


def run(day: int, *scenarios: ScenarioOutcome, version: str = "0.22.0", chosen: tuple[str, ...] = ()) -> RunRecord:
    started = START + timedelta(days=day)
    return made_run(scenarios, version).model_copy(update={"started": started, "chosen": chosen})


def known(name: str, status: Status = Status.KNOWN) -> ScenarioOutcome:
    return claimed(name, Mode.LOCAL, status, "it works", "QO-001")


def since(history: Path, record: RunRecord, ledger: Ledger) -> Changes:
    found = since_last_run(history, record, ledger)
    assert isinstance(found, Changes)
    return found


def test_a_first_run_says_so(tmp_path: Path, sample_ledger: Ledger) -> None:
    first = run(0, PASSED)
    remember_run(tmp_path, first)
    assert since_last_run(tmp_path, first, sample_ledger) == FIRST_RUN
    assert since_last_version(tmp_path, first, sample_ledger) is None


def test_each_kind_of_change_is_counted_and_said(tmp_path: Path, sample_ledger: Ledger) -> None:
    gone, new = made_outcome("Gone", Mode.LOCAL, Status.PASSED), made_outcome("New", Mode.LOCAL, Status.PASSED)
    remember_run(tmp_path, run(0, PASSED, gone, known("Mended")))
    after = run(1, FAILED, new, known("Mended", Status.PASSED))

    found = since(tmp_path, after, sample_ledger)

    assert found.counts == {
        "newly failing": 1,
        "fixed": 1,
        "changed in detail": 0,
        "new defects": 0,
        "closed defects": 1,
        "new checks": 1,
        "removed checks": 1,
    }
    assert found.sentence == (
        "Since the run of 1 November 2026, 02:00 UTC of the same product: 1 newly failing, 1 passing now, "
        "1 closed defect, 1 new check, "
        "1 removed check."
    )
    assert changes_sentence(since(tmp_path, run(2, PASSED, gone, known("Mended")), sample_ledger)) == (
        "Since the run of 1 November 2026, 02:00 UTC: nothing newly failing."
    )


def test_a_failure_that_was_only_listed_is_not_told_as_repaired(tmp_path: Path, sample_ledger: Ledger) -> None:
    remember_run(tmp_path, run(0, made_outcome("S", Mode.LOCAL, Status.FAILED)))
    found = since(tmp_path, run(1, known("S")), sample_ledger)
    assert found.filed == 1
    assert found.surroundings == (
        "The run before was not accepted: 1 new failure (of 1 check). "
        "1 of its failures is listed as known defects now, and not repaired."
    )
    assert answered(run(1, known("S")), (), (), found)[2].mark is Mark.KNOWN


def test_what_changed_although_the_product_is_the_same_is_told_as_such(tmp_path: Path, sample_ledger: Ledger) -> None:
    remember_run(tmp_path, run(0, known("S")))
    same = "The product is the same in both, so that the checks or what surrounds them have changed."
    assert since(tmp_path, run(1, PASSED), sample_ledger).surroundings == same
    assert since(tmp_path, run(1, PASSED, version="0.23.0"), sample_ledger).surroundings == ""
    assert since(tmp_path, run(1, known("S")), sample_ledger).surroundings == ""


def test_a_run_of_a_part_is_compared_and_never_joins(tmp_path: Path, sample_ledger: Ledger) -> None:
    remember_run(tmp_path, run(0, PASSED, known("K")))
    part = run(1, FAILED, chosen=("-m smoke",))
    remember_run(tmp_path, part)

    found = since(tmp_path, part, sample_ledger)

    assert "newly failing" in found.sentence and "removed checks" not in found.counts
    assert "among the 1 check that both ran: 1 newly failing, nothing fixed." in found.sentence
    assert [each.started for each in runs_before(tmp_path, START + timedelta(days=9))] == [START]
    assert [each.started for each in trend(tmp_path)] == [START]


def test_runs_that_have_no_check_in_common_are_not_compared(tmp_path: Path, sample_ledger: Ledger) -> None:
    remember_run(tmp_path, run(0, known("K")))
    assert since_last_run(tmp_path, run(1, PASSED, chosen=("features/new",)), sample_ledger) == NOTHING_IN_COMMON


@pytest.mark.parametrize(
    ("fields", "whole"),
    [
        ({}, True),
        ({"chosen": ("-m 'not slow and not large'",)}, True),
        ({"chosen": ("features/packages",)}, False),
        ({"shard": "1/3"}, False),
        ({"scenarios": ()}, False),
    ],
)
def test_what_is_a_whole_run(fields: dict[str, object], whole: bool) -> None:
    assert is_whole(run(0, PASSED).model_copy(update=fields)) is whole


def test_a_run_that_lost_scenarios_or_a_mode_is_not_whole() -> None:
    record = run(0, PASSED)
    none = record.counts.model_copy(update={"collected": 0, "reported": 0})
    lost = record.counts.model_copy(update={"reported": 0})
    assert not is_whole(record.model_copy(update={"counts": lost}))
    assert not is_whole(record.model_copy(update={"counts_by_mode": {Mode.LOCAL: record.counts, Mode.MULTIUSER: none}}))


def test_another_version_of_the_product_is_compared_with_too(tmp_path: Path, sample_ledger: Ledger) -> None:
    remember_run(tmp_path, run(0, FAILED, version="0.21.0"))
    remember_run(tmp_path, run(1, PASSED))
    found = since_last_version(tmp_path, run(2, PASSED), sample_ledger)
    assert isinstance(found, Changes)
    assert (
        found.sentence
        == "Since the run of 1 November 2026, 02:00 UTC (quilt-mcp 0.21.0): nothing newly failing, 1 fixed."
    )


def test_only_runs_on_the_same_target_are_compared(tmp_path: Path, sample_ledger: Ledger) -> None:
    remember_run(tmp_path, run(0, FAILED).model_copy(update={"target": "live"}))
    assert since_last_run(tmp_path, run(1, PASSED), sample_ledger) == FIRST_RUN


def test_a_part_is_compared_with_the_last_run_of_the_same_part(tmp_path: Path, sample_ledger: Ledger) -> None:
    smoke, folder = ("-m", "smoke"), ("features/packages",)
    remember_run(tmp_path, run(0, PASSED, chosen=smoke))
    remember_run(tmp_path, run(1, FAILED, chosen=folder))
    remember_run(tmp_path, run(2, PASSED, chosen=smoke).model_copy(update={"target": "live"}))

    found = since(tmp_path, run(3, FAILED, chosen=smoke), sample_ledger)

    assert found.sentence.startswith(
        "Since the run of 1 November 2026, 02:00 UTC, among the 1 check that both ran: 1 newly failing"
    )
    assert since_last_run(tmp_path, run(3, FAILED, chosen=("-k", "x")), sample_ledger) == FIRST_RUN
    assert since_last_run(tmp_path, run(3, FAILED), sample_ledger) == FIRST_RUN
    assert trend(tmp_path) == []


def test_a_part_is_compared_with_a_whole_run_that_came_later(tmp_path: Path, sample_ledger: Ledger) -> None:
    remember_run(tmp_path, run(0, PASSED, chosen=("-m", "smoke")))
    remember_run(tmp_path, run(1, FAILED))
    found = since(tmp_path, run(2, FAILED, chosen=("-m", "smoke")), sample_ledger)
    assert "2 November 2026, 02:00 UTC, among the 1 check that both ran: nothing newly failing" in found.sentence


@pytest.mark.parametrize("content", [b"", b"{", b"\x1f\x8b\x08\x00torn"])
def test_a_run_that_was_half_written_is_said(tmp_path: Path, sample_ledger: Ledger, content: bytes) -> None:
    remember_run(tmp_path, run(0, PASSED))
    [kept] = tmp_path.glob("run-*.json.gz")
    kept.write_bytes(content)
    said = since_last_run(tmp_path, run(1, PASSED), sample_ledger)
    assert isinstance(said, str) and said.startswith("Nothing is compared: ")
    assert kept.name in said and "delete the file" in said


def test_the_newest_runs_are_kept_and_a_report_that_is_built_again_adds_none(tmp_path: Path) -> None:
    for day in range(RUNS_KEPT + 2):
        remember_run(tmp_path, run(day, PASSED))
    remember_run(tmp_path, run(day, FAILED))
    kept = list(runs_before(tmp_path, START + timedelta(days=99)))
    assert len(kept) == len(trend(tmp_path)) == RUNS_KEPT
    assert kept[0].scenarios[0].status is Status.FAILED and kept[-1].started == START + timedelta(days=2)
    assert not trend(tmp_path)[-1].accepted


def test_fitness_is_a_line_for_each_severity_and_mode(tmp_path: Path) -> None:
    remember_run(tmp_path, run(0, PASSED, made_outcome("T", Mode.LOCAL, Status.PASSED)))
    remember_run(tmp_path, run(1, FAILED, made_outcome("T", Mode.LOCAL, Status.PASSED)))
    [[line]] = trend_lines(trend(tmp_path))
    assert (line.severity, line.mode, line.text) == (
        "normal",
        Mode.LOCAL,
        "0 of 2 in the first of 2 runs; now 1 of 2 fail",
    )
    assert line.points == "0.0,120.0 640.0,60.0"
    assert trend_lines([]) == []


def test_what_breaks_runs_back_and_forth_on_one_version_is_flaky(tmp_path: Path) -> None:
    steady = made_outcome("T", Mode.LOCAL, Status.FAILED)
    for day, one in enumerate((PASSED, FAILED, PASSED)):
        remember_run(tmp_path, run(day, one, steady))
    assert flaky_over_runs(trend(tmp_path)) == [PASSED.nodeid]
    assert flaky_over_runs(trend(tmp_path)[:2]) == flaky_over_runs([]) == []
    listed = altered(PASSED, status=Status.KNOWN, defects=("QO-001",))
    assert flaky_over_runs(trend(tmp_path), run(9, listed)) == []


def test_the_command_compares_with_a_day_or_a_version(tmp_path: Path) -> None:
    history = tmp_path / "history"
    for kept in (run(0, PASSED, version="0.21.0"), run(5, FAILED, version="0.21.1"), run(9, PASSED)):
        remember_run(history, kept)
    write_run(run(9, PASSED), tmp_path)

    def said(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(report, ["changes", "--build", str(tmp_path), *arguments], catch_exceptions=False)
        return done.exit_code, done.output

    assert said()[0] == 0 and "1 fixed" in said()[1]
    assert "nothing newly failing." in said("--since", "2026-11-03")[1]
    assert said("--from", "0.21.0", "--to", "0.21.1")[0] == 1
    assert "1 newly failing" in (tmp_path / "compare" / "index.html").read_text(encoding="utf-8")
    with pytest.raises(SuiteError, match=r"no whole run of 0\.20\.0"):
        said("--from", "0.20.0")
    with pytest.raises(SuiteError, match="no whole run from before 2026-10-01"):
        said("--since", "2026-10-01")


def test_a_defect_that_fails_in_another_way_is_not_closed(tmp_path: Path, sample_ledger: Ledger) -> None:
    remember_run(tmp_path, run(0, PASSED, known("Adding")))
    found = since(tmp_path, run(1, PASSED, known("Adding", Status.DIFFERENT)), sample_ledger)
    assert (found.counts["newly failing"], found.counts["closed defects"]) == (1, 0)
    assert [each.title for each in found.grouped["newly failing"]] == ["Adding"]


def test_what_newly_fails_by_a_known_defect_is_told_apart_from_what_nothing_explains(
    tmp_path: Path, sample_ledger: Ledger
) -> None:
    passing = known("Adding", Status.PASSED), known("Removing", Status.PASSED)
    remember_run(tmp_path, run(0, PASSED, *passing))

    by_known = since(tmp_path, run(1, PASSED, known("Adding"), known("Removing")), sample_ledger)
    both = since(tmp_path, run(1, FAILED, known("Adding"), passing[1]), sample_ledger)

    assert by_known.sentence.endswith(": 2 newly failing (all by known defects), nothing fixed, 1 new defect.")
    assert both.sentence.endswith(": 2 newly failing (1 by a known defect), nothing fixed, 1 new defect.")
    assert (by_known.breaking, both.breaking) == (0, 1)
    assert by_known.harm == both.harm == "1 wrong result"
    [cause] = by_known.grouped["newly failing"]
    assert cause.defect is not None and (cause.defect.id, cause.reach) == ("QO-001", "2 checks, local mode")
    assert [(each.defect is None, each.title) for each in both.grouped["newly failing"]] == [
        (True, "S"),
        (False, cause.defect.title),
    ]


def test_a_flaky_scenario_that_passes_is_not_fixed(tmp_path: Path, sample_ledger: Ledger) -> None:
    for day, one in enumerate((FAILED, PASSED, FAILED)):
        remember_run(tmp_path, run(day, one))
    last = run(3, PASSED)
    remember_run(tmp_path, last)
    found = since(tmp_path, last, sample_ledger)
    assert (found.counts["fixed"], found.counts["flaky but passing"]) == (0, 1)
    assert found.sentence.endswith(": nothing newly failing, 1 flaky but passing.")
    assert found.flaky == {PASSED.nodeid}
