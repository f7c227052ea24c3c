"""Which runs start a deployment before everything else, and that it ends with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from environment.settings import STATE_VARIABLE
from environment.targets import early_start
from environment.targets.early_start import EARLY_START, RUN_DIRECTORY
from quilt_stack import DEPLOYMENT_FILE

# Both Allure plugins of the environment define the same option.
PLUGIN = ("-p", "no:allure_pytest_bdd", "-p", "environment.targets.early_start")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state directory of the test's own, in which no deployment stands."""
    directory = tmp_path / "state"
    monkeypatch.setenv(STATE_VARIABLE, str(directory))
    monkeypatch.setattr(early_start, "STANDING_STATE", directory / "deployment")
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    monkeypatch.setattr(early_start.loading, "begin", lambda: None)
    return directory


@pytest.mark.slow
def test_a_run_starts_one_and_it_goes_with_the_run(pytester: pytest.Pytester, state: Path) -> None:
    config = pytester.parseconfig(*PLUGIN)
    early = config.stash[EARLY_START]

    running = early.running.result(60)

    assert psutil.pid_exists(running.pid)
    assert early.state_directory.is_relative_to(state)
    assert 0 < running.start_seconds < 60
    config._ensure_unconfigure()
    assert not psutil.pid_exists(running.pid)
    assert not any((state / "runs").iterdir())


def test_one_that_is_still_starting_goes_with_the_run(pytester: pytest.Pytester, state: Path) -> None:
    before = set(psutil.Process().children())  # deployments that other tests share
    config = pytester.parseconfig(*PLUGIN)
    early = config.stash[EARLY_START]

    config._ensure_unconfigure()

    assert early.running.exception(60) is not None
    assert set(psutil.Process().children()) <= before
    assert not any((state / "runs").iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        ["--collect-only"],
        ["--help"],
        ["--version"],
        ["--markers"],
        ["--fixtures"],
        ["--target", "live"],
        ["--target=live"],
        ["--deployment-settings=settings.yaml"],
    ],
)
def test_a_run_that_needs_none_starts_none(pytester: pytest.Pytester, arguments: list[str]) -> None:
    config = pytester.parseconfig(*PLUGIN, *arguments)

    assert EARLY_START not in config.stash
    assert RUN_DIRECTORY not in config.stash


def test_options_of_the_environment_count(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--target live")

    assert EARLY_START not in pytester.parseconfig(*PLUGIN).stash


def test_a_worker_starts_none(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")

    assert EARLY_START not in pytester.parseconfig(*PLUGIN).stash


def test_where_one_may_stand_already_none_is_started(pytester: pytest.Pytester, state: Path) -> None:
    (state / "deployment").mkdir(parents=True)
    (state / "deployment" / DEPLOYMENT_FILE).write_text("{}", encoding="utf-8")

    assert EARLY_START not in pytester.parseconfig(*PLUGIN).stash


def test_a_state_directory_that_cannot_be_made_is_left_for_the_run_to_tell(
    pytester: pytest.Pytester, state: Path
) -> None:
    state.write_text("a file", encoding="utf-8")

    assert EARLY_START not in pytester.parseconfig(*PLUGIN).stash
