"""Faults as people write them: a file put in force by ``quilt-stack faults``, met by a real client."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import requests
from stack_wire import WireDeployment

from quilt_stack import Reset, command_line

README = Path(__file__).resolve().parents[3] / "quilt_stack" / "README.md"
FAULTS = README.read_text(encoding="utf-8").split("# faults.yaml\n")[1].split("```")[0]
"""As the README shows a file of faults."""


def run(monkeypatch: pytest.MonkeyPatch, deployment: WireDeployment, *arguments: str) -> int:
    """``quilt-stack faults``; returns its exit code."""
    place = ("--state-directory", str(deployment.running.state_directory))
    monkeypatch.setattr(sys, "argv", ["quilt-stack", "faults", *arguments, *place])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    return int(ended.value.code or 0)


def test_a_file_of_faults_is_put_in_force_listed_and_taken_out(
    deployment: WireDeployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "faults.yaml").write_text(FAULTS, encoding="utf-8")
    health = f"{deployment.running.registry_url}/healthcheck"

    assert run(monkeypatch, deployment) == 0
    assert capsys.readouterr().out == "No fault is in force.\n"

    assert run(monkeypatch, deployment, str(tmp_path / "faults.yaml")) == 0
    assert capsys.readouterr().out.splitlines() == [
        "registry: path /healthcheck: status code 503; 0 of 1 hit",
        "catalog: GET path config.json: malformed; 0 hit",
        "registry: searchPackages: latency seconds 0.5; 0 of 2 hit",
    ]
    assert [requests.get(health, timeout=10).status_code for _ in range(2)] == [503, 200]
    with pytest.raises(requests.JSONDecodeError):
        requests.get(f"{deployment.running.catalog_url}/config.json", timeout=10).json()

    assert run(monkeypatch, deployment) == 0
    assert "registry: path /healthcheck: status code 503; 1 of 1 hit" in capsys.readouterr().out
    assert run(monkeypatch, deployment, "--clear") == 0
    assert capsys.readouterr().out == "No fault is in force.\n"
    assert requests.get(f"{deployment.running.catalog_url}/config.json", timeout=10).json()["region"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("faults: [{surface: moon, action: {kind: reset}}]", "faults.0.surface: Input should be 'aws', 'catalog' or"),
        ("faults: [{surface: aws, action: {kind: status}}]", "faults.0.action.status.code: Field required"),
        ("faults: [{surface: aws, action: {kind: reset}, path: '['}]", "not a regular expression"),
        ("fault: []", "fault: Extra inputs are not permitted"),
    ],
)
def test_a_file_that_makes_no_sense_is_told_in_a_line_and_changes_nothing(
    content: str,
    told: str,
    deployment: WireDeployment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text(content, encoding="utf-8")
    before = deployment.running.control.set_fault("aws", Reset(), path="/nowhere")

    assert run(monkeypatch, deployment, "--clear", str(path)) == 2
    output, problems = capsys.readouterr()
    assert output == "" and problems.count("\n") == 1
    assert problems.startswith(f"quilt-stack: {path} cannot be used: ") and told in problems
    assert deployment.running.control.faults() == [before]
