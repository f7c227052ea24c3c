"""pytest plugin of `acceptance run`: what it runs, and in how many processes, where the command line leaves it open.

What was asked for is read from the options as pytest has parsed them, never guessed from the arguments.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

import pytest

from environment.running.quick import QUICK, chosen_scenarios

_TAGS = "default_tags"
IN_ONE_PROCESS = ("usepdb", "trace", "stepwise", "stepwise_skip", "stepwise_reset", "maxfail", "lf", "collectonly")
"""Options that talk to a person at the terminal, mean the order in which one process runs, or run little."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that `acceptance run` hands over."""
    group = parser.getgroup("acceptance")
    group.addoption("--everything", action="store_true", help="also what is tagged slow or large")
    group.addoption("--workers", type=int, default=None, metavar="N", help="processes, unless -n says how many")


@pytest.hookimpl(wrapper=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, object, object]:
    """Say where features are and how many processes run them, before pytest-xdist reads its options."""
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        # pytest looks there only if one stands in the project's root
        config.args[:] = [str(config.rootpath / folder) for folder in config.getini("testpaths")]
    if not hasattr(config, "workerinput"):
        _distribute(config)
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Leave out what is slow, unless something was chosen; after the plugin that knows what failed last."""
    if hasattr(config, "workerinput"):
        config.option.markexpr = config.workerinput[_TAGS]
    elif not config.option.everything and not _is_chosen(config) and not _runs_last_failed(config):
        config.option.markexpr = QUICK


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand over which tags were decided on: a worker of pytest-xdist parses the command line again."""
    node.workerinput[_TAGS] = node.config.option.markexpr


def _is_chosen(config: pytest.Config, *, beside: tuple[str, ...] = ("--changed",)) -> bool:
    """Return whether the command line says which scenarios to run, beside what may mean nearly all of them.

    A change of the product may reach nearly all.
    """
    return any(not each.startswith(beside) for each in chosen_scenarios(config))


def _runs_last_failed(config: pytest.Config) -> bool:
    """Return whether --lf has something to run again; without that pytest runs what it would run otherwise."""
    return getattr(config.option, "lf", False) and bool(config.cache and config.cache.get("cache/lastfailed", {}))


def _distribute(config: pytest.Config) -> None:
    """Set the number of worker processes, unless the command line does.

    They pay off for a run of all features, also of those with some tag: each one imports the product again.

    Raises:
        pytest.UsageError: workers are asked for, and pytest-xdist is turned off.
    """
    option, asked_for = config.option, config.option.workers
    if not hasattr(option, "numprocesses"):
        if asked_for is not None and asked_for > 1:
            raise pytest.UsageError(f"--workers {asked_for}: processes need pytest-xdist, which -p no:xdist turns off")
    elif option.numprocesses is None and not option.tx:
        if asked_for is not None:
            option.numprocesses = asked_for if asked_for > 1 else 0
        elif (
            (os.cpu_count() or 1) > 1
            and not _needs_one_process(config)
            and not _is_chosen(config, beside=("--changed", "-m "))
        ):
            option.numprocesses = "logical"  # as many as there are cores, or as PYTEST_XDIST_AUTO_NUM_WORKERS says


def _needs_one_process(config: pytest.Config) -> bool:
    return config.option.capture == "no" or any(getattr(config.option, name, False) for name in IN_ONE_PROCESS)
