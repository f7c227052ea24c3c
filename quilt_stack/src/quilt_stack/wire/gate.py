"""A gate that requests pass: it is closed while the whole state is looked at or replaced."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import anyio.to_thread

from quilt_stack.wire.connections import ASGIApplication, Receive, Scope, Send


class StillBusy(Exception):  # noqa: N818 - a state, and no defect
    """Requests that were let in did not leave in time."""


class Gate:
    """Open at first; safe for use from many threads."""

    def __init__(self) -> None:
        self._inside = 0
        self._is_closed = False
        self._changed = threading.Condition()

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Pass for the length of the block, and before that wait while the gate is closed."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    @contextmanager
    def closed(self, limit_seconds: float) -> Iterator[None]:
        """Let nobody in for the length of the block, which begins when everybody has left.

        Raises:
            StillBusy: somebody did not leave in time; the gate is open again.
        """
        with self._changed:
            self._is_closed = True
        try:
            with self._changed:
                if not self._changed.wait_for(lambda: self._inside == 0, limit_seconds):
                    raise StillBusy(f"{self._inside} of the requests in progress did not end in {limit_seconds:g} s")
            yield
        finally:
            with self._changed:
                self._is_closed = False
                self._changed.notify_all()

    def before(self, application: ASGIApplication) -> ASGIApplication:
        """The application behind the gate."""

        async def behind(scope: Scope, receive: Receive, send: Send) -> None:
            if not self._entered_at_once():
                # In a thread that is not one of those that requests inside are served by: they must be able to leave.
                await anyio.to_thread.run_sync(self._enter, limiter=anyio.CapacityLimiter(1))
            try:
                await application(scope, receive, send)
            finally:
                self._leave()

        return behind

    def _entered_at_once(self) -> bool:
        with self._changed:
            if not self._is_closed:
                self._inside += 1
                return True
            return False

    def _enter(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._is_closed)
            self._inside += 1

    def _leave(self) -> None:
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()
