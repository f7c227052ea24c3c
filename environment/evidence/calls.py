"""The calls of a scenario as data, without secrets: what its record keeps, and what tables are made of."""

from __future__ import annotations

import pytest

from environment.evidence.exchange import Exchange
from environment.product.calling import Sender
from environment.record import Record
from environment.secrecy.redaction import redact


class WireCall(Record):
    """One request and its answer.

    who: on whose account; thread: its name, empty for the main one; step: the position of the step that made it, None
    in set-up and tear-down. sent and received are bytes. status, seconds (to the head of the answer) and received are
    None without an answer, received also where its length was not announced.
    """

    who: Sender
    thread: str = ""
    step: int | None = None
    method: str
    url: str
    operation: str | None = None
    status: int | None = None
    seconds: float | None = None
    sent: int
    received: int | None = None

    @classmethod
    def of(cls, exchange: Exchange, step: int | None = None) -> WireCall:
        """The call as far as it has come; seconds to the tenth of a millisecond."""
        return cls(
            who=exchange.sender,
            thread=exchange.thread,
            step=step,
            method=exchange.method,
            url=redact(exchange.url),
            operation=exchange.operation,
            status=exchange.status,
            seconds=None if exchange.seconds is None else round(exchange.seconds, 4),
            sent=exchange.request_bytes,
            received=exchange.response_bytes,
        )


CALLS = pytest.StashKey[list[WireCall]]()
"""In ``item.stash``: the calls so far."""
