"""In a run of all features each worker has a deployment of its own, where a scenario need not be alone."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from acceptance_process import ROOT, Workshop

FEATURE = """
Feature: Two workers
  Whoever runs everything does not want one to wait for the other.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: What it holds

    @CREA-1 @exclusive @severity:normal @multiuser_mode
    Scenario Outline: Publish <number>
      When she publishes a package from the "simple-csv" dataset
      Then the package holds exactly the "simple-csv" dataset, byte for byte

      Examples:
        | number |
        | first  |
        | second |
        | third  |
        | fourth |
"""


@pytest.mark.slow
@pytest.mark.parametrize(("chosen", "deployments"), [((), 2), (("-m", "CREA-1"), 1)])
def test_each_worker_has_a_deployment_of_its_own_in_a_run_of_everything(
    workshop: Workshop, features: Path, empty_ledger: Path, chosen: tuple[str, ...], deployments: int
) -> None:
    (features / "two.feature").write_text(FEATURE, encoding="utf-8")
    folder = f"testpaths={features.relative_to(ROOT)}"

    result = workshop.acceptance(
        "run", "-o", folder, "-n", "2", "--no-report", "--known-defects", str(empty_ledger), *chosen
    )

    assert result.exit_code == 0, result.text
    outcomes = json.loads((workshop.build / "outcomes.json").read_text())["scenarios"]
    assert len(outcomes) == 4
    addresses = {urlsplit(call["url"]).port for each in outcomes for call in each["calls"] if "/graphql" in call["url"]}
    assert len(addresses) == deployments
    assert not list((workshop.state / "runs").iterdir()), "a deployment left its state"
    assert not [
        each.pid for each in psutil.process_iter(["cmdline"]) if str(workshop.state) in str(each.info["cmdline"])
    ]
