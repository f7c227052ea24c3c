"""Undoing what an undo log names, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from environment.secrecy.redaction import redact
from environment.undo.actions import action_for
from environment.undo.log import UndoLog
from environment.undo.records import BookedThing


class UndoFailed(ExceptionGroup[Exception]):
    """Some things could not be undone; the message names each with its error. They stay in the undo log."""

    @classmethod
    def of(cls, failures: Sequence[tuple[BookedThing, Exception]]) -> UndoFailed:
        """The failures of one undoing, as one error."""
        lines = [f"- {described(thing)}: {type(error).__name__}: {redact(str(error))}" for thing, error in failures]
        count = "1 thing" if len(failures) == 1 else f"{len(failures)} things"
        message = "\n".join([f"{count} could not be undone and stay in the undo log for clean-up:", *lines])
        return cls(message, [error for _, error in failures])


def undo_all(undo_log: UndoLog, target: object) -> None:
    """Undo the undo log's open entries in reverse order of booking, each whatever became of the others.

    Raises UndoFailed if some could not be undone.
    """
    failures: list[tuple[BookedThing, Exception]] = []
    for entry in reversed(undo_log.open_entries()):
        try:
            undo(entry.thing, target)
            entry.done()
        except Exception as error:  # noqa: BLE001  # collected: one thing that stays must not keep the others
            failures.append((entry.thing, error))
    if failures:
        raise UndoFailed.of(failures)


def undo(thing: BookedThing, target: object) -> None:
    """Undo one thing. Raises whatever its action raises, UnknownKindError if there is no action."""
    action_for(thing.kind)(target, **thing.parameters)


def described(thing: BookedThing) -> str:
    """The thing in words."""
    return f"{thing.kind} {thing.description!r}"
