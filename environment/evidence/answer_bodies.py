"""The body of an exchange's answer, as the deployment's journal has it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from environment.evidence.exchange import Exchange
from environment.product.calling import Sender, calling_as
from environment.targets.answers import JOURNAL, AskJournal, JournalRecord


def answers(config: pytest.Config) -> Callable[[Exchange], str] | None:
    """What finds the body of an exchange's answer; None where the deployment keeps no journal."""
    ask = config.stash.get(JOURNAL, None)
    return None if ask is None else partial(response_body, ask)


def response_body(ask: AskJournal, exchange: Exchange) -> str:
    """The body of the exchange's answer, or a sentence that says why there is none."""
    if exchange.local_port is None:
        return "(no body: the connection was gone before its port was known)"
    try:
        with calling_as(Sender.EVIDENCE):
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
