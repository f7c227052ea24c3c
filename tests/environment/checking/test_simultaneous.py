"""Calls from several threads: really at the same time, within a limit, with nothing left that tells on later calls."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import partial

import pytest

from environment.checking.simultaneous import StuckError, Threads
from environment.product.calling import Sender, calling_as, current_sender, forget_calls
from environment.product.outcome import Outcomes, attempt, registered_in

Refuse = Callable[[], None]
WHO: ContextVar[str] = ContextVar("who", default="nobody")


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Closed during the test; opened afterwards, so that no thread stays."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def threads(gate: threading.Event) -> Iterator[Threads]:
    begun = Threads()
    yield begun
    gate.set()
    begun.wait_for_the_rest(5)


def test_what_calls_return_comes_in_their_order(threads: Threads) -> None:
    assert threads.at_once([partial(pow, 2, number) for number in range(20)], limit_seconds=5) == [
        2**number for number in range(20)
    ]


def test_all_calls_are_under_way_at_the_same_time(threads: Threads) -> None:
    """Each call waits for all the others: one after the other they would never end."""
    meeting = threading.Barrier(10)
    assert sorted(threads.at_once([meeting.wait] * 10, limit_seconds=5)) == list(range(10))


def test_threads_have_the_context_of_whoever_makes_the_calls_and_keep_changes_to_themselves(threads: Threads) -> None:
    WHO.set("Dana")

    def told() -> str:
        found = WHO.get()
        WHO.set("somebody else")
        return found

    assert threads.at_once([told] * 5, limit_seconds=5) == ["Dana"] * 5
    assert WHO.get() == "Dana"


def test_a_call_that_never_ends_is_given_up_with_the_place_where_it_stands(
    threads: Threads, gate: threading.Event
) -> None:
    with pytest.raises(StuckError, match=r"1 of 3 threads were not done in 0\.2 s: 1 in wait \(threading\.py:\d+\)"):
        threads.at_once([gate.wait, lambda: True, lambda: True], limit_seconds=0.2)


def test_threads_that_were_given_up_can_be_waited_for(threads: Threads, gate: threading.Event) -> None:
    with pytest.raises(StuckError):
        threads.at_once([gate.wait], limit_seconds=0.1)
    with pytest.raises(StuckError, match=r"1 threads still have not ended after 0\.1 s more"):
        threads.wait_for_the_rest(0.1)
    gate.set()
    threads.wait_for_the_rest(5)


def test_no_thread_holds_up_the_end_of_the_process(threads: Threads, gate: threading.Event) -> None:
    call = threads.begin(gate.wait)
    assert call.daemon


def test_errors_of_the_suites_own_come_out_together(threads: Threads) -> None:
    def refuse() -> None:
        raise ValueError("on purpose")

    with pytest.raises(ExceptionGroup, match="2 of 3 threads failed") as raised:
        threads.at_once([refuse, refuse, lambda: None], limit_seconds=5)
    assert [str(error) for error in raised.value.exceptions] == ["on purpose"] * 2


def test_calls_that_overlap_are_begun_and_ended_one_by_one(threads: Threads, gate: threading.Event) -> None:
    first = threads.begin(gate.wait)
    assert threads.end([threads.begin(lambda: "second")], limit_seconds=5) == ["second"]
    gate.set()
    assert threads.end([first], limit_seconds=5) == [True]


def test_a_call_that_outlives_its_scenario_is_told_to_that_one_and_not_to_the_next(
    threads: Threads, gate: threading.Event
) -> None:
    def refuse_late() -> None:
        gate.wait()
        raise ValueError("too late")

    with registered_in(Outcomes()) as own, pytest.raises(StuckError):
        threads.at_once([partial(attempt, refuse_late)], limit_seconds=0.1)
    with registered_in(Outcomes()) as next_one:
        gate.set()
        threads.wait_for_the_rest(5)

    assert [outcome.operation for outcome in own.all()] == ["refuse_late"]
    assert next_one.all() == []


def test_what_the_suite_does_in_threads_is_not_taken_for_a_call_that_hangs(
    threads: Threads, gate: threading.Event
) -> None:
    def hang() -> None:
        with calling_as(Sender.PRODUCT):
            gate.wait()

    hanging = threads.begin(hang)
    asking = partial(threads.at_once, [current_sender], limit_seconds=5)
    with calling_as(Sender.PRODUCT):
        pass
    assert asking() == [Sender.PRODUCT]  # as if the hanging call had begun this thread

    forget_calls()

    assert asking() == [Sender.SUITE]
    gate.set()
    threads.end([hanging], limit_seconds=5)
    assert asking() == [Sender.SUITE]
