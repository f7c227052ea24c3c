"""Known defects as a table and as issues, and when runs met them."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from made_runs import made_outcome
from typer.testing import CliRunner

from environment.gherkin.records import ScenarioStep
from environment.modes import Mode
from reports import defects_command
from reports.command_line import report
from reports.defect_export import reproduction, steps_to_reproduce, write_csv, write_github_issues
from reports.documents import InvalidDocumentError
from reports.fitness import Harm, by_harm
from reports.known_defects import Ledger
from reports.outcomes import RunRecord, Status, write_run
from reports.sightings import remember_sightings, seen_defects


@pytest.fixture
def harms(run_record: RunRecord, sample_ledger: Ledger) -> list[Harm]:
    return by_harm(run_record, sample_ledger)


def test_the_table_has_a_row_for_each_defect_the_most_harmful_first(
    tmp_path: Path, harms: list[Harm], run_record: RunRecord
) -> None:
    remember_sightings(tmp_path, run_record)
    path = write_csv(tmp_path / "defects.csv", harms, seen_defects(tmp_path))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [each.entry.id for each in harms]
    met = {row["id"]: row for row in rows if row["scenario runs"] != "0"}
    day = run_record.started.date()
    assert met["QO-001"]["first seen"] == met["QO-001"]["last seen"] == f"0.22.0 on {day}"
    assert met["QO-001"]["reproduce"].startswith("acceptance run --defect QO-001\npytest ")
    assert all(row["last seen"] == "" for row in rows if row["id"] not in met)


def test_an_issue_says_what_should_happen_what_happens_and_how_to_see_it(
    tmp_path: Path, harms: list[Harm], run_record: RunRecord
) -> None:
    written = write_github_issues(tmp_path, run_record, harms, {})
    unreported = [each for each in harms if each.entry.reported is None]
    assert [path.name for path in written] == [f"{each.entry.id}.md" for each in unreported]
    harm = next(each for each in unreported if each.met)
    _, head, body = (tmp_path / f"{harm.entry.id}.md").read_text(encoding="utf-8").split("---\n", 2)
    title, labels = (json.loads(line.partition(": ")[2]) for line in head.splitlines())
    assert title == harm.entry.title
    assert f"impact: {harm.entry.impact.value}" in labels and f"severity: {harm.severity}" in labels
    for words in (harm.entry.promised.text, harm.entry.observed, harm.entry.evidence, reproduction(harm), harm.why):
        assert words in body


def test_what_was_reported_becomes_no_issue_again(tmp_path: Path, harms: list[Harm], run_record: RunRecord) -> None:
    reported = harms[0].entry.model_copy(update={"reported": "https://github.com/quiltdata/quilt-mcp-server/issues/1"})
    written = write_github_issues(tmp_path, run_record, [replace(harms[0], entry=reported), harms[1]], {})
    assert [path.stem for path in written] == [harms[1].entry.id]


def test_the_steps_mark_what_does_not_hold(harms: list[Harm]) -> None:
    outcome = next(each for harm in harms for each in harm.met if each.sentences)
    failing = [step.full_text for step, ended in outcome.judged if ended.status is Status.KNOWN]
    marked = [line for line in steps_to_reproduce(outcome).splitlines() if line.endswith("# does not hold")]
    assert [line.partition("   #")[0].strip() for line in marked] == failing != []


def test_sightings_keep_the_first_and_the_last_whatever_the_order_of_runs(
    tmp_path: Path, run_record: RunRecord
) -> None:
    for days, version in ((0, "0.22.0"), (5, "0.23.0"), (-5, "0.21.0"), (1, "0.22.1")):
        started = run_record.started + timedelta(days=days)
        remember_sightings(tmp_path, run_record.model_copy(update={"started": started, "product_version": version}))
    day: date = run_record.started.date()
    seen = seen_defects(tmp_path)["QO-001"]
    assert str(seen.first) == f"0.21.0 on {day - timedelta(days=5)}"
    assert str(seen.last) == f"0.23.0 on {day + timedelta(days=5)}"
    remember_sightings(tmp_path, run_record.model_copy(update={"scenarios": ()}))
    assert seen_defects(tmp_path)["QO-001"] == seen


def test_a_history_that_is_none_of_ours_is_said(tmp_path: Path) -> None:
    (tmp_path / "defects-seen.json").write_text('{"QO-001": {"first": 1}}')
    with pytest.raises(InvalidDocumentError, match="delete the file"):
        seen_defects(tmp_path)


def test_the_command_writes_files(
    tmp_path: Path, run_record: RunRecord, sample_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(defects_command, "load_ledger", lambda: sample_ledger)
    write_run(run_record, tmp_path)
    for kind in ("csv", "github-issues"):
        done = CliRunner().invoke(report, ["defects", "--as", kind, "--build", str(tmp_path)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
    assert (tmp_path / "defects" / "known-defects.csv").is_file()
    assert (tmp_path / "defects" / "QO-001.md").is_file()


def test_what_reproduces_a_defect_has_the_tables_and_texts_of_its_sentences() -> None:
    given = ScenarioStep(
        type="given",
        keyword="Given",
        text="these files:",
        written="these files:",
        line=3,
        table=(("file", "content"), ("a.csv", "12 rows")),
    )
    when = ScenarioStep(type="when", keyword="When", text="Dana asks:", written="", line=6, doc_string="SELECT 1")
    outcome = made_outcome("Asking", Mode.LOCAL, Status.KNOWN, steps=(given, when))
    assert steps_to_reproduce(outcome).splitlines() == [
        "Scenario: Asking",
        "  Given these files:",
        "    | file  | content |",
        "    | a.csv | 12 rows |",
        "  When Dana asks:",
        '    """',
        "    SELECT 1",
        '    """',
    ]
