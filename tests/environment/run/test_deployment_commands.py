"""The commands for a deployment that stays: up, status, down, and runs beside each other on one of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from acceptance_process import LIMIT_SECONDS, Workshop, pytest_command

import quilt_stack

SCENARIO = "features/packages/creation.feature::A published dataset is complete and can be found"
SCENARIOS = ("features/packages/creation.feature", "features/packages/content.feature")


@pytest.mark.slow
def test_a_deployment_is_brought_up_shown_and_taken_down(workshop: Workshop) -> None:
    assert workshop.acceptance("status").exit_code == 1
    first, again = workshop.acceptance("up"), workshop.acceptance("up")
    running = quilt_stack.attach(workshop.state / "deployment")
    status = workshop.acceptance("status")
    down, down_again = workshop.acceptance("down"), workshop.acceptance("down")

    assert running is not None
    assert (first.exit_code, again.exit_code, status.exit_code) == (0, 0, 0), first.text + again.text
    assert "Started in" in first.output and "Started in" not in again.output  # the second one finds the first
    for place in (running.catalog_url, running.registry_url, running.aws_url, str(workshop.state / "deployment")):
        assert place in status.output
    assert (down.exit_code, down.output.strip()) == (0, "Stopped.")
    assert (down_again.exit_code, down_again.output.strip()) == (0, "No deployment is up.")
    assert quilt_stack.attach(workshop.state / "deployment") is None
    assert not list(workshop.state.glob("**/operator.json"))


@pytest.mark.slow
def test_two_runs_at_once_have_deployments_of_their_own(tmp_path: Path) -> None:
    workshops = [Workshop(tmp_path / name) for name in ("one", "other")]
    for workshop in workshops:
        workshop.path.mkdir()

    runs = [workshop.start(pytest_command(SCENARIO, "--backend", "multiuser")) for workshop in workshops]
    ended = [(*run.communicate(timeout=LIMIT_SECONDS), run.returncode) for run in runs]

    for output, problems, exit_code in ended:
        assert exit_code == 0, output + problems
        assert "1 passed" in output
    assert not [*tmp_path.glob("*/state/runs/*"), *tmp_path.glob("**/deployment.json")]


@pytest.mark.slow
def test_the_acceleration_changes_no_result(standing_workshop: Workshop) -> None:
    """The same scenarios with and without the acceleration (environment/running/acceleration.py)."""
    outcomes = []
    for switch in ("on", "off"):
        workshop = standing_workshop.with_settings({"QUILT_ACCEPTANCE_ACCELERATION": switch})
        result = workshop.acceptance("run", *SCENARIOS, "--backend", "local", "-m", "smoke", "--workers", "1")
        assert result.exit_code == 0, result.text
        recorded = json.loads((workshop.build / "outcomes.json").read_text())["scenarios"]
        outcomes.append({each["nodeid"]: (each["status"], each["defects"]) for each in recorded})

    assert outcomes[0] == outcomes[1]
    assert len(outcomes[0]) == 3
