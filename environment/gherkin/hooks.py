"""Hooks that this part of the suite asks other plugins."""

from __future__ import annotations

from collections.abc import Collection

import pytest


@pytest.hookspec(firstresult=True)
def pytest_scenario_requirements(config: pytest.Config) -> Collection[str] | None:
    """Return the ids of all requirements (`AUTH-1`) that scenarios may name; None when nobody knows them."""
