"""Comparing passes exactly when both are the same, tells every difference otherwise, and never passes on nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from environment.checking.comparing import must_agree, must_be_empty, must_be_exactly, must_not_be_empty
from environment.errors import SuiteError
from environment.gherkin.readable import in_words

WORDS = st.lists(st.sampled_from("abcdefg"), max_size=12)
SOME_WORDS = st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=12)
MAPPINGS = st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 3), max_size=7)
SOME_MAPPINGS = st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 3), min_size=1, max_size=7)


@given(WORDS, SOME_WORDS)
def test_the_same_items_as_often_in_any_order_pass_and_nothing_else(found: list[str], expected: list[str]) -> None:
    same = Counter(found) == Counter(expected)
    try:
        must_be_exactly(found, expected, "items")
    except AssertionError as error:
        assert not same
        assert str(error).startswith("items differ: ")
    else:
        assert same


@given(WORDS, SOME_WORDS)
def test_each_item_that_differs_is_told_once_and_under_the_right_head(found: list[str], expected: list[str]) -> None:
    if Counter(found) == Counter(expected):
        return
    with pytest.raises(AssertionError) as caught:
        must_be_exactly(found, expected, "items")

    parts = dict(part.split(": ", 1) for part in str(caught.value).removeprefix("items differ: ").split("; "))
    have, want = Counter(found), Counter(expected)
    assert parts.get("missing", "") == ", ".join(sorted(set(want) - set(have)))
    assert parts.get("not expected", "") == ", ".join(sorted(set(have) - set(want)))
    often = sorted(item for item in have if item in want and have[item] > want[item])
    assert parts.get("more than once", "") == ", ".join(f"{item} ({have[item]} times)" for item in often)
    rare = sorted(item for item in have if have[item] < want[item])
    assert parts.get("less often", "") == ", ".join(f"{item} ({have[item]} of {want[item]} times)" for item in rare)


@given(MAPPINGS, SOME_MAPPINGS)
def test_mappings_agree_when_they_are_equal_and_not_otherwise(found: dict[str, int], expected: dict[str, int]) -> None:
    try:
        must_agree(found, expected, "values")
    except AssertionError as error:
        assert found != expected
        if found.keys() == expected.keys():
            changed = [key for key in found if found[key] != expected[key]]
            assert all(f"{key} is {found[key]}, not {expected[key]}" in str(error) for key in changed)
    else:
        assert found == expected


def test_one_shot_iterables_and_tuples_are_told_in_words() -> None:
    with pytest.raises(AssertionError, match=r"^changes differ: missing: added a\.csv; not expected: deleted b\.csv$"):
        must_be_exactly(iter([("deleted", "b.csv")]), iter([("added", "a.csv")]), "changes")


def test_of_many_differences_the_first_are_told_and_the_rest_counted() -> None:
    with pytest.raises(AssertionError) as caught:
        must_be_exactly([], [f"{number:03}.csv" for number in range(20)], "files")

    assert (
        str(caught.value)
        == "files differ: missing: " + ", ".join(f"{number:03}.csv" for number in range(8)) + " and 12 more"
    )


@pytest.mark.parametrize("found", [[], ["a.csv"]])
def test_nothing_is_compared_with_an_empty_expectation(found: list[str]) -> None:
    with pytest.raises(SuiteError, match="Compared files: there is nothing to compare with"):
        must_be_exactly(found, [], "files")
    with pytest.raises((SuiteError, AssertionError)):
        must_agree(dict.fromkeys(found), {}, "files")


@pytest.mark.parametrize("nothing", [{}, None, [], ""])
def test_an_empty_answer_agrees_with_nothing(nothing: object) -> None:
    with pytest.raises(AssertionError):
        must_agree(nothing, {"a": 1}, "fields")  # type: ignore[arg-type]


def test_emptiness_passes_only_where_it_was_promised() -> None:
    must_be_empty([], "files")
    with pytest.raises(AssertionError, match=r"^files differ: not expected: a\.csv$"):
        must_be_empty(["a.csv"], "files")


def test_something_is_there_before_anything_is_said_about_each() -> None:
    assert must_not_be_empty(iter("ab"), "results") == ["a", "b"]
    with pytest.raises(AssertionError, match=r"^there are no results$"):
        must_not_be_empty([], "results")


@dataclass(frozen=True)
class Known:
    name: str
    is_active: bool
    role: str | None


def test_of_two_records_only_the_fields_that_differ_are_told() -> None:
    with pytest.raises(AssertionError) as caught:
        must_agree({"lee": Known("lee", False, "viewer")}, {"lee": Known("lee", True, "viewer")}, "users")
    assert str(caught.value) == "users differ: lee: is_active is False, not True"
    with pytest.raises(AssertionError, match=r"users differ: lee is None, not Known\("):
        must_agree({"lee": None}, {"lee": Known("lee", True, "viewer")}, "users")


def test_people_read_what_differs_without_the_words_of_python() -> None:
    with pytest.raises(
        AssertionError, match="open_query_enabled is True, not False, status is 'draft', not None"
    ) as told:
        must_agree(
            {"open_query_enabled": True, "status": "draft"},
            {"open_query_enabled": False, "status": None},
            "fields of the answer",
        )
    assert in_words(told.value) == "the answer: open query enabled is yes, not no, status is “draft”, not nothing"
    with pytest.raises(AssertionError) as told:
        must_agree({"lee": Known("lee", False, "viewer")}, {"lee": Known("lee", True, "viewer")}, "users")
    assert in_words(told.value) == "users: lee: is active is no, not yes"
