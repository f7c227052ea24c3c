"""Pytest plugin: an error of the product on which nothing asserted fails the scenario (rule 6).

It counts as the failure of the step that made the call. Fixture ``outcomes``: the scenario's register, for steps that
hand it to threads of their own or count attempts.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence

import pytest

from environment.gherkin.judging import JUDGED, JudgedStep, raise_failures
from environment.product.outcome import OUTCOMES, OperationFailed, Outcome, Outcomes, registered_in


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Register the outcomes of set-up, call and tear-down with the item."""
    item.stash[OUTCOMES] = Outcomes()
    with registered_in(item.stash[OUTCOMES]):
        return (yield)


@pytest.fixture
def outcomes(request: pytest.FixtureRequest) -> Outcomes:
    """The register of everything that this scenario attempted."""
    return request.node.stash[OUTCOMES]  # type: ignore[no-any-return]  # the node is untyped in pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Fail the step that made a call whose error nothing asserted on, beside what failed already."""
    __tracebackhide__ = True
    failure: BaseException | None = None
    try:
        yield
    except BaseException as error:  # noqa: BLE001  # raised again below
        failure = error
    outcomes = item.stash[OUTCOMES]
    unasserted = [each for each in outcomes.unasserted() if failure is None or not _reports(failure, each)]
    if not unasserted:
        if failure is not None:
            raise failure
        return
    judged = item.stash.get(JUDGED, [])
    if judged and (failure is None or any(one.error is not None for one in judged)):
        _fail_steps(judged, outcomes.all(), unasserted)
        raise_failures(judged)
    if failure is None or isinstance(failure, pytest.skip.Exception):
        raise _failure(unasserted)
    for outcome in unasserted:
        failure.add_note(_note(outcome))
    raise failure


def _fail_steps(
    judged: Sequence[JudgedStep], outcomes: Sequence[Outcome[object]], unasserted: Sequence[Outcome[object]]
) -> None:
    """Give each error to the step that made the call, what set-up made to the first step.

    Where another step failed because of a call of the same step (one of several threads, say), it is noted there.
    """
    by_step: dict[int, list[Outcome[object]]] = {}
    for outcome in unasserted:
        by_step.setdefault(outcome.step, []).append(outcome)
    reported: dict[int, BaseException] = {}
    for outcome in outcomes:
        for step in judged if outcome.error is not None else ():
            if step.error is not None and _reports(step.error, outcome):
                reported.setdefault(outcome.step, step.error)
    for number, mine in by_step.items():
        step, failure = judged[number], judged[number].error or reported.get(number)
        if failure is None:
            step.fail(_failure(mine))
        else:
            for outcome in mine:
                failure.add_note(_note(outcome))


def _failure(unasserted: Sequence[Outcome[object]]) -> OperationFailed:
    first, *others = unasserted
    failure = first.failure(in_its_step=True)
    failure.__cause__ = first.error
    failure.add_note("No Then of the scenario expects that.")
    for outcome in others:
        failure.add_note(_note(outcome))
    return failure


def _note(outcome: Outcome[object]) -> str:
    return f"No Then expects this either: {outcome.failure()} (called with: {outcome.arguments})"


def _reports(failure: BaseException, outcome: Outcome[object]) -> bool:
    """Whether the failure, or one of those that it groups, already comes from the outcome's error."""
    if isinstance(failure, BaseExceptionGroup):
        return any(_reports(each, outcome) for each in failure.exceptions)
    seen: BaseException | None = failure
    while seen is not None:
        if seen is outcome.error or (isinstance(seen, OperationFailed) and seen.error is outcome.error):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
