"""Who sends: the product under test, the suite itself, or the evidence being gathered.

The sender is a context variable, so that each thread and each asyncio task has its own. Threads that the product starts
do not inherit context variables, and Python 3.11 does not announce who starts a thread.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum


class Sender(Enum):
    """On whose account a request goes over the wire."""

    PRODUCT = "product"
    """inside `environment.product.outcome.attempt`"""
    SUITE = "suite"
    """arrangement, observers, undoing"""
    EVIDENCE = "evidence"
    """the recorder's own questions; never recorded"""


_sender: ContextVar[Sender | None] = ContextVar("sender", default=None)


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


def current_sender() -> Sender:
    """The sender in this thread: what `calling_as` set, else the product while a call of it is under way."""
    # Decision: a thread that says nothing of itself is the product's while some call of the product is under way. The
    # suite does nothing else meanwhile, except in threads in which it calls the product, and those say so.
    sender = _sender.get()
    if sender is not None:
        return sender
    if _product_calls and threading.current_thread() is not threading.main_thread():
        return Sender.PRODUCT
    return Sender.SUITE


@contextmanager
def calling_as(sender: Sender) -> Iterator[None]:
    """Attribute everything that this thread sends inside the block to ``sender``."""
    call = object()
    token = _sender.set(sender)
    if sender is Sender.PRODUCT:
        _product_calls.begin(call)
    try:
        yield
    finally:
        _product_calls.end(call)
        _sender.reset(token)


def forget_calls() -> None:
    """Take no notice any more of calls that are still under way: a call that hangs must not outlive its scenario."""
    _product_calls.forget()
