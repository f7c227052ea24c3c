"""What a run says when its surroundings are bad: one line that tells what was tried and what to do, exit code not 0."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from acceptance_process import Result, Workshop

from environment.errors import SuiteError
from environment.observers.registry import RegistryObserver
from environment.targets.embedded import EmbeddedTarget
from quilt_stack import Malformed, Reset

SCENARIO = "features/identity/signing_in.feature"
FEATURE = """
Feature: A run on a broken registry
  Whoever runs the suite is told what is broken.

  @AUTH-2 @severity:normal
  Scenario: Ask who one is
    Given Lee, a reviewer, is signed in
    When Lee asks the registry who is signed in
    Then the registry recognizes Lee
"""


@pytest.fixture
def occupied_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


def must_be_for_people(result: Result, exit_code: int, *words: str) -> None:
    assert result.exit_code == exit_code, result.text
    assert all(word in result.text for word in words), result.text
    assert "Traceback" not in result.text
    assert "INTERNALERROR" not in result.text


@pytest.mark.slow
def test_a_port_in_use_ends_the_run_and_the_command(workshop: Workshop, tmp_path: Path, occupied_port: int) -> None:
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({"catalog_port": occupied_port}), encoding="utf-8")

    run = workshop.acceptance("run", SCENARIO, "--deployment-settings", str(settings))
    up = workshop.acceptance("up", "--settings", str(settings))

    words = f"catalog_port {occupied_port} on 127.0.0.1 cannot be used", "Stop what listens there"
    must_be_for_people(run, 4, *words)
    must_be_for_people(up, 2, *words)


@pytest.mark.slow
def test_settings_that_are_none_are_told(workshop: Workshop, tmp_path: Path) -> None:
    settings = tmp_path / "settings.yaml"
    settings.write_text("catalog_prot: 80\n", encoding="utf-8")

    must_be_for_people(workshop.acceptance("run", SCENARIO, "--deployment-settings", str(settings)), 4, "catalog_prot")


@pytest.mark.slow
def test_a_state_directory_that_cannot_be_one_is_told(workshop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file", encoding="utf-8")

    words = "Not a directory", "QUILT_ACCEPTANCE_STATE"
    must_be_for_people(workshop.acceptance("run", SCENARIO), 4, *words)
    must_be_for_people(workshop.acceptance("up"), 2, *words)
    must_be_for_people(workshop.acceptance("down"), 0, "No deployment is up.")


@pytest.mark.slow
def test_a_feature_outside_the_project_is_refused(workshop: Workshop, tmp_path: Path) -> None:
    feature = tmp_path / "outside.feature"
    feature.write_text(FEATURE, encoding="utf-8")

    must_be_for_people(workshop.acceptance("run", str(feature)), 4, f"{feature}: outside the project", "features/")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("action", "words"),
    [(Malformed(), "Expecting value"), (Reset(), "Connection")],
    ids=["nonsense", "no answer"],
)
def test_a_registry_that_is_not_well_is_told_with_its_log(
    action: Malformed | Reset,
    words: str,
    standing_workshop: Workshop,
    standing: EmbeddedTarget,
    features: Path,
) -> None:
    assert standing.control is not None
    feature = features / "broken.feature"
    feature.write_text(FEATURE, encoding="utf-8")
    standing.control.set_fault("registry", action, path="^/api/login", count=None)

    result = standing_workshop.acceptance("run", str(feature), "--backend", "multiuser", "--workers", "1")

    log = standing.state_directory / "deployment.log"
    must_be_for_people(result, 1, "SuiteError: Signed in as test_readonly at", words, f"Look at {log}")
    assert json.loads((standing_workshop.build / "summary.json").read_text())["scenarios"]["broken"] == 1


def test_an_observer_that_gets_no_graphql_says_whom_it_asked(
    standing_workshop: Workshop, standing: EmbeddedTarget
) -> None:
    assert standing.control is not None
    observer = RegistryObserver(standing.graphql_endpoint, standing.token("admin"))
    standing.control.set_fault("registry", Malformed(), path="^/graphql")

    with pytest.raises(SuiteError, match=f"^Asked {standing.graphql_endpoint}: .*Not a JSON answer"):
        observer.me()
    assert observer.me()["isAdmin"] is True
