"""The trace: which requirement is proven by which scenarios, in which mode, with which result."""

from __future__ import annotations

from pathlib import Path

from made_runs import altered
from rich.console import Console

from environment.gherkin.records import ScenarioRecord
from environment.modes import Mode
from reports.features import wished_scenarios
from reports.methods import coverage, coverage_table
from reports.outcomes import RunRecord, Status
from reports.requirements import Requirement
from reports.trace import totals, trace, trace_table


def requirement(identifier: str, *modes: Mode) -> Requirement:
    return Requirement(
        id=identifier, title="It holds", modes=modes or tuple(Mode), admin=False, acceptance="It does.", area="All"
    )


def scenario(name: str, mode: str, *ids: str) -> ScenarioRecord:
    return ScenarioRecord(
        feature_path="features/a/b.feature", feature="B", name=name, line=7, mode=Mode(mode), requirements=ids
    )


def test_what_ran_in_part_is_not_called_passed(run_record: RunRecord) -> None:
    one = altered(run_record.scenarios[0], requirements=("DISC-1",), mode=Mode.LOCAL, status=Status.PASSED)
    scenarios = [one.scenario, scenario("Another", "local", "DISC-1"), scenario("One", "multiuser", "DISC-1")]
    found = trace([requirement("DISC-1")], scenarios, run_record.model_copy(update={"scenarios": (one,)}))
    [row] = found.requirements
    assert row.results == {Mode.LOCAL: "passed as far as run", Mode.MULTIUSER: "not run"}
    assert (row.holds, row.fails) == (False, False)
    assert totals(found)["passed as far as run"] == {Mode.LOCAL: 1, Mode.MULTIUSER: 0}


def test_result_is_the_worst_of_the_scenarios(run_record: RunRecord) -> None:
    outcomes = [
        altered(run_record.scenarios[0], requirements=("DISC-1",), mode=Mode.LOCAL, status=outcome)
        for outcome in (Status.PASSED, Status.KNOWN, Status.FAILED)
    ]
    scenarios = [scenario("One", mode, "DISC-1") for mode in ("local", "multiuser")]
    outcomes = [each.model_copy(update={"scenario": scenarios[0]}) for each in outcomes]
    for number, worst in ((1, "passed"), (2, "known defect"), (3, "failed")):
        run = run_record.model_copy(update={"scenarios": tuple(outcomes[:number])})
        found = trace([requirement("DISC-1")], scenarios, run)
        assert found.problems == ()
        assert found.requirements[0].results == {Mode.LOCAL: worst, Mode.MULTIUSER: "not run"}
        assert found.requirements[0].scenarios == ("features/a/b.feature::One",)


def test_requirement_without_scenario_and_scenario_without_requirement_are_problems() -> None:
    rows = [requirement("DISC-1"), requirement("DISC-2"), requirement("DISC-3", Mode.LOCAL)]
    scenarios = [
        scenario("One", "local", "DISC-1"),
        scenario("Three", "local", "DISC-3"),
        scenario("Lonely", "local"),
        scenario("Lonely", "multiuser"),
    ]
    assert trace(rows, scenarios, None).problems == (
        "DISC-1: no scenario in multiuser mode (It holds)",
        "DISC-2: no scenario in local and multiuser mode (It holds)",
        "features/a/b.feature:7: 'Lonely' proves no requirement",
    )


def test_narrow_table_cuts_nothing_off(run_record: RunRecord) -> None:
    method = "QuiltOps.create_package_revision"
    outcome = altered(run_record.scenarios[0], requirements=("DISC-1",), methods=(method,))
    run = run_record.model_copy(update={"scenarios": (outcome,)})
    found = trace([requirement("DISC-1")], [scenario("One", "local", "DISC-1")], run)
    for table, width in ((trace_table(found), 80), (coverage_table(coverage([method], [outcome])), 40)):
        console = Console(width=width, record=True)
        console.print(table)
        rows = [line.split("│") for line in console.export_text().splitlines() if line.startswith("│")]
        assert method in {"".join(cell.strip() for cell in column) for column in zip(*rows, strict=True)}


def test_table_shows_every_row() -> None:
    console = Console(width=160, record=True)
    console.print(trace_table(trace([requirement("DISC-1", Mode.LOCAL)], [scenario("One", "local", "DISC-1")], None)))
    text = console.export_text()
    assert [word in text for word in ("DISC-1", "It holds", "One", "not run")] == [True] * 4


def test_wishes_are_listed_and_prove_nothing(tmp_path: Path) -> None:
    (tmp_path / "freezing.feature").write_text(
        "@DISC-1\nFeature: Freezing\n  @wish @proposes:packages-can-be-frozen\n  Scenario: A frozen package stays\n"
        "    Given Dana has frozen a package\n\n  Scenario: Another\n    Given a package\n",
        encoding="utf-8",
    )
    [wish] = wished_scenarios([tmp_path], tmp_path)
    assert (wish.place, wish.name) == ("freezing.feature:4", "A frozen package stays")
    assert (wish.requirements, wish.proposed) == (("DISC-1",), "packages can be frozen")
    found = trace([requirement("DISC-1")], (), None, wishes=[wish])
    assert found.wishes == (wish,) and "DISC-1: no scenario" in found.problems[0]
