"""Waiting for a condition with a limit: the deployment's index is eventually consistent, and so is a real one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tenacity import Retrying, retry_if_result, stop_after_delay, wait_exponential

T = TypeVar("T")


def wait_until(check: Callable[[], T], *, limit_seconds: float, what: str) -> T:
    """Call ``check`` until it returns something true, and return that.

    Raises:
        AssertionError: when the limit has passed; it says what was waited for.
    """

    def give_up(_: object) -> T:
        raise AssertionError(f"waited {limit_seconds:g} s for {what}, and it never happened")

    waiting = Retrying(
        retry=retry_if_result(lambda found: not found),
        stop=stop_after_delay(limit_seconds),
        wait=wait_exponential(multiplier=0.02, max=1.0),
        retry_error_callback=give_up,
    )
    return waiting(check)
