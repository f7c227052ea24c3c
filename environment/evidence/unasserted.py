"""Pytest plugin: an error of the product on which nothing asserted fails the scenario (DESIGN rule 5).

Fixture ``outcomes``: the scenario's register, for steps that hand it to threads of their own or count attempts.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest

from environment.outcome import OUTCOMES, OperationFailed, Outcome, Outcomes, registered_in


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
    """Fail the scenario for unasserted errors, or add them to the failure that came first."""
    __tracebackhide__ = True
    try:
        yield
    except pytest.skip.Exception:
        _fail_for(item.stash[OUTCOMES].unasserted())
        raise
    except BaseException as failure:
        for outcome in item.stash[OUTCOMES].unasserted():
            if not _tells(failure, outcome):
                failure.add_note(_note(outcome))
        raise
    _fail_for(item.stash[OUTCOMES].unasserted())


def _fail_for(unasserted: list[Outcome[object]]) -> None:
    __tracebackhide__ = True
    if not unasserted:
        return
    first, *others = unasserted
    failure = first.failure()
    failure.add_note("No step asserted on this error.")
    for outcome in others:
        failure.add_note(_note(outcome))
    raise failure from failure.error


def _note(outcome: Outcome[object]) -> str:
    return f"Nothing asserted on this error either: {outcome.failure()} (called with: {outcome.arguments})"


def _tells(failure: BaseException, outcome: Outcome[object]) -> bool:
    """Whether the failure already comes from the outcome's error."""
    seen: BaseException | None = failure
    while seen is not None:
        if seen is outcome.error or (isinstance(seen, OperationFailed) and seen.error is outcome.error):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
