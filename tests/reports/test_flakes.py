"""Scenarios that are run several times, for real: those that do not end alike are named."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from sample_runs import SampleRun, run_sample

from reports import after_run as following
from reports.flakes import flake_table, flaky, repeated
from reports.known_defects import Ledger
from reports.outcomes import RunRecord, Status
from reports.pages import Background, write_pages
from reports.trace import trace

FEATURE = """\
Feature: Waiting
  A scenario that fails each second time.

  @DISC-1 @local_mode
  Scenario: It holds now and then
    Given Dana is signed in
    Then it holds each second time

  @DISC-1 @local_mode
  Scenario: It holds always
    Given Dana is signed in
    Then all is well
"""
STEPS = """\
from pathlib import Path
from pytest_bdd import then

COUNT = Path(__file__).with_name("count")

@then("it holds each second time")
def each_second_time():
    with COUNT.open("a") as file:
        file.write("x")
    assert COUNT.stat().st_size % 2 == 0, "not this time"
"""


@pytest.fixture(scope="module")
def thrice(tmp_path_factory: pytest.TempPathFactory) -> SampleRun:
    folder = tmp_path_factory.mktemp("thrice")
    project = folder / "project"
    (project / "features" / "packages").mkdir(parents=True)
    (project / "features" / "packages" / "waiting.feature").write_text(FEATURE, encoding="utf-8")
    (project / "conftest.py").write_text(STEPS, encoding="utf-8")
    again = ("-p", "pytest_repeat", "--count", "3", "-p", "random_order.plugin", "--random-order")
    return run_sample(folder, "features/packages/waiting.feature", *again)


@pytest.mark.slow
def test_a_scenario_that_does_not_end_alike_is_named(thrice: SampleRun) -> None:
    assert len(repeated(thrice.record)) == 2, thrice.printed
    [found] = flaky(thrice.record)
    assert found.nodeid.endswith("::It holds now and then[local]")
    assert found.outcomes == {Status.FAILED: 2, Status.PASSED: 1}


def test_no_repetition_makes_a_red_run_green(thrice: SampleRun) -> None:
    assert thrice.exit_code == 1
    assert not thrice.record.accepted
    assert len(thrice.record.scenarios) == 6
    assert thrice.record.counts.reported == thrice.record.counts.collected == 2


def test_the_table_says_how_each_ended(thrice: SampleRun) -> None:
    table = flake_table(thrice.record)
    assert table is not None
    console = Console(file=StringIO(), width=200)
    console.print(table)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "Flaky: 1 of 2 scenarios (50.0 %)" in text
    assert "2 x failed, 1 x passed" in text


def test_a_steady_run_is_told_in_a_line(thrice: SampleRun) -> None:
    steady = thrice.record.model_copy(
        update={"scenarios": [each for each in thrice.record.scenarios if "now and then" not in each.nodeid]}
    )
    assert flake_table(steady) == "Flaky: 0 of 1 scenarios (0.0 %)"


def test_a_run_without_repetitions_has_no_table(run_record: RunRecord) -> None:
    assert flake_table(run_record) is None


def test_what_follows_a_flaky_run_ends_with_a_code_of_its_own(
    thrice: SampleRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(following, "build_report", lambda places: tmp_path / "index.html")
    assert following.after_run(thrice.build) == following.FLAKY
    assert "It holds now and then" in capsys.readouterr().out


def test_the_summary_names_what_is_flaky(thrice: SampleRun, sample_ledger: Ledger, tmp_path: Path) -> None:
    write_pages(tmp_path, thrice.record, sample_ledger, Background(trace((), (), thrice.record), {}))
    for name in ("summary.html", "summary.md"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "1 of 2 checks that ran several times did not end the same way each time" in text
        assert re.search(r"It holds now and then \\?\[local\\?\]”: 2 x failed, 1 x passed in 3 runs", text)
