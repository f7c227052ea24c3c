"""A sentence about a person reads the last answer of that person, and what a Then asked for itself is no answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from environment.errors import SuiteError
from environment.product.outcome import Outcomes, attempt_as, keep_answer, last_outcome, registered_in


@pytest.fixture
def outcomes() -> Iterator[Outcomes]:
    with registered_in(Outcomes()) as register:
        register.begin_step("when")
        yield register


def search(found: str) -> str:
    return found


def browse(found: str) -> str:
    return found


def refuse() -> None:
    raise ValueError("not so")


def test_each_person_has_a_last_answer_of_their_own(outcomes: Outcomes) -> None:
    attempt_as("Lee", search, "Lee's")
    attempt_as("Dana", search, "Dana's")
    assert last_outcome("Lee").value == "Lee's"


def test_the_last_answer_of_an_operation(outcomes: Outcomes) -> None:
    attempt_as("Dana", search, "found")
    attempt_as("Dana", browse, "seen")
    assert last_outcome("Dana").value == "seen"
    assert last_outcome("Dana", "search").value == "found"
    assert last_outcome("Dana", "list", "search").value == "found"


def test_what_a_then_asks_for_itself_is_no_answer(outcomes: Outcomes) -> None:
    attempt_as("Dana", search, "asked for")
    outcomes.begin_step("then")
    attempt_as("Dana", search, "looked up")
    assert last_outcome("Dana").value == "asked for"
    outcomes.begin_step("when")
    attempt_as("Dana", search, "asked for later")
    assert last_outcome("Dana").value == "asked for later"


def test_somebody_who_was_asked_nothing_is_an_error_of_the_scenario(outcomes: Outcomes) -> None:
    attempt_as("Dana", search, "found")
    with pytest.raises(SuiteError, match=r"Lee never called anything.*called were: Dana's search$"):
        last_outcome("Lee")
    with pytest.raises(SuiteError, match="Dana never called browse"):
        last_outcome("Dana", "browse")


def test_outside_a_scenario_there_is_no_answer() -> None:
    with pytest.raises(SuiteError, match="called were: nothing"):
        last_outcome("Dana")


def test_an_answer_by_other_means_counts_as_well(outcomes: Outcomes) -> None:
    assert keep_answer("Dana", "query", ["row"]) == ["row"]
    assert last_outcome("Dana", "query").value == ["row"]


def test_a_look_at_what_an_error_says_asserts_nothing(outcomes: Outcomes) -> None:
    outcome = attempt_as("Dana", refuse)
    assert str(outcome.error_raised) == "not so"
    assert outcomes.unasserted() == [outcome]
    with pytest.raises(
        AssertionError,
        match=r"^Dana was to be refused, but was not\. Dana's search was to be refused, but it returned 'found'",
    ):
        _ = attempt_as("Dana", search, "found").error_raised
