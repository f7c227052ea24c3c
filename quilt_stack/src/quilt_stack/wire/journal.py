"""The last exchanges on every surface: who asked what, when, what came back; without secrets."""

from __future__ import annotations

import threading
from collections import deque

from pydantic import BaseModel, ConfigDict

from quilt_stack.wire.faults import Surface
from quilt_stack.wire.masking import redact

EXCERPT_BYTES = 4096
ANSWERS_KEPT = 500
"""So many of the last answers are at hand though nothing failed; at most 8 MB of them."""


class JournalEntry(BaseModel):
    """One request and its answer.

    ``started`` is real time in seconds since the epoch (not the deployment's clock); ``target`` is path and query;
    ``operation`` is the GraphQL operation or the AWS ``X-Amz-Target``; ``status`` is None when the connection ended
    before an answer began; ``seconds`` runs until the last byte was handed to the server; ``faults`` names the actions
    that hit it. The excerpts are kept when it ``failed``: a status of 400 or more, none at all, GraphQL errors, or a
    fault other than latency. Everything is redacted. Of a good one among the last `ANSWERS_KEPT` the excerpt of the
    answer can be asked for.
    """

    model_config = ConfigDict(frozen=True)

    number: int = 0
    surface: Surface
    client_address: str
    client_port: int
    started: float
    method: str
    target: str
    operation: str | None
    status: int | None
    seconds: float
    request_bytes: int
    response_bytes: int
    faults: tuple[str, ...] = ()
    by_operator: bool = False
    failed: bool = False
    request_excerpt: str | None = None
    response_excerpt: str | None = None


class Journal:
    """A ring buffer of exchanges; thread-safe."""

    def __init__(self, capacity: int = 20_000) -> None:
        self._exchanges: deque[JournalEntry] = deque(maxlen=capacity)
        self._answers: deque[tuple[int, bytes]] = deque(maxlen=ANSWERS_KEPT)
        self._lock = threading.Lock()
        self._number = 0

    def add(self, exchange: JournalEntry, answer: bytes = b"") -> None:
        """Number and keep an exchange, and for a while the beginning of its answer, redacted when it is read."""
        with self._lock:
            self._number += 1
            self._exchanges.append(exchange.model_copy(update={"number": self._number}))
            if answer and not exchange.failed:
                self._answers.append((self._number, answer))

    def exchanges(
        self,
        *,
        surface: Surface | None = None,
        client_ports: frozenset[int] = frozenset(),
        since: float | None = None,
        until: float | None = None,
        after: int = 0,
        limit: int | None = None,
        all_answers: bool = False,
    ) -> list[JournalEntry]:
        """Exchanges in the order in which they ended.

        Args:
            surface: of this surface alone.
            client_ports: made from one of these ports; empty: any.
            since: started at this time or later (seconds since the epoch).
            until: started before this time.
            after: with a higher number than this.
            limit: the last so many.
            all_answers: with excerpts of good answers, too, as far as they are still at hand.
        """
        with self._lock:
            kept = list(self._exchanges)
            answers = dict(self._answers) if all_answers else {}
        chosen = [
            exchange
            for exchange in kept
            if exchange.number > after
            and (surface is None or exchange.surface is surface)
            and (not client_ports or exchange.client_port in client_ports)
            and (since is None or exchange.started >= since)
            and (until is None or exchange.started < until)
        ]
        chosen = chosen[-limit:] if limit else chosen
        return [
            each.model_copy(update={"response_excerpt": excerpt(answers[each.number])})
            if each.number in answers
            else each
            for each in chosen
        ]


def excerpt(body: bytes) -> str | None:
    """The first part of a body as redacted text; None if there is none.

    Bytes that are not UTF-8 are shown as replacement characters. The text is redacted before it is cut, so that a
    secret at the end is not kept by halves.
    """
    if not body:
        return None
    return redact(body.decode("utf-8", errors="replace"))[:EXCERPT_BYTES]
