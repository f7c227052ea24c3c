"""Who is calling: the product under test, the suite itself, or the evidence being gathered.

The caller is a context variable, so that each thread and each asyncio task has its own. Threads that the product starts
do not inherit context variables; `adopt_thread` lets them belong to whoever started them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from weakref import WeakKeyDictionary


class Caller(Enum):
    """On whose account a request goes over the wire."""

    PRODUCT = "product"
    """inside `environment.outcome.attempt`"""
    SUITE = "suite"
    """arrangement, observers, undoing"""
    EVIDENCE = "evidence"
    """the recorder's own questions; never recorded"""


_caller: ContextVar[Caller | None] = ContextVar("caller", default=None)
_adopted: WeakKeyDictionary[threading.Thread, Caller] = WeakKeyDictionary()


def current_caller() -> Caller:
    """The caller in this thread: what `calling_as` set, else what the thread was started by, else the suite."""
    caller = _caller.get()
    if caller is not None:
        return caller
    return _adopted.get(threading.current_thread(), Caller.SUITE)


@contextmanager
def calling_as(caller: Caller) -> Iterator[None]:
    """Attribute everything that this thread sends inside the block to ``caller``."""
    token = _caller.set(caller)
    try:
        yield
    finally:
        _caller.reset(token)


def adopt_thread(thread: threading.Thread) -> None:
    """Let a thread that is about to start belong to the caller that starts it."""
    caller = current_caller()
    if caller is not Caller.SUITE:
        _adopted[thread] = caller
