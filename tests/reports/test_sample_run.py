"""What a run with known defects, failures, skips and broken set-ups comes to, in pytest and in Allure's results."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from sample_runs import HEADLINE, SampleRun, run_sample

from reports.outcomes import Status


@pytest.mark.parametrize(
    ("item", "status", "defect"),
    [
        ("Find a package by name[local]", Status.PASSED, None),
        ("Capitals make no difference[local]", Status.KNOWN, "QO-001"),
        ("Capitals make no difference[multiuser]", Status.KNOWN, "QO-001"),
        ("Refuse a malformed name[multiuser-two slashes]", Status.KNOWN, "QO-002"),
        ("Refuse a malformed name[local-two slashes]", Status.FAILED, None),
        ("Refuse a malformed name[multiuser-no slash]", Status.PASSED, None),
        ("The details are complete[local]", Status.GONE, "QO-003"),
        ("The details are complete[multiuser]", Status.PASSED, None),
        ("Wildcards work[multiuser]", Status.DIFFERENT, "QO-004"),
        ("Wildcards work[local]", Status.FAILED, None),
        ("Ada comes on board[local]", Status.KNOWN, "QO-005"),
        ("Lee follows[local]", Status.BROKEN, None),
        ("Dana shares[local]", Status.SKIPPED, None),
        ("Nothing is left[multiuser]", Status.BROKEN, None),
        ("Two promises are broken[multiuser]", Status.FAILED, "QO-007"),
    ],
)
def test_ledger_decides_how_a_scenario_counts(
    sample_run: SampleRun, item: str, status: Status, defect: str | None
) -> None:
    found = sample_run.outcome(item)
    assert found.status is status
    assert found.defects == (() if defect is None else (defect,))


def test_each_sentence_is_judged_by_itself(sample_run: SampleRun) -> None:
    found = sample_run.outcome("Two promises are broken[local]")
    assert (found.status, found.defects) == (Status.KNOWN, ("QO-006", "QO-007"))
    assert [(step.full_text, each.status, each.defect) for step, each in found.judged] == [
        ("Given Dana is signed in", Status.PASSED, None),
        ('When she searches for "n"', Status.PASSED, None),
        ('Then the search fails saying "in no order"', Status.KNOWN, "QO-006"),
        ("And all is well", Status.PASSED, None),
        ('And the search fails saying "a page is missing"', Status.KNOWN, "QO-007"),
    ]
    found = sample_run.outcome("Two promises are broken[multiuser]")
    assert [each.status for each in found.sentences[2:]] == [Status.FAILED, Status.PASSED, Status.KNOWN]


def test_an_unclaimed_failure_says_which_entry_it_looks_like(sample_run: SampleRun) -> None:
    found = sample_run.outcome("Two promises are broken[multiuser]")
    assert "This looks like QO-006: The order of what is found is arbitrary" in found.sentences[2].message


def test_allure_shows_each_sentence_that_does_not_hold(sample_run: SampleRun) -> None:
    steps = sample_run.result("Two promises are broken [local]")["steps"]
    assert [each["status"] for each in steps] == ["passed", "passed", "failed", "passed", "failed"]
    assert steps[2]["statusDetails"]["message"].endswith("caused by Refusal: in no order")
    assert steps[4]["statusDetails"]["message"].endswith("caused by Refusal: a page is missing")


def test_pytest_says_the_same(sample_run: SampleRun) -> None:
    assert sample_run.exit_code == 1
    assert "7 failed, 6 passed, 2 skipped, 5 xfailed, 3 errors" in sample_run.printed
    assert "QO-003 no longer occurs here" in sample_run.printed
    assert "QO-004 fails differently than the ledger says" in sample_run.printed
    assert "The ledger says: Refusal matching 'no match for the star' in the scenario" in sample_run.printed
    assert "caused by Refusal: wildcards are taken literally" in sample_run.printed
    assert HEADLINE in sample_run.printed


def test_junit_has_every_scenario_and_the_reason_of_a_known_defect(sample_run: SampleRun) -> None:
    suite = ElementTree.parse(sample_run.build / "junit.xml").getroot()[0]
    [known] = [case for case in suite if case.get("name") == "Capitals make no difference[local]"]
    assert [each.get("message") for each in known.iter("skipped")] == ["QO-001: Search cares for capitals"]


def test_summary_has_the_agreed_shape(sample_run: SampleRun) -> None:
    summary = json.loads((sample_run.build / "summary.json").read_bytes())
    counts = {"parsed", "collected", "reported", "passed", "known_defects", "failed", "broken", "skipped"}
    assert list(summary) == [
        "scenarios",
        "by_mode",
        "seconds",
        "product",
        "methods_without_passing_scenario",
        "target",
        "seed",
        "order",
        "gate",
        "accepted",
        "chosen",
    ]
    assert (summary["order"], summary["chosen"]) == ("as written", [])
    assert set(summary["scenarios"]) == counts
    assert {mode: set(numbers) for mode, numbers in summary["by_mode"].items()} == {
        "local": counts,
        "multiuser": counts,
    }
    assert set(summary["seconds"]) == {"total", "suite_overhead", "stack_start"}
    assert summary["product"] == {"name": "quilt-mcp", "version": "0.22.0"}
    assert summary["scenarios"] == {
        "parsed": 22,
        "collected": 22,
        "reported": 22,
        "passed": 5,
        "known_defects": 5,
        "failed": 7,
        "broken": 3,
        "skipped": 2,
    }
    both = {name: sum(numbers[name] for numbers in summary["by_mode"].values()) for name in counts}
    assert both == summary["scenarios"]


@pytest.mark.slow
def test_workers_report_the_same(sample_run: SampleRun, tmp_path: Path) -> None:
    run = run_sample(tmp_path, "-n", "2")
    assert run.exit_code == 1, run.printed
    assert {each.nodeid: each.status for each in run.record.scenarios} == {
        each.nodeid: each.status for each in sample_run.record.scenarios
    }
    assert run.record.workers == 2
    names = ("name", "status", "historyId", "links", "parameters")
    assert sorted(json.dumps([each.get(name) for name in names]) for each in run.results()) == sorted(
        json.dumps([each.get(name) for name in names]) for each in sample_run.results()
    )


def test_only_known_defects_are_no_failure(tmp_path: Path) -> None:
    run = run_sample(tmp_path, "-k", "Capitals or Ada or nested")
    assert run.exit_code == 0, run.printed
    assert "Accepted, as far as it ran: nothing fails except 2 known defects." in run.printed


def test_a_gate_that_lets_no_known_defect_pass_ends_the_run_with_a_failure(tmp_path: Path) -> None:
    run = run_sample(tmp_path, "-k", "Capitals or Ada or nested", "--gate", "everything")
    assert run.exit_code == 1, run.printed
    assert "checks fail because of known defects." in run.printed
    assert run.record.gate == "everything"


def test_ledger_that_names_no_scenario_stops_the_run(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.yaml"
    text = (Path(__file__).parent / "sample" / "known_defects.yaml").read_text()
    ledger.write_text(text.replace("scenario: Capitals make no difference", "scenario: Capitals make no diference"))
    run = run_sample(tmp_path, ledger=ledger)
    assert run.exit_code == 4
    [line] = [line for line in run.printed.splitlines() if "QO-001" in line]
    assert line.endswith(
        "QO-001: claims: there is no scenario 'Capitals make no diference';"
        " the nearest is 'Capitals make no difference'"
    )
    assert not (run.build / "summary.json").exists()


def test_without_results_pytest_says_the_closing_words_itself(tmp_path: Path) -> None:
    """Whoever writes scenarios runs `pytest FILE`, and reads the same as after `acceptance run`."""
    printed = run_sample(tmp_path, "-k", "Capitals or malformed", results=False).printed
    assert "known defect QO-001 (1 x local, 1 x multiuser): Search cares for capitals" in printed
    assert "not claimed by the ledger for this scenario: Refuse a malformed name" in printed
