"""pytest plugin: the stage of each scenario, in a process that holds nothing of the machine's user."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from environment.modes import Mode
from environment.running import acceleration
from environment.sessions.process_state import cleaned_environment
from environment.sessions.stage import Stage, open_stage
from environment.sessions.usage import METHODS, PROPERTY, USAGE
from environment.targets.early_start import RUN_DIRECTORY
from environment.targets.target import Target


def pytest_sessionstart(session: pytest.Session) -> None:
    """Clean the environment before quilt3 and quilt-mcp are imported; both read it at import.

    An xdist controller keeps its own, because its workers read the suite's settings from it.
    """
    config = session.config
    distributes = not hasattr(config, "workerinput") and config.getoption("numprocesses", None)
    if config.option.collectonly or distributes:
        return
    environment = dict(os.environ)
    surroundings = ExitStack()
    directory = config.stash[RUN_DIRECTORY].subdirectory("machine")
    os.environ.clear()
    os.environ.update(cleaned_environment(environment))
    os.environ["XDG_DATA_HOME"] = str(directory / "data")
    os.environ["XDG_CACHE_HOME"] = str(directory / "cache")
    surroundings.callback(os.environ.update, environment)
    surroundings.callback(os.environ.clear)
    surroundings.enter_context(acceleration.as_switched())
    config.add_cleanup(surroundings.close)


@pytest.fixture
def stage(
    product: None, target: Target, mode: str, pytestconfig: pytest.Config, request: pytest.FixtureRequest
) -> Iterator[Stage]:
    """Where the personas of this scenario act; their homes, in which quilt3 keeps tokens, go with it."""
    homes = TemporaryDirectory(prefix="homes-", dir=pytestconfig.stash[RUN_DIRECTORY].path, ignore_cleanup_errors=True)
    USAGE.begin()
    with homes as directory, open_stage(target, Mode(mode), Path(directory)) as opened:
        yield opened
    methods = request.node.stash[METHODS] = tuple(USAGE.methods())
    request.node.user_properties.append((PROPERTY, ",".join(methods)))
