"""A deployment that dies in mid-run is nobody's failure: what ran on it is broken, in one line, and soon."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest
from acceptance_process import LIMIT_SECONDS, Workshop, pytest_command

import quilt_stack
from environment.waiting import wait_until
from quilt_stack import Latency, RunningDeployment

FEATURE = """
Feature: A run whose deployment dies
  Whoever runs the suite is told what died.
"""
SCENARIO = """
  @CREA-1 @severity:normal @multiuser_mode
  Scenario: Publish for the {number} time
    Given Dana, a data scientist, is signed in
    When she publishes a package from the "simple-csv" dataset
    Then the package holds exactly the "simple-csv" dataset, byte for byte
"""
SOON_SECONDS = 120


def deployment_of(workshop: Workshop) -> RunningDeployment | None:
    return next(filter(None, map(quilt_stack.attach, workshop.state.glob("runs/*/deployment"))), None)


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["0", "2"])
def test_what_ran_on_a_deployment_that_died_is_broken_in_one_line(
    workshop: Workshop, features: Path, empty_ledger: Path, workers: str
) -> None:
    feature = features / "dying.feature"
    feature.write_text(FEATURE + "".join(SCENARIO.format(number=number) for number in range(8)), encoding="utf-8")
    results = workshop.build / "allure-results"
    options = (f"--alluredir={results}", "--known-defects", str(empty_ledger), "-n", workers)
    run = workshop.start(pytest_command(str(feature), *options))
    try:
        running = wait_until(lambda: deployment_of(workshop), limit_seconds=LIMIT_SECONDS, what="a deployment")
        assert running is not None
        running.control.set_fault("registry", Latency(seconds=1), path="^/graphql", count=None)
        journal = workshop.build / "outcomes.jsonl"
        wait_until(
            lambda: journal.exists() and '{"begun"' in journal.read_text(),
            limit_seconds=LIMIT_SECONDS,
            what="a scenario that runs",
        )
        os.kill(running.pid, signal.SIGKILL)
        killed = time.monotonic()
        output, errors = run.communicate(timeout=LIMIT_SECONDS)
    finally:
        run.kill()
        run.communicate()

    assert run.returncode == 1, output + errors
    assert time.monotonic() - killed < SOON_SECONDS
    log = running.state_directory / "deployment.log"
    told = f"the embedded deployment ended during the run; its log: {log}"
    scenarios = json.loads((workshop.build / "outcomes.json").read_text())["scenarios"]
    broken = [each for each in scenarios if each["status"] == "broken"]
    assert {each["message"] for each in broken} == {told}
    assert len(broken) >= 7
    assert all(each["status"] in ("broken", "passed") for each in scenarios)
    assert "Traceback" not in output + errors
    assert log.is_file()
    assert not list(workshop.state.glob("runs/*/deployment/operator.json"))
