"""Performance over time: ratios, baseline, alert, chart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from made_runs import altered
from sample_runs import SampleRun, run_sample
from typer.testing import CliRunner

from reports.command_line import report
from reports.documents import InvalidDocumentError
from reports.json_lines import RUNS_KEPT
from reports.merging import merge_runs, read_parts
from reports.outcomes import RunRecord, Status
from reports.performance import (
    FEWEST_RUNS,
    HISTORY_NAME,
    TimedRun,
    read_history,
    reference_seconds,
    remember,
    series,
    slowdowns,
    timed_run,
)

TIMED = """\
Feature: Speed of {name}
  It is timed.

  @PERF-1 @local_mode
  Scenario: Do {name} quickly
    Then it takes three seconds
"""
STEPS = """\
from pytest_bdd import then
from environment.evidence.timings import TIMINGS, Timings

@then("it takes three seconds")
def three_seconds(request):
    request.node.stash[TIMINGS] = Timings(4.0, 3.0, 0.0, 1.0, 0.0, 0)
"""
NAME = "features/a.feature::Quick[local]"


def run(number: int, ratio: float) -> TimedRun:
    return TimedRun(
        started=f"2026-11-29T00:00:{number:02}+00:00",
        product_version="0.22.0",
        reference_seconds=(0.1,),
        ratios={NAME: ratio},
    )


def test_the_reference_takes_a_while_but_not_long() -> None:
    assert 0.001 < reference_seconds() < 20


def test_only_timed_scenarios_that_passed_have_figures(run_record: RunRecord) -> None:
    passed = next(each for each in run_record.scenarios if each.status is Status.PASSED)
    timed = altered(passed, requirements=("PERF-1",), product_seconds=3.0, reference_seconds=0.5)
    failed = timed.model_copy(update={"status": Status.FAILED, "nodeid": "other"})
    record = run_record.model_copy(update={"scenarios": (timed, failed, passed)})
    assert timed_run(record).ratios == {timed.nodeid: 6.0}


def timed_part(folder: Path, name: str) -> SampleRun:
    """A run of one timed scenario, as a shard of its own would leave it."""
    project = folder / "project"
    (project / "features" / "packages").mkdir(parents=True)
    (project / "features" / "packages" / f"{name}.feature").write_text(TIMED.format(name=name), encoding="utf-8")
    (project / "conftest.py").write_text(STEPS, encoding="utf-8")
    return run_sample(folder, f"features/packages/{name}.feature")


@pytest.mark.slow
def test_each_part_of_a_merged_run_keeps_the_reference_of_the_machine_that_ran_it(tmp_path: Path) -> None:
    parts = [timed_part(tmp_path / name, name) for name in ("one", "two")]
    references = []
    for part in parts:
        [scenario] = part.record.scenarios
        assert scenario.reference_seconds is not None, part.printed
        assert scenario.product_seconds == 3.0
        references.append(scenario.reference_seconds)
    whole = merge_runs(read_parts([part.build for part in parts]), tmp_path / "merged")
    assert whole is not None
    found = timed_run(whole)
    assert sorted(found.ratios.values()) == sorted(3.0 / each for each in references)
    assert set(found.reference_seconds) == set(references)


def test_a_run_without_timed_scenarios_does_not_pay_for_the_reference(run_record: RunRecord) -> None:
    assert {each.reference_seconds for each in run_record.scenarios} == {None}


@pytest.mark.parametrize(("last", "slower"), [(10.9, False), (11.1, True), (9.0, False)])
def test_more_than_ten_percent_over_the_median_is_told(last: float, slower: bool) -> None:
    runs = [run(1, 10.0), run(2, 10.0), run(3, 90.0), run(4, 10.0), run(5, last)]
    found = slowdowns(runs)
    assert bool(found) is slower
    if slower:
        assert found[0].text == f"{NAME} took 11 % longer than the median of the runs before"


def test_too_few_runs_are_no_baseline() -> None:
    assert slowdowns([run(1, 10.0), run(2, 10.0), run(3, 99.0)]) == []
    assert slowdowns([]) == []


def test_the_history_is_bounded_and_a_run_is_in_it_once(tmp_path: Path) -> None:
    for number in range(RUNS_KEPT + 5):
        remember(tmp_path / "p.jsonl", run(number, 1.0))
    runs = remember(tmp_path / "p.jsonl", run(RUNS_KEPT + 4, 2.0))
    assert len(runs) == RUNS_KEPT
    assert (runs[-1].ratios[NAME], runs[-2].ratios[NAME]) == (2.0, 1.0)


def test_a_line_of_the_history_that_is_none_of_ours_is_named(tmp_path: Path) -> None:
    path = tmp_path / "performance.jsonl"
    path.write_text(f'{run(1, 1.0).model_dump_json()}\n{{"started": 3}}\n<<<<<<< ours\n', encoding="utf-8")
    with pytest.raises(InvalidDocumentError) as caught:
        read_history(path)
    problems = str(caught.value).splitlines()
    assert problems[0] == f"{path}:2: started: Input should be a valid string; delete the line"
    assert problems[-1].startswith(f"{path}:3: Invalid JSON")


def test_the_chart_shows_the_series_and_names_what_got_slower(tmp_path: Path) -> None:
    for number, ratio in enumerate((10.0, 10.0, 10.0, 20.0)):
        remember(tmp_path / HISTORY_NAME, run(number, ratio))
    result = CliRunner().invoke(report, ["perf", "--build", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "took 100 % longer" in result.output
    page = (tmp_path / "report" / "performance.html").read_text(encoding="utf-8")
    assert "<polyline" in page
    assert re.findall(r'<td class="number">([\d.]+)', page) == ["10.00", "10.00", "10.00", "20.00"]
    assert re.search(r"▅▅▅█ +20\.00", result.output)


def test_the_ratio_above_which_a_run_is_slower_is_drawn_once_enough_ran_before() -> None:
    [few] = series([run(each, 1.0) for each in range(FEWEST_RUNS)])
    assert (few.alert, few.alert_points) == (None, "")
    [enough] = series([run(each, 1.0) for each in range(FEWEST_RUNS + 1)])
    assert enough.alert == 1.1
    heights = {float(point.split(",")[1]) for point in enough.alert_points.split()}
    assert len(heights) == 1 and 0 < heights.pop() < float(enough.points.split(",")[-1])
