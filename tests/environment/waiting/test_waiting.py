"""Waiting ends with the first true answer, or at its limit with what was waited for."""

from __future__ import annotations

import time

import pytest

from environment.waiting import wait_until


def test_the_first_true_answer_is_returned_and_nothing_asked_after_it() -> None:
    answers = iter([None, [], ["found"], ["later"]])

    assert wait_until(lambda: next(answers), limit_seconds=5, what="an answer") == ["found"]
    assert next(answers) == ["later"]


def test_a_condition_that_holds_costs_no_wait() -> None:
    started = time.perf_counter()

    assert wait_until(lambda: True, limit_seconds=60, what="nothing")

    assert time.perf_counter() - started < 0.5


def test_at_the_limit_it_says_what_was_waited_for() -> None:
    answers = []

    def check() -> list[str]:
        answers.append("asked")
        return []

    started = time.perf_counter()
    with pytest.raises(AssertionError, match=r"^waited 0\.2 s for the package in search, and it never happened$"):
        wait_until(check, limit_seconds=0.2, what="the package in search")

    assert 0.1 < time.perf_counter() - started < 5
    assert len(answers) > 1


def test_an_error_of_the_check_is_not_waited_away() -> None:
    def check() -> bool:
        raise ConnectionError("refused")

    with pytest.raises(ConnectionError, match="refused"):
        wait_until(check, limit_seconds=60, what="anything")
