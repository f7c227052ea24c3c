"""What the deployment says about a request that it answered: the way to the body of an answer.

The recorder on this side sees no answer's body. The embedded deployment keeps a journal; whoever brings the deployment
up puts a way to ask it into ``config.stash[JOURNAL]``. Without one (a live deployment) bodies of answers are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from environment.evidence.calling import Caller, calling_as
from environment.evidence.exchange import Exchange


@dataclass(frozen=True)
class JournalRecord:
    """One request in the deployment's journal.

    ``target`` is path and query, ``status`` None if the deployment gave no answer, ``response_body`` (as much as was
    kept of it) None if the deployment kept none.
    """

    method: str
    target: str
    status: int | None
    response_body: str | None


AskJournal = Callable[[int, float], Sequence[JournalRecord]]
"""``(local port of the client, epoch seconds)`` to the records of that port from that time on, oldest first."""

JOURNAL = pytest.StashKey[AskJournal]()
"""In ``config.stash``, set where the deployment is brought up."""


def response_body(ask: AskJournal, exchange: Exchange) -> str:
    """The body of the exchange's answer, or a sentence that says why there is none."""
    if exchange.local_port is None:
        return "(no body: the connection was gone before its port was known)"
    try:
        with calling_as(Caller.EVIDENCE):
            records = ask(exchange.local_port, exchange.started)
    except Exception as error:  # noqa: BLE001  # evidence that cannot be had is said so in its place
        return f"(no body: the deployment's journal did not answer: {type(error).__name__}: {error})"
    for record in records:
        if _is_of(record, exchange):
            return record.response_body or "(no body: the deployment kept none)"
    return "(no body: the deployment's journal has no such request)"


def _is_of(record: JournalRecord, exchange: Exchange) -> bool:
    # By path alone: the deployment redacts queries in its own way.
    paths = (record.target.partition("?")[0], exchange.target.partition("?")[0])
    return (record.method, record.status) == (exchange.method, exchange.status) and paths[0] == paths[1]
