"""Calls as plain text for people: a table, and the bodies of those that need looking into."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from environment.evidence.calls import WireCall
from environment.evidence.exchange import EXCERPT_BYTES, Exchange
from environment.secrecy.redaction import redact

HEADINGS = ("method", "operation", "status", "ms", "sent", "received", "URL")
_RIGHT_ALIGNED = frozenset({"status", "ms", "sent", "received"})
LONGEST_BODY = EXCERPT_BYTES
"""Characters of an answer's body that are shown."""


def call_table(calls: Sequence[WireCall]) -> str:
    """A table, one line per call in the order of sending; sizes in bytes, times in milliseconds."""
    rows = [("who", *HEADINGS), *((_who(call), *cells(call)) for call in calls)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows) + "\n"


def call_line(call: WireCall) -> str:
    """A call as a line of its own, where columns cannot be kept."""
    shown = dict(zip(HEADINGS, cells(call), strict=True))
    asked = " ".join(filter(None, (_who(call), shown["method"], shown["operation"])))
    took = f" in {shown['ms']} ms" if shown["ms"] else ""
    received = f", {shown['received']} received" if shown["received"] else ""
    return f"{asked}: {shown['status']}{took}, {shown['sent']} bytes sent{received}, {shown['URL']}"


def bodies(
    exchanges: Sequence[Exchange], response_body: Callable[[Exchange], str] | None, *, of_all: bool = False
) -> str:
    """The beginnings of the bodies of these exchanges, redacted; empty if there is nothing to show.

    ``response_body`` fetches the body of an answer; it is asked about those that may tell a failure, or about all of
    them if wanted. Without it only what was sent is shown.
    """
    sections = []
    for exchange in exchanges:
        lines = [f"sent: {_text(bytes(exchange.body))}"] if exchange.body else []
        if response_body is not None and exchange.status is not None and (of_all or exchange.may_hide_failure):
            lines.append(f"received: {redact(_cut(response_body(exchange)))}")
        if lines:
            sections += [redact(f"--- {exchange.method} {exchange.url}: {_status(exchange.status)}"), *lines]
    return "\n".join(sections)


def cells(call: WireCall) -> tuple[str, ...]:
    """What is shown of a call, by `HEADINGS`."""
    return (
        call.method,
        call.operation or "",
        _status(call.status),
        "" if call.seconds is None else f"{call.seconds * 1000:.1f}",
        str(call.sent),
        "" if call.received is None else str(call.received),
        call.url,
    )


def _who(call: WireCall) -> str:
    return f"{call.who.value} ({call.thread})" if call.thread else call.who.value


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (
        cell.rjust(width) if heading in _RIGHT_ALIGNED else cell.ljust(width)
        for heading, cell, width in zip(("who", *HEADINGS), row, widths, strict=True)
    )
    return "  ".join(cells).rstrip()


def _status(status: int | None) -> str:
    return "no answer" if status is None else str(status)


def _text(body: bytes) -> str:
    try:
        # a cut may have gone through the middle of a character
        text = body.decode("utf-8", "strict" if len(body) < EXCERPT_BYTES else "ignore")
    except UnicodeDecodeError:
        text = "\0"
    # control characters are legal UTF-8, but no text
    if any(character < " " and character not in "\t\r\n" for character in text):
        return f"(binary, first {len(body)} bytes not shown)"
    return redact(text)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_BODY else f"{text[:LONGEST_BODY]}… ({len(text)} characters)"
