"""Who is calling: the product under test, the suite itself, or the evidence being gathered.

The caller is a context variable, so that each thread and each asyncio task has its own. Threads that the product starts
do not inherit context variables, and Python 3.11 does not announce who starts a thread.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum


class Caller(Enum):
    """On whose account a request goes over the wire."""

    PRODUCT = "product"
    """inside `environment.product.outcome.attempt`"""
    SUITE = "suite"
    """arrangement, observers, undoing"""
    EVIDENCE = "evidence"
    """the recorder's own questions; never recorded"""


_caller: ContextVar[Caller | None] = ContextVar("caller", default=None)


class _ProductCalls:
    """The calls of the product that are under way in this process."""

    def __init__(self) -> None:
        self._under_way: set[object] = set()
        self._lock = threading.Lock()

    def begin(self, call: object) -> None:
        with self._lock:
            self._under_way.add(call)

    def end(self, call: object) -> None:
        with self._lock:
            self._under_way.discard(call)

    def forget(self) -> None:
        with self._lock:
            self._under_way.clear()

    def __bool__(self) -> bool:
        return bool(self._under_way)


_product_calls = _ProductCalls()


def current_caller() -> Caller:
    """The caller in this thread: what `calling_as` set, else the product while a call of it is under way."""
    # Decision: a thread that says nothing of itself is the product's while some call of the product is under way. The
    # suite does nothing else meanwhile, except in threads in which it calls the product, and those say so.
    caller = _caller.get()
    if caller is not None:
        return caller
    if _product_calls and threading.current_thread() is not threading.main_thread():
        return Caller.PRODUCT
    return Caller.SUITE


@contextmanager
def calling_as(caller: Caller) -> Iterator[None]:
    """Attribute everything that this thread sends inside the block to ``caller``."""
    call = object()
    token = _caller.set(caller)
    if caller is Caller.PRODUCT:
        _product_calls.begin(call)
    try:
        yield
    finally:
        _product_calls.end(call)
        _caller.reset(token)


def forget_calls() -> None:
    """Take no notice any more of calls that are still under way: a call that hangs must not outlive its scenario."""
    _product_calls.forget()
