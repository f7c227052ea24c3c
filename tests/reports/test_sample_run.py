"""What a run with known defects, failures, skips and broken set-ups comes to, in pytest and in Allure's results."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from sample_runs import SampleRun, run_sample

from reports.outcomes import Outcome


@pytest.mark.parametrize(
    ("item", "outcome", "defect"),
    [
        ("Find a package by name[local]", Outcome.PASSED, None),
        ("Capitals make no difference[local]", Outcome.KNOWN, "QO-001"),
        ("Capitals make no difference[multiuser]", Outcome.KNOWN, "QO-001"),
        ("Refuse a malformed name[multiuser-two slashes]", Outcome.KNOWN, "QO-002"),
        ("Refuse a malformed name[local-two slashes]", Outcome.FAILED, None),
        ("Refuse a malformed name[multiuser-no slash]", Outcome.PASSED, None),
        ("The details are complete[local]", Outcome.GONE, "QO-003"),
        ("The details are complete[multiuser]", Outcome.PASSED, None),
        ("Wildcards work[multiuser]", Outcome.DIFFERENT, "QO-004"),
        ("Wildcards work[local]", Outcome.FAILED, None),
        ("Ada comes on board[local]", Outcome.KNOWN, "QO-005"),
        ("Lee follows[local]", Outcome.BROKEN, None),
        ("Dana shares[local]", Outcome.SKIPPED, None),
        ("Nothing is left[multiuser]", Outcome.BROKEN, None),
    ],
)
def test_ledger_decides_how_a_scenario_counts(
    sample_run: SampleRun, item: str, outcome: Outcome, defect: str | None
) -> None:
    found = sample_run.outcome(item)
    assert (found.outcome, found.defect) == (outcome, defect)


def test_pytest_says_the_same(sample_run: SampleRun) -> None:
    assert sample_run.exit_code == 1
    assert "6 failed, 6 passed, 2 skipped, 4 xfailed, 3 errors" in sample_run.printed
    assert "QO-003 no longer occurs: take it off the ledger" in sample_run.printed
    assert "QO-004 fails differently than the ledger says" in sample_run.printed
    assert "The ledger says: Refusal matching 'no match for the star' in the scenario" in sample_run.printed
    assert "caused by Refusal: wildcards are taken literally" in sample_run.printed
    assert "Not accepted: 9 of 20 scenario runs failed." in sample_run.printed


def test_junit_has_every_scenario_and_the_reason_of_a_known_defect(sample_run: SampleRun) -> None:
    suite = ElementTree.parse(sample_run.build / "junit.xml").getroot()[0]
    [known] = [case for case in suite if case.get("name") == "Capitals make no difference[local]"]
    assert [each.get("message") for each in known.iter("skipped")] == ["QO-001: Search cares for capitals"]


def test_summary_has_the_agreed_shape(sample_run: SampleRun) -> None:
    summary = json.loads((sample_run.build / "summary.json").read_bytes())
    counts = {"parsed", "collected", "reported", "passed", "known_defects", "failed", "skipped"}
    assert list(summary) == ["scenarios", "by_mode", "seconds", "product", "target", "seed"]
    assert set(summary["scenarios"]) == counts
    assert {mode: set(numbers) for mode, numbers in summary["by_mode"].items()} == {
        "local": counts,
        "multiuser": counts,
    }
    assert set(summary["seconds"]) == {"total", "suite_overhead", "stack_start"}
    assert summary["product"] == {"name": "quilt-mcp", "version": "0.22.0"}
    assert summary["scenarios"] == {
        "parsed": 20,
        "collected": 20,
        "reported": 20,
        "passed": 5,
        "known_defects": 4,
        "failed": 9,
        "skipped": 2,
    }
    both = {name: sum(numbers[name] for numbers in summary["by_mode"].values()) for name in counts}
    assert both == summary["scenarios"]


def test_workers_report_the_same(sample_run: SampleRun, tmp_path: Path) -> None:
    run = run_sample(tmp_path, "-n", "2")
    assert run.exit_code == 1, run.printed
    assert {each.nodeid: each.outcome for each in run.record.scenarios} == {
        each.nodeid: each.outcome for each in sample_run.record.scenarios
    }
    assert run.record.workers == 2
    names = ("name", "status", "historyId", "links", "parameters")
    assert sorted(json.dumps([each.get(name) for name in names]) for each in run.results()) == sorted(
        json.dumps([each.get(name) for name in names]) for each in sample_run.results()
    )


def test_only_known_defects_are_no_failure(tmp_path: Path) -> None:
    run = run_sample(tmp_path, "-k", "Capitals or Ada or nested")
    assert run.exit_code == 0, run.printed
    assert "Accepted: nothing failed but 3 known to fail." in run.printed


def test_ledger_that_names_no_scenario_stops_the_run(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.yaml"
    text = (Path(__file__).parent / "sample" / "known_defects.yaml").read_text()
    ledger.write_text(text.replace("- Capitals make no difference", "- Capitals make no diference"))
    run = run_sample(tmp_path, ledger=ledger)
    assert run.exit_code == 4
    [line] = [line for line in run.printed.splitlines() if "QO-001" in line]
    assert line.endswith(
        "QO-001: scenarios: there is no scenario 'Capitals make no diference';"
        " the nearest is 'Capitals make no difference'"
    )
    assert not (run.build / "summary.json").exists()
