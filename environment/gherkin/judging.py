"""Runs the steps of a scenario and judges every Then of it, also after one before it failed.

pytest-bdd stops at the first step that fails, which hides what the scenario promises after it. Here a Then that does
not hold leaves the later ones to be judged; only what rests on a Given or a When that failed is not judged. How a step
is looked up and called stays pytest-bdd's own affair, and its hooks are called as it calls them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from time import perf_counter
from typing import Any

import pytest
from pytest_bdd.exceptions import StepDefinitionNotFoundError
from pytest_bdd.parser import Feature, Scenario, Step

from environment.gherkin.acts import require_success
from environment.gherkin.records import SCENARIO, ScenarioStep
from quilt_stack.patches import Patch

# pytest-bdd has no public door to a single step (`tests/environment/gherkin/test_judging.py` holds it against these).
_EXECUTION: Any = import_module("pytest_bdd.scenario")  # as an attribute of the package it is the decorator
PATCH = Patch(
    __name__,
    "pytest-bdd",
    reason="pytest-bdd stops at the first step that fails, and has no public name for running one.",
    bodies={
        "pytest_bdd.scenario:get_step_function": "7b686a9bb0ed",
        "pytest_bdd.scenario:_execute_step_function": "fa4a3dee7002",
        "pytest_bdd.scenario:_execute_scenario": "06380e51ab0d",
    },
    fence="tests/environment/gherkin/test_judging.py::test_each_then_is_judged_after_one_that_failed",
    until="pytest-bdd goes on after a Then that fails, or runs one step by a public name",
    needed="tests/upstream/test_pytest_bdd.py::test_a_then_is_judged_after_one_that_failed",
)


class StepResult(StrEnum):
    """What became of a step.

    FAILED: what it says does not hold. BROKEN: the step itself came to grief (an error inside it, something that it
    needs is missing), which says nothing about the product.
    """

    PASSED = "passed"
    FAILED = "failed"
    BROKEN = "broken"
    NOT_JUDGED = "not judged"


@dataclass
class JudgedStep:
    """A step of the scenario that runs: what became of it, and the error if there was one.

    `rests_on` is the failed Given or When because of which it was not judged; `seconds` is what it took.
    """

    step: ScenarioStep
    result: StepResult = StepResult.NOT_JUDGED
    error: BaseException | None = None
    rests_on: ScenarioStep | None = None
    seconds: float = 0.0

    @property
    def went_wrong(self) -> bool:
        """Whether it failed or broke."""
        return self.error is not None

    def fail(self, error: BaseException) -> None:
        """Settle that it failed or broke, which the error's kind tells."""
        self.error = error
        self.result = StepResult.FAILED if is_failure(error) else StepResult.BROKEN


JUDGED = pytest.StashKey[list[JudgedStep]]()
"""The steps of a scenario in ``item.stash``, from its start on."""


def is_failure(error: BaseException) -> bool:
    """Whether an error says that something does not hold; anything else went wrong in the suite itself."""
    return isinstance(error, AssertionError | pytest.fail.Exception)


def run_scenario(feature: Feature, scenario: Scenario, request: pytest.FixtureRequest) -> None:
    """Run all steps, and raise what went wrong.

    Raises:
        BaseException: the one error, or a group of all of them.
    """
    __tracebackhide__ = True
    judged = request.node.stash[JUDGED] = [JudgedStep(step) for step in request.node.stash[SCENARIO].steps]
    hook = request.config.hook
    hook.pytest_bdd_before_scenario(request=request, feature=feature, scenario=scenario)
    try:
        for step, one in zip(scenario.steps, judged, strict=True):
            one.rests_on = _foundation(judged)
            if one.rests_on is None:
                _judge(feature, scenario, step, one, request)
    finally:
        hook.pytest_bdd_after_scenario(request=request, feature=feature, scenario=scenario)
    raise_failures(judged)


def raise_failures(judged: Sequence[JudgedStep]) -> None:
    """Raise the error of the steps that went wrong, all together if there are several; nothing if there is none."""
    __tracebackhide__ = True
    errors = [one.error for one in judged if one.error is not None]
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise BaseExceptionGroup(f"{len(errors)} sentences do not hold", errors)


def _foundation(judged: Sequence[JudgedStep]) -> ScenarioStep | None:
    return next((one.step for one in judged if one.went_wrong and one.step.type != "then"), None)


def _judge(feature: Feature, scenario: Scenario, step: Step, one: JudgedStep, request: pytest.FixtureRequest) -> None:
    __tracebackhide__ = True
    started = perf_counter()
    try:
        _execute(feature, scenario, step, request)
        if one.step.type == "given":
            require_success()
    except (Exception, pytest.fail.Exception) as error:  # raised again after the last step
        one.fail(error)
        if request.config.option.usepdb:  # the debugger stops where it happened
            raise
    else:
        one.result = StepResult.PASSED
    finally:
        one.seconds = perf_counter() - started


def _execute(feature: Feature, scenario: Scenario, step: Step, request: pytest.FixtureRequest) -> None:
    __tracebackhide__ = True
    definition = _EXECUTION.get_step_function(request=request, step=step)
    if definition is None:
        error = StepDefinitionNotFoundError(f'there is no sentence "{step.keyword} {step.name}"')
        request.config.hook.pytest_bdd_step_func_lookup_error(
            request=request, feature=feature, scenario=scenario, step=step, exception=error
        )
        raise error
    _EXECUTION._execute_step_function(request, scenario, step, definition)
