"""What an attempt keeps, and what asserting on it says."""

from __future__ import annotations

import threading
import time

import pytest

from environment.gherkin.readable import in_words
from environment.product.calling import Sender, current_sender
from environment.product.outcome import (
    OperationFailed,
    Outcome,
    Outcomes,
    attempt,
    attempt_as,
    current_outcomes,
    registered_in,
)


class BackendError(Exception):
    """As the product would raise."""


class NotFoundError(BackendError):
    """A kind of it."""


def publish(name: str, files: list[str], password: str = "") -> str:
    if not files:
        raise NotFoundError(f"no files for {name}")
    return f"top hash of {name}"


def test_a_value() -> None:
    outcome = attempt(publish, "team/data", ["a.csv"])
    assert outcome.value == "top hash of team/data"
    assert outcome.succeeded
    assert outcome.operation == "publish"
    assert outcome.arguments == "name='team/data', files=['a.csv']"
    assert outcome.seconds >= 0


def test_an_error_stays_in_the_outcome_until_the_value_is_taken() -> None:
    outcome = attempt_as("Dana", publish, "team/data", [])
    with pytest.raises(OperationFailed) as failure:
        _ = outcome.value
    assert str(failure.value) == "Dana's publish failed: NotFoundError: no files for team/data"
    assert failure.value.__cause__ is failure.value.error is outcome.error
    assert not outcome.asserted


def test_a_refusal_of_the_expected_kind_or_one_derived_from_it() -> None:
    for kind in (NotFoundError, BackendError):
        outcome = attempt(publish, "team/data", [])
        assert str(outcome.refusal(kind)) == "no files for team/data"
        assert outcome.asserted


def test_another_kind_of_refusal_tells_both_kinds_and_the_message() -> None:
    outcome = attempt_as("Lee", publish, "team/data", [])
    with pytest.raises(AssertionError) as failure:
        outcome.refusal(PermissionError)
    assert str(failure.value) == (
        "Lee was to be refused: not allowed, but was refused: not found. "
        "Lee's publish was to be refused with PermissionError, but it raised NotFoundError: no files for team/data"
    )
    assert not outcome.asserted


def test_no_refusal_tells_what_came_instead() -> None:
    with pytest.raises(AssertionError, match=r"publish was to be refused with BackendError, but it returned 'top hash"):
        attempt(publish, "team/data", ["a.csv"]).refusal(BackendError)


@pytest.mark.parametrize("passing", [KeyboardInterrupt, SystemExit])
def test_what_is_no_answer_of_the_product_passes(passing: type[BaseException]) -> None:
    def interrupted() -> None:
        raise passing

    with pytest.raises(passing):
        attempt(interrupted)


def test_asynchronous_operations_are_refused() -> None:
    async def later() -> None: ...

    with pytest.raises(TypeError, match="asynchronous"):
        attempt(later)


def test_arguments_hold_no_secrets_and_are_short() -> None:
    outcome = attempt(publish, "Bearer abcdef123456", [f"{n}.csv" for n in range(99)], password="hunter")
    assert "abcdef123456" not in outcome.arguments
    assert "password=[redacted]" in outcome.arguments
    assert len(outcome.arguments) < 200


def test_messages_hold_no_secrets() -> None:
    def sign_in() -> None:
        raise BackendError("refused: Authorization: Bearer abcdef123456")

    assert "abcdef123456" not in str(attempt(sign_in).failure())


def test_arguments_that_do_not_fit_are_the_products_error() -> None:
    outcome = attempt(publish)  # type: ignore[call-arg]
    assert isinstance(outcome.error, TypeError)


def test_the_product_is_the_caller_inside_an_attempt_only() -> None:
    assert attempt(current_sender).value is Sender.PRODUCT
    assert current_sender() is Sender.SUITE


def test_attempts_of_worker_threads_are_registered_and_overlap_counts_once() -> None:
    barrier = threading.Barrier(3)

    def meet() -> None:
        barrier.wait(timeout=5)
        time.sleep(0.02)

    with registered_in(Outcomes()) as outcomes:
        threads = [threading.Thread(target=attempt, args=(meet,)) for _ in range(3)]
        begin = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wall_seconds = time.perf_counter() - begin
    assert len(outcomes.all()) == 3
    assert 0.02 <= outcomes.product_seconds() <= wall_seconds


def test_one_register_at_a_time() -> None:
    with registered_in(Outcomes()), pytest.raises(RuntimeError, match="another scenario"), registered_in(Outcomes()):
        pass
    assert current_outcomes() is None


def test_outside_a_scenario_nothing_is_registered() -> None:
    outcome: Outcome[str] = attempt(publish, "a", ["b"])
    assert outcome.succeeded


def test_a_refusal_whose_message_is_empty_is_no_answer() -> None:
    def refuse() -> None:
        raise BackendError(" ")

    with pytest.raises(AssertionError, match=r"was to be refused with BackendError that says why, but its message is"):
        attempt(refuse).refusal(BackendError)


def test_readers_are_told_in_their_words_what_nobody_got() -> None:
    def get_content_url() -> str:
        raise BackendError("'Package' object has no attribute 'get_url'")

    assert str(attempt_as("Dana", get_content_url).failure()).startswith(
        "Dana did not get a link: Dana's get_content_url failed: BackendError: 'Package'"
    )


@pytest.mark.parametrize(
    ("files", "kinds", "words"),
    [
        ([], (PermissionError,), "Dana was to be refused: not allowed, but was refused: not found. Dana's publish "),
        ([], (ValueError,), "Dana was to be refused, but was refused: not found. "),
        (
            ["a.csv"],
            (NotFoundError, PermissionError),
            "Dana was to be refused: not found or not allowed, but was not. ",
        ),
        (["a.csv"], (NotFoundError, BackendError, PermissionError), "Dana was to be refused, but was not. "),
        (None, (PermissionError,), "Dana was to be refused: not allowed, but met an unexpected error. "),
    ],
)
def test_readers_are_told_in_their_words_how_somebody_was_answered(
    files: list[str] | None, kinds: tuple[type[Exception], ...], words: str
) -> None:
    outcome = attempt_as("Dana", publish, *([] if files is None else ["team/data", files]))
    with pytest.raises(AssertionError) as failure:
        outcome.refusal(*kinds)
    assert str(failure.value).startswith(words)
    assert in_words(failure.value) == words.partition("Dana's")[0].strip()


def test_arguments_are_told_by_position_or_by_name_without_secrets() -> None:
    def anything(*arguments: object, **named: object) -> None: ...

    def known(name: str, *more: object, password: str = "") -> None: ...

    assert attempt(anything, "nora", limit=3, token="hunter2").arguments == "'nora', limit=3, token=[redacted]"
    assert attempt(known, "nora", 1, password="hunter2").arguments == "name='nora', 1, password=[redacted]"
