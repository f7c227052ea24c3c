"""Further deployments of a run: in one of everything, each pytest-xdist worker has a deployment of its own.

So no worker waits while another one changes what all share on a deployment, and no deployment serves all of them.
"""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

import pytest

from environment.running.quick import NOT_CHOSEN, chosen_scenarios
from environment.targets.early_start import EARLY_START, RUN_DIRECTORY, start_in_run_directory
from quilt_stack import DeploymentError, RunningDeployment

_FURTHER: pytest.StashKey[list[Future[RunningDeployment]]] = pytest.StashKey()


def each_worker_has_one(config: pytest.Config) -> bool:
    """Whether this run starts its deployments itself and is long enough to be worth more than one."""
    return EARLY_START in config.stash and chosen_scenarios(config) in NOT_CHOSEN


def begin_further(config: pytest.Config, worker: str) -> Path:
    """Start one for that worker and do not wait for it; returns its state directory.

    Raises what `environment.targets.early_start.start_in_run_directory` does.
    """
    early = start_in_run_directory(config, f"deployment-{worker}")
    config.stash.setdefault(_FURTHER, []).append(early.running)
    return early.state_directory


def end_further(config: pytest.Config) -> None:
    """Stop them all; the directory of one that ended in mid-run is kept, for its log.

    Raises:
        DeploymentError: one had to be killed.
    """
    for each in config.stash.get(_FURTHER, []):
        try:
            running = each.result()
        except DeploymentError:
            continue  # its worker has said so
        ended = running.has_ended()
        if ended:
            config.stash[RUN_DIRECTORY].keep()
        running.stop(keep_log=ended)
