"""`--defect` runs what an entry of the ledger claims, and the summary says what was chosen, in which order."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sample_runs import run_sample


@pytest.mark.slow
def test_only_what_an_entry_claims_runs(tmp_path: Path) -> None:
    run = run_sample(tmp_path, "--defect", "QO-002", "--defect", "qo-005", "-k", "not nothing")

    assert {each.scenario.title for each in run.record.scenarios} == {
        "Refuse a malformed name (two slashes)",
        "Ada comes on board",
    }
    [counted] = [line for line in run.printed.splitlines() if line.startswith("scenarios: ")]
    assert set(counted.partition(" deselected by ")[2].split(" and ")) == {"-k", "--defect"}
    summary = json.loads((run.build / "summary.json").read_bytes())
    assert sorted(summary["chosen"]) == ["--defect QO-002", "--defect qo-005", "-k 'not nothing'"]


@pytest.mark.slow
def test_an_entry_that_the_ledger_does_not_have(tmp_path: Path) -> None:
    run = run_sample(tmp_path, "--defect", "QO-020")

    assert run.exit_code == 4
    assert 'ERROR: --defect: unknown entry of the ledger "QO-020"; did you mean "QO-001"? known: QO-001' in run.printed
