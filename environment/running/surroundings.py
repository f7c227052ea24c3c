"""Pytest plugin: a scenario that fails because its surroundings went is broken, and those after it are not tried.

Asked only when a scenario failed, so that it costs the others nothing: does the deployment live, is there room on disk?
Once the deployment has ended, or while the disk is full, no further scenario begins.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from environment.running.losing import ScenarioLost
from environment.secrecy.redacting import UNWRITTEN
from environment.settings import state_directory

TARGET_ENDED: pytest.StashKey[Callable[[], str | None]] = pytest.StashKey()
"""In ``config.stash``, set by whoever knows the target: why nothing can be judged on it any more, None if it lives."""
LEAST_FREE_BYTES = 1024 * 1024
_ENDED: pytest.StashKey[str] = pytest.StashKey()
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Begin nothing where nothing can be judged; innermost, where all other plugins have begun what they end."""
    why = item.config.stash.get(_ENDED, None) or full_disk(item.config)
    if why is not None:
        raise ScenarioLost(why)
    with _asking_why(item.config):
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Ask about a scenario that failed."""
    with _asking_why(item.config):
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Ask about a scenario that could not be undone."""
    with _asking_why(item.config):
        result = yield
        if UNWRITTEN:
            unwritten = UNWRITTEN[0]
            UNWRITTEN.clear()
            raise unwritten
        why = full_disk(item.config)  # its result, which is written last, would be lost
        if why is not None:
            raise ScenarioLost(why)
        return result


@contextmanager
def _asking_why(config: pytest.Config) -> Iterator[None]:
    try:
        yield
    except (pytest.skip.Exception, ScenarioLost, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        why = target_ended(config) or full_disk(config, error)
        if why is None:
            raise
        raise ScenarioLost(why) from None


def target_ended(config: pytest.Config) -> str | None:
    """Why nothing can be judged on the target any more, remembered; None if it lives."""
    if _ENDED not in config.stash and TARGET_ENDED in config.stash:
        why = config.stash[TARGET_ENDED]()
        if why is not None:
            config.stash[_ENDED] = why
    return config.stash.get(_ENDED, None)


def full_disk(config: pytest.Config, error: BaseException | None = None) -> str | None:
    """Which disk has no room for what a run writes, in words; None if all have. `error`: what failed, if anything."""
    allure: str | None = config.getoption("allure_report_dir", None)
    places = [state_directory(config.rootpath), Path(tempfile.gettempdir()), *([Path(allure)] if allure else [])]
    for place in places:
        if place.exists() and shutil.disk_usage(place).free < LEAST_FREE_BYTES:
            return f"the disk of {place.absolute()} is full"
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            return f"{error.filename or 'a file'} could not be written: {error.strerror}"
        error = error.__cause__ or error.__context__
    return None
