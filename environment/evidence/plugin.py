"""Pytest plugin: what each step sent over the wire, shown below the step in the Allure report, and where time went.

``item.stash[CALLS]`` holds the scenario's calls as data, ``item.stash[TIMINGS]`` and the tear-down report's
``user_properties`` (which the JUnit file shows) its `Timings`.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import ExitStack

import allure
import pytest
from pytest_bdd.parser import Step

from environment.evidence.answer_bodies import answers
from environment.evidence.calls import CALLS, WireCall
from environment.evidence.noting import note, note_tear_down
from environment.evidence.table import bodies, call_line, call_table
from environment.evidence.timings import TIMINGS, timings
from environment.evidence.wire import RECORDER, recording
from environment.product.calling import forget_calls
from environment.product.outcome import OUTCOMES

pytest_plugins = (
    "environment.secrecy.redacting",
    "environment.evidence.unasserted",
    "environment.evidence.product_calls",
)

_RECORDING = pytest.StashKey[ExitStack]()
_BEGAN = pytest.StashKey[float]()
_ATTEMPTED = pytest.StashKey[int]()
_IN_REPORT = pytest.StashKey[bool]()


def begin_recording(config: pytest.Config) -> None:
    """Record from the first set-up on."""
    stack = config.stash[_RECORDING] = ExitStack()
    config.stash[RECORDER] = stack.enter_context(recording())


def end_recording(config: pytest.Config) -> None:
    """Stop recording; errors of the recorder itself come up here."""
    stack = config.stash.get(_RECORDING, None)
    if stack is None:
        return
    stack.close()
    errors = config.stash[RECORDER].errors
    if errors:
        raise ExceptionGroup("recording what went over the wire failed; the evidence is incomplete", errors)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Begin the item's record anew."""
    item.config.stash[RECORDER].clear()
    forget_calls()
    item.stash[CALLS] = []
    item.stash[_ATTEMPTED] = 0
    item.stash[_BEGAN] = time.perf_counter()
    yield


@pytest.hookimpl(trylast=True)
def pytest_bdd_before_scenario(request: pytest.FixtureRequest) -> None:
    """Attach what set-up sent to the scenario, which the report knows from here on."""
    request.node.stash[_IN_REPORT] = True
    _note_new(request.node, "set-up")


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_before_step(request: pytest.FixtureRequest, step: Step) -> None:
    """Let the register of outcomes know which step begins."""
    request.node.stash[OUTCOMES].begin_step(step.type, step.name)


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_after_step(request: pytest.FixtureRequest) -> None:
    """Attach what the step sent, before the report closes the step."""
    _note_new(request.node, "step")


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_step_error(request: pytest.FixtureRequest) -> None:
    """Attach what the failed step sent, with bodies."""
    _note_new(request.node, "step", failed=True)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Attach what tear-down sent, and settle where the time went."""
    try:
        yield
    finally:
        if _BEGAN in item.stash:  # else another plugin failed before set-up began
            _note_new(item, "tear-down")
            _settle(item)


def _settle(item: pytest.Item) -> None:
    wall_seconds = time.perf_counter() - item.stash[_BEGAN]
    product_seconds = item.stash[OUTCOMES].product_seconds()
    item.stash[TIMINGS] = timings(wall_seconds, product_seconds, item.config.stash[RECORDER].since(0))
    item.user_properties.extend(item.stash[TIMINGS].properties())


def _note_new(item: pytest.Item, what: str, *, failed: bool = False) -> None:
    """Keep the calls that were not noted yet, and attach them where the report knows the scenario."""
    noted = item.stash[CALLS]
    exchanges = item.config.stash[RECORDER].since(len(noted))
    step = item.stash[OUTCOMES].step if what == "step" else None
    calls = [WireCall.of(each, step) for each in exchanges]
    noted += calls
    if not calls or not item.stash.get(_IN_REPORT, False):
        return
    refused = failed or _refused_since(item)
    of_interest = exchanges if refused else [exchange for exchange in exchanges if exchange.failed]
    details = bodies(of_interest, answers(item.config))
    if details or what == "set-up":
        text = "\n".join([call_table(calls), *([f"{details}\n"] if details else [])])
        allure.attach(text, name=f"network ({what})", attachment_type=allure.attachment_type.TEXT)
    else:
        (note if what == "step" else note_tear_down)(map(call_line, calls))


def _refused_since(item: pytest.Item) -> bool:
    """Whether the product raised in this step, also if the step kept that as its outcome."""
    attempts = item.stash[OUTCOMES].all()
    fresh = attempts[item.stash[_ATTEMPTED] :]
    item.stash[_ATTEMPTED] = len(attempts)
    return any(outcome.error is not None for outcome in fresh)
