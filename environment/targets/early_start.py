"""pytest plugin, named before all others: starts a run's embedded deployment while the others are imported.

A deployment takes seconds to start, and so does importing what the suite is made of. Only a run that goes on to run
scenarios on a deployment of its own starts one; `environment.targets.plugin` takes it over, and closes it.
"""

from __future__ import annotations

import os
import shlex
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from environment.errors import SuiteError
from environment.running import loading
from environment.settings import state_directory
from environment.targets.starting import STANDING_STATE, begin
from environment.targets.web_catalog import with_web_catalog
from environment.undo.run_directory import RunDirectory
from quilt_stack import DEPLOYMENT_FILE, DeploymentError, DeploymentSettings

if TYPE_CHECKING:
    from quilt_stack import RunningDeployment

RUN_DIRECTORY: pytest.StashKey[RunDirectory] = pytest.StashKey()
"""What this process keeps on disk until it ends."""
BEFORE_CLOSING: pytest.StashKey[ExitStack] = pytest.StashKey()
"""What has to end before the run's target is closed."""


@dataclass(frozen=True)
class EarlyStart:
    """A deployment that is starting, with its state directory."""

    state_directory: Path
    running: Future[RunningDeployment]


EARLY_START: pytest.StashKey[EarlyStart] = pytest.StashKey()
_OTHER_THAN_RUNNING = (
    "collectonly",
    "help",
    "version",
    "markers",
    "showfixtures",
    "show_fixtures_per_test",
    "cacheshow",
)


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Options that say where scenarios run; what they say decides at once whether to start a deployment."""
    loading.begin()
    group = parser.getgroup("acceptance")
    group.addoption("--target", default="embedded", metavar="TARGET", help="embedded (default) or live")
    group.addoption(
        "--deployment-settings",
        type=Path,
        default=None,
        metavar="FILE",
        help="start an embedded deployment of the run's own with these settings (YAML or JSON), also if one is up; "
        "with =, or pytest takes a file outside the project for one to run",
    )
    config: pytest.Config | None = pluginmanager.get_plugin("pytestconfig")
    if config is not None and _starts_one_of_its_own(parser, config):
        _start(config)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Everything is loaded but the product."""
    loading.end()


def make_run_directory(config: pytest.Config) -> RunDirectory:
    """This process's directory, which goes when pytest ends.

    Raises:
        OSError: if it cannot be made.
    """
    if RUN_DIRECTORY not in config.stash:
        directory = config.stash[RUN_DIRECTORY] = RunDirectory(state_directory(config.rootpath))
        config.add_cleanup(directory.remove)
    return config.stash[RUN_DIRECTORY]


def _starts_one_of_its_own(parser: pytest.Parser, config: pytest.Config) -> bool:
    """Whether this run will need one; where it is not certain, it is started later."""
    arguments = [*shlex.split(os.environ.get("PYTEST_ADDOPTS", "")), *config.invocation_params.args]
    options = parser.parse_known_args(arguments)
    return (
        "PYTEST_XDIST_WORKER" not in os.environ
        and options.target == "embedded"
        and options.deployment_settings is None
        and not any(getattr(options, name, False) for name in _OTHER_THAN_RUNNING)
        and not (STANDING_STATE / DEPLOYMENT_FILE).exists()
    )


def start_in_run_directory(config: pytest.Config, name: str) -> EarlyStart:
    """Start a deployment that goes with the run, its state in a directory of that name, and do not wait for it.

    Raises:
        OSError: the directory cannot be made.
        DeploymentError: it cannot be started.
        SuiteError: its state directory cannot be used.
    """
    directory = make_run_directory(config).subdirectory(name)
    starting = begin(with_web_catalog(DeploymentSettings(state_directory=directory)))
    config.add_cleanup(starting.give_up)  # also of a run that is broken off
    executor = ThreadPoolExecutor(1, thread_name_prefix=f"start-{name}")
    early = EarlyStart(directory, executor.submit(starting.wait))
    executor.shutdown(wait=False)
    return early


def _start(config: pytest.Config) -> None:
    try:
        config.stash[EARLY_START] = start_in_run_directory(config, "deployment")
    except (OSError, SuiteError, DeploymentError):
        return  # the run meets it again where it can end with a message
