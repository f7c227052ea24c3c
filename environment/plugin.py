"""The suite's pytest plugin: names the plugins that make it up, and the fixtures that belong to none of them."""

from __future__ import annotations

import pytest

from environment.people.names import Names, new_run_token
from quilt_stack.patches import ChangedLibraryError, check_loaded

# A plugin comes after those whose modules it imports, so that pytest can rewrite the assertions of each.
pytest_plugins = (
    "environment.gherkin.plugin",
    "environment.secrecy.redacting",
    "environment.evidence.unasserted",
    "environment.evidence.plugin",
    "environment.running.interruption",
    "environment.running.losing",
    "environment.undo.plugin",
    "environment.running.exclusive",
    "environment.running.surroundings",
    "environment.running.time_limit",
    "environment.gherkin.sharding",
    "environment.targets.plugin",
    "environment.evidence.credentials",
    "environment.arrangement.undoing",
    "environment.product.plugin",
    "environment.observers.plugin",
    "environment.driving.plugin",
    "environment.checking.figures",
    "environment.session",
)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main() -> None:
    """Start nothing on a library that is not the one whose private names are used.

    Raises:
        pytest.UsageError: with the one line that says which.
    """
    try:
        check_loaded()
    except ChangedLibraryError as error:
        raise pytest.UsageError(str(error)) from error


@pytest.fixture(scope="session")
def run_token() -> str:
    """What keeps this process's names apart from those of others."""
    return new_run_token()


@pytest.fixture
def names(request: pytest.FixtureRequest, run_token: str) -> Names:
    """Made-up names for this scenario."""
    return Names(request.config.option.seed, request.node.nodeid, run_token)
