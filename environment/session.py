"""pytest plugin: how a run begins and ends; the only one in `environment` with pytest's hooks for that.

A part that is not loaded is not called: the project's own tests load only some of them.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from types import ModuleType

import pytest

from environment.driving import plugin as driving
from environment.evidence import plugin as evidence
from environment.gherkin import accounting
from environment.gherkin import plugin as gherkin
from environment.running import exclusive
from environment.targets import plugin as targets


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin a run: the parts of the suite in their order."""
    config = session.config
    for part, begin in (
        (targets, targets.begin_to_open),  # in a thread, while the rest goes on
        (accounting, accounting.begin_account),
        (gherkin, gherkin.check_everything),
        (driving, driving.clean_surroundings),
        (evidence, evidence.begin_recording),
        (exclusive, exclusive.lock_without_workers),
    ):
        if _is_loaded(part, config):
            begin(config)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int | pytest.ExitCode) -> Generator[None, object, object]:
    """End a run: account for it, let other plugins end, stop recording, and close the target last."""
    config = session.config
    with ExitStack() as ending:
        if _is_loaded(targets, config):
            ending.enter_context(targets.closing(config))
        if _is_loaded(evidence, config):
            ending.callback(evidence.end_recording, config)
        if _is_loaded(accounting, config):
            accounting.end_account(session, exitstatus)
        return (yield)


def _is_loaded(part: ModuleType, config: pytest.Config) -> bool:
    return config.pluginmanager.is_registered(part)
