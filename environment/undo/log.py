"""The undo log: what a scenario makes is booked on disk before it is made (rule 8)."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from environment.secrecy.redaction import redact
from environment.undo.actions import check_parameters
from environment.undo.process import this_process
from environment.undo.records import (
    Booked,
    BookedThing,
    Closed,
    LogLine,
    Opened,
    OwnerProcess,
    TargetReference,
    encode,
    plain_json,
)

SUFFIX = ".jsonl"


class UndoLogFile:
    """The file of one process: made at the first booking, durable line by line, removed once nothing in it is open.

    Thread-safe. ``owner`` is the process to whom it belongs; another one only for tests. ``mirror`` is called after
    each change, with a path that may be gone; what it raises, `book` and `close` do. ``outlasts_power`` says whether
    to wait for the disk: not where the deployment itself would not outlast a loss of power.
    """

    mirror: Callable[[Path], None]
    outlasts_power: bool = True

    def __init__(self, directory: Path, *, worker: str = "", owner: OwnerProcess | None = None) -> None:
        self._owner = owner or this_process()
        self._worker = worker
        self._open: set[str] = set()
        self._lock = threading.Lock()
        self.mirror = lambda _path: None
        moment = datetime.now(UTC)
        name = "-".join(filter(None, (f"{moment:%Y%m%dT%H%M%S}", worker, str(self._owner.pid), uuid4().hex[:6])))
        self.path = directory / f"{name}{SUFFIX}"

    def book(self, thing: BookedThing) -> None:
        """Write a booking; when this returns no end of this process loses it. Raises OSError if it is not written."""
        with self._lock:
            if not self.path.exists():
                self._create()
            append(self.path, Booked(entry=thing), wait=self.outlasts_power)
            self._open.add(thing.id)
            self.mirror(self.path)

    def close(self, identifier: str) -> None:
        """Write that a thing is undone, and remove the file if it was the last one."""
        with self._lock:
            append(self.path, Closed(id=identifier, how="done"), wait=self.outlasts_power)
            self._open.discard(identifier)
            if not self._open:
                self.path.unlink()
            self.mirror(self.path)

    def _create(self) -> None:
        # Under another name until its first line is complete: clean-up must not meet an undo log without an owner.
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_suffix(".new")
        unfinished.touch(mode=0o600)
        opened = Opened(process=self._owner, worker=self._worker, opened=datetime.now(UTC))
        append(unfinished, opened, wait=self.outlasts_power)
        unfinished.replace(self.path)
        if self.outlasts_power:
            _synchronize_directory(self.path.parent)


def append(path: Path, record: LogLine, *, wait: bool = True) -> None:
    """Append a record to an undo log, on a line of its own also after one cut short; wait until it is on the disk.

    Raises OSError if it could not be written, FileNotFoundError if there is no such undo log.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
    try:
        size = os.fstat(descriptor).st_size
        line = encode(record)
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            line = b"\n" + line
        while line:
            line = line[os.write(descriptor, line) :]
        if wait:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _synchronize_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Entry:
    """One booking of a scenario."""

    def __init__(self, thing: BookedThing, close: Callable[[Entry], None]) -> None:
        self.thing = thing
        self._close = close

    def done(self) -> None:
        """Say that the thing is undone; saying it twice is as good as once."""
        self._close(self)

    def __repr__(self) -> str:
        return f"Entry({self.thing.kind}: {self.thing.description})"


class UndoLog:
    """The bookings of one scenario on one target, in a file that it shares with the process's other scenarios."""

    def __init__(self, file: UndoLogFile, target: TargetReference, scenario: str) -> None:
        self._file = file
        self._target = target
        self._scenario = scenario
        self._entries: list[Entry] = []
        self._lock = threading.Lock()

    def book(self, kind: str, description: str, **parameters: Any) -> Entry:
        """Book a thing that is about to be made; call it before the thing is made.

        ``parameters`` are what the kind's undo action takes. Raises UnknownKindError or TypeError if it does not take
        them, TypeError if they are not plain JSON, ValueError if they hold a secret, OSError if the booking could not
        be written: in each case the thing must not be made.
        """
        check_parameters(kind, parameters)
        thing = BookedThing(
            id=uuid4().hex,
            kind=kind,
            description=redact(description),
            parameters=plain_json(parameters),
            target=self._target,
            scenario=self._scenario,
            at=datetime.now(UTC),
        )
        if redact(thing.model_dump_json()) != thing.model_dump_json():
            raise ValueError(
                f"the booking of {thing.kind} {thing.description!r} holds a secret; undo logs are kept on disk"
            )
        self._file.book(thing)
        entry = Entry(thing, self._close)
        with self._lock:
            self._entries.append(entry)
        return entry

    def open_entries(self) -> list[Entry]:
        """What is booked and not undone, in the order of booking."""
        with self._lock:
            return list(self._entries)

    def _close(self, entry: Entry) -> None:
        with self._lock:
            if entry not in self._entries:
                return
            self._entries.remove(entry)
        self._file.close(entry.thing.id)
