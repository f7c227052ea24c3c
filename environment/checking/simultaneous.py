"""Calls that are made at the same time, each from a thread of its own, with a limit for all of them together.

The product may deadlock. Python cannot end a thread from outside, so the threads are daemons: one that never ends fails
its scenario, with the place where it stands, and holds up neither the run nor the end of the process. What it still
calls belongs to the scenario that began it (`environment.product.outcome`, `environment.product.calling`).
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from contextvars import copy_context
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Generic, TypeVar

T = TypeVar("T")

# Far above what any of it takes: whoever is not done by then never will be.
LIMIT_SECONDS = 60.0
REST_SECONDS = 20.0

# Packages whose frames say more about a stuck call than Python's own do.
_TELLING = ("quilt_mcp", "quilt3")


class StuckError(AssertionError):
    """Calls were not done within the limit; the message says how many and where they stand."""


class _Call(threading.Thread, Generic[T]):
    """One call, in a copy of the context of whoever begins it.

    A new thread has an empty context, and the product looks for its user in the context (foundations 9): servers that
    hand work to threads copy it (`asyncio.to_thread`, starlette).
    """

    def __init__(self, work: Callable[[], T]) -> None:
        super().__init__(daemon=True)
        self._context = copy_context()
        self._work = work
        self.results: list[T] = []
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            self.results.append(self._context.run(self._work))
        except Exception as error:  # noqa: BLE001  # raised where the calls are waited for
            self.error = error


class Threads:
    """Makes calls at the same time, and knows the threads that did not come back."""

    def __init__(self) -> None:
        self._left_behind: list[threading.Thread] = []

    def at_once(self, calls: Sequence[Callable[[], T]], *, limit_seconds: float = LIMIT_SECONDS) -> list[T]:
        """Make all calls at the same time; return what they return, in their order.

        Raises:
            StuckError: some were not done in time; their threads go on.
            ExceptionGroup: some calls raised; product errors do not, if they are made through `attempt`.
        """
        ready = threading.Barrier(len(calls))

        def when_all_are_ready(work: Callable[[], T]) -> T:
            ready.wait()
            return work()

        begun = [self.begin(partial(when_all_are_ready, work)) for work in calls]
        return self.end(begun, limit_seconds=limit_seconds)

    def begin(self, work: Callable[[], T]) -> _Call[T]:
        """Make a call in a thread of its own, and go on."""
        call = _Call(work)
        call.start()
        return call

    def end(self, begun: Sequence[_Call[T]], *, limit_seconds: float = LIMIT_SECONDS) -> list[T]:
        """Wait for calls that were begun; return and raise as `at_once` does."""
        stuck = _join(begun, limit_seconds)
        if stuck:
            self._left_behind += stuck
            raise StuckError(
                f"{len(stuck)} of {len(begun)} threads were not done in {limit_seconds:g} s: {_places(stuck)}"
            )
        errors = [call.error for call in begun if call.error is not None]
        if errors:
            raise ExceptionGroup(f"{len(errors)} of {len(begun)} threads failed", errors)
        return [call.results[0] for call in begun]

    def wait_for_the_rest(self, limit_seconds: float = REST_SECONDS) -> None:
        """Give threads that were too late time to end, before what they work on is taken away.

        Raises:
            StuckError: some did not end.
        """
        stuck = _join(self._left_behind, limit_seconds)
        if stuck:
            raise StuckError(
                f"{len(stuck)} threads still have not ended after {limit_seconds:g} s more: {_places(stuck)}"
            )


def _join(threads: Sequence[threading.Thread], limit_seconds: float) -> list[threading.Thread]:
    """Wait for threads, together not longer than the limit; return those that still run."""
    end = time.monotonic() + limit_seconds
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return [thread for thread in threads if thread.is_alive()]


def _places(threads: Sequence[threading.Thread]) -> str:
    """Where threads stand, and how many of them at each place."""
    frames = sys._current_frames()
    places = Counter(_place(frames[thread.ident]) for thread in threads if thread.ident in frames)
    return "; ".join(f"{count} in {place}" for place, count in places.most_common())


def _place(frame: FrameType) -> str:
    """The innermost place in the product or in quilt3, else the innermost of all."""
    stack = traceback.extract_stack(frame)
    telling = [entry for entry in stack if set(Path(entry.filename).parts) & set(_TELLING)]
    at = (telling or stack)[-1]
    return f"{at.name} ({Path(at.filename).name}:{at.lineno})"
