"""The undo log's file format: JSON Lines, one record per line, only ever appended to.

The first line tells whose undo log it is; each further one books a thing, or closes a booking as done or as vacuous::

    {"record": "undo log", "process": {"pid": 1, "started": 1.5}, "worker": "gw0", "opened": "…Z"}
    {"record": "booked", "entry": {"id": "…", "kind": "package", …}}
    {"record": "closed", "id": "…", "how": "done", "reason": ""}

A line that a crash cut short is no record: what it would have booked was not made yet, because booking comes first.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from environment.record import Record


class TargetReference(Record):
    """Which deployment a thing was made on.

    ``identity`` tells one embedded deployment from a later one at the same address; empty for a live one.
    """

    kind: Literal["embedded", "live"]
    url: str
    identity: str = ""


class OwnerProcess(Record):
    """A process, told from a later one with the same number by when it started (epoch seconds)."""

    pid: int
    started: float


class BookedThing(Record):
    """A thing that is about to be made, with what its undo action needs."""

    id: str
    kind: str
    description: str
    parameters: dict[str, Any]
    target: TargetReference
    scenario: str
    at: datetime


class Opened(Record):
    """First line of an undo log."""

    record: Literal["undo log"] = "undo log"
    process: OwnerProcess
    worker: str
    opened: datetime


class Booked(Record):
    """A booking."""

    record: Literal["booked"] = "booked"
    entry: BookedThing


class Closed(Record):
    """The end of a booking: undone, or vacuous for the reason given."""

    record: Literal["closed"] = "closed"
    id: str
    how: Literal["done", "vacuous"]
    reason: str = ""


LogLine = Opened | Booked | Closed
_LINE: TypeAdapter[LogLine] = TypeAdapter(Opened | Booked | Closed)


@dataclass(frozen=True)
class UndoLogContents:
    """What an undo log's file says: whose it is (None if even that line was cut), what is open, lines that are none."""

    path: Path
    opened: Opened | None
    open_things: list[BookedThing]
    """in the order of booking"""
    torn_lines: list[int]
    """numbers of lines that are no records, from 1"""


def encode(record: LogLine) -> bytes:
    """One line, its end included."""
    return record.model_dump_json().encode("utf-8") + b"\n"


def read(path: Path) -> UndoLogContents:
    """Read an undo log's file. Raises OSError if it cannot be read."""
    opened: Opened | None = None
    things: dict[str, BookedThing] = {}
    torn: list[int] = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = _LINE.validate_json(line)
        except ValidationError:
            torn.append(number)
            continue
        if isinstance(record, Opened):
            opened = record
        elif isinstance(record, Booked):
            things[record.entry.id] = record.entry
        else:
            things.pop(record.id, None)
    return UndoLogContents(path, opened, list(things.values()), torn)


def plain_json(parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters as they will be read again. Raises TypeError if JSON would change them (tuples, paths, dates)."""
    text = json.dumps(parameters)
    if json.loads(text) != parameters:
        raise TypeError("the parameters of a booking must be plain JSON: text, numbers, booleans, lists, dictionaries")
    return parameters
