"""An action that takes names away from a deployment that is a set of names."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fake_deployment import FakeDeployment

from environment.undo import actions


@pytest.fixture(autouse=True)
def thing_action() -> Iterator[None]:
    """Things of kind ``thing`` are undone by name."""

    def take_away(deployment: FakeDeployment, *, name: str) -> None:
        deployment.asked.append(name)
        if name in deployment.stuck:
            raise PermissionError(f"{name} is stuck")
        deployment.things.discard(name)

    actions.undoes("thing")(take_away)
    yield
    actions.forget("thing")


@pytest.fixture
def deployment() -> FakeDeployment:
    return FakeDeployment()
