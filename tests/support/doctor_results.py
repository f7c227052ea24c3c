"""What the doctor finds in an environment made from the templates, asked with the keys of their role."""

from __future__ import annotations

from dataclasses import replace

import pytest

from environment.settings import Accounts, Buckets, LiveSettings
from infra import live_environment
from infra.doctor import CheckResult, CheckState, examine
from infra.doctor_checks import CHECKS
from infra.rehearsal.stand_in import StandIn

ROLE, ADMINISTRATOR = "as the role", "as the administrator"
DATA, SCRATCH = Buckets.model_construct().data, Buckets.model_construct().scratch


@pytest.fixture(scope="module")
def with_default_database(peopled: StandIn) -> StandIn:
    """As in most accounts, Glue has a database `default`, of which the role may know no more than that it is there."""
    peopled.client("glue").create_database(DatabaseInput={"Name": "default"})
    return peopled


@pytest.fixture
def live(with_default_database: StandIn, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> StandIn:
    """Its variables are this process's, with the keys of the role or, on demand, of the administrator."""
    peopled = with_default_database
    if getattr(request, "param", ROLE) == ROLE:
        for name, value in peopled.runner_keys().items():
            monkeypatch.setitem(peopled.variables, name, value)
    for name, value in peopled.variables.items():
        monkeypatch.setenv(name, value)
    return peopled


as_administrator = pytest.mark.parametrize("live", [ADMINISTRATOR], indirect=True)


def results() -> dict[str, CheckResult]:
    subject = live_environment.LiveEnvironment(LiveSettings(), Buckets(), Accounts())
    return {result.check: result for result in examine(subject, CHECKS)}


def result_of(name: str) -> CheckResult:
    """Of one check alone, whatever comes before it."""
    subject = live_environment.LiveEnvironment(LiveSettings(), Buckets(), Accounts())
    [result] = examine(subject, [replace(check, needs=()) for check in CHECKS if check.name == name])
    return result


def wrong(found: dict[str, CheckResult]) -> list[str]:
    return [name for name, result in found.items() if result.state is CheckState.WRONG]
