"""Hooks that this part of the suite asks other plugins."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pytest


@pytest.hookspec(firstresult=True)
def pytest_scenario_requirements(config: pytest.Config) -> Collection[str] | None:
    """Return the ids of all requirements (`AUTH-1`) that scenarios may name; None when nobody knows them."""


@pytest.hookspec
def pytest_chosen_scenarios(config: pytest.Config) -> Sequence[str]:  # type: ignore[empty-body]
    """Return what of the command line chooses scenarios, as one types it: `-k word`, `features/x.feature`.

    Each plugin answers for its own options; what none of them names is the whole of the features.
    """
