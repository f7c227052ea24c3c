"""The parity file: what a live run writes, what it leaves, and what people are told of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from environment.gherkin.records import ScenarioRecord
from environment.modes import Mode
from environment.product.run_facts import RunFacts
from reports.documents import InvalidDocumentError
from reports.outcomes import ScenarioOutcome, Status
from reports.parity import NEVER, PARITY_FILE, LiveResult, Parity, key_of, load_parity, write_parity

FACTS = RunFacts("live", 1, 0.0, "quilt-mcp", "0.22.0", datetime(2026, 3, 9, tzinfo=UTC), "1.70.0", rehearsal=False)
FIND = "features/a/b.feature::Find packages by name[local]"


def outcome(result: Status, message: str = "", mode: Mode = Mode.LOCAL) -> ScenarioOutcome:
    scenario = ScenarioRecord(
        feature_path="features/a/b.feature",
        feature="B",
        name="Find packages by <what>",
        line=7,
        mode=mode,
        example={"what": "name"},
    )
    return ScenarioOutcome(nodeid=f"{scenario.place}[{mode}]", scenario=scenario, status=result, message=message)


def test_a_scenario_is_named_by_its_row_and_mode() -> None:
    assert key_of(outcome(Status.PASSED).scenario) == FIND


def test_what_held_is_written_with_date_and_versions(tmp_path: Path) -> None:
    path = tmp_path / "parity.yaml"
    write_parity(Parity().with_run(FACTS, [outcome(Status.PASSED)]), path)

    result = load_parity(path).validated[FIND]
    assert result == LiveResult(
        on=date(2026, 3, 9), result=Status.PASSED, product="quilt-mcp 0.22.0", platform="1.70.0"
    )


def test_a_known_defect_that_fails_alike_is_parity() -> None:
    assert Parity().with_run(FACTS, [outcome(Status.KNOWN)]).validated[FIND].result is Status.KNOWN


def test_a_contradiction_is_kept_until_a_live_run_agrees() -> None:
    agreed = Parity().with_run(FACTS, [outcome(Status.PASSED)])
    contradicted = agreed.with_run(FACTS, [outcome(Status.FAILED, "expected 3\nmore")])
    unchanged = contradicted.with_run(FACTS, [outcome(Status.SKIPPED)])
    mended = unchanged.with_run(FACTS, [outcome(Status.PASSED)])

    assert unchanged.contradicted[FIND].message == "expected 3"
    assert unchanged.validated == agreed.validated
    assert mended.contradicted == {}


def test_a_rehearsal_validates_and_contradicts_nothing(tmp_path: Path) -> None:
    agreed = Parity().with_run(FACTS, [outcome(Status.PASSED)])
    rehearsal = replace(FACTS, rehearsal=True)
    after = agreed.with_run(rehearsal, [outcome(Status.FAILED, "no"), outcome(Status.PASSED, mode=Mode.MULTIUSER)])
    write_parity(after, tmp_path / "parity.yaml")

    read = load_parity(tmp_path / "parity.yaml")
    assert (read.validated, read.contradicted) == (agreed.validated, {})
    assert len(read.rehearsed) == 2
    assert read.summary([outcome(Status.PASSED, mode=Mode.MULTIUSER).scenario]) == NEVER


def test_it_is_told_in_words() -> None:
    scenarios = [outcome(Status.PASSED), outcome(Status.PASSED, mode=Mode.MULTIUSER)]
    records = [each.scenario for each in scenarios]
    assert Parity().summary(records) == NEVER == "never validated live"

    parity = Parity().with_run(FACTS, scenarios[:1])
    assert parity.summary(records) == "1 of 2 validated live, last on 2026-03-09"
    assert (
        parity.with_run(FACTS, [outcome(Status.BROKEN, mode=Mode.MULTIUSER)])
        .summary(records)
        .endswith("; 1 contradicted live")
    )


@pytest.mark.parametrize("text", ["validated: [1]", "unknown: {}", "{"])
def test_a_file_that_nobody_wrote_so_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "parity.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(InvalidDocumentError, match=r"parity\.yaml"):
        load_parity(path)


def test_the_file_of_the_project_can_be_read() -> None:
    assert PARITY_FILE.is_file()
    load_parity()
