"""Clean-up after crashes: undo what undo logs of processes that no longer live still name, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path

from filelock import FileLock

from environment.console import Say
from environment.secrecy.redaction import redact
from environment.undo.log import SUFFIX, append
from environment.undo.process import is_alive
from environment.undo.records import BookedThing, Closed, OwnerProcess, TargetReference, UndoLogContents, read
from environment.undo.undoing import described, undo

_LOCK = "clean-up.lock"
_LOCK_SECONDS = 600.0


class DeploymentGone(Exception):  # noqa: N818  # reads as the sentence that it reports
    """The embedded deployment of a booking no longer runs, and what was made on it went with it."""


@dataclass
class CleanUp:
    """What a clean-up did, or would do."""

    undone: list[BookedThing] = field(default_factory=list)
    vacuous: list[BookedThing] = field(default_factory=list)
    failed: list[tuple[BookedThing, Exception]] = field(default_factory=list)
    torn: list[tuple[Path, int]] = field(default_factory=list)
    """lines that a crash cut short"""
    alive: list[Path] = field(default_factory=list)
    """undo logs of processes that still run, left alone"""
    young: list[Path] = field(default_factory=list)
    """undo logs with a booking that is not old enough, left alone"""

    def add(self, other: CleanUp) -> None:
        """Count what another one did, too."""
        for each in fields(self):
            getattr(self, each.name).extend(getattr(other, each.name))

    @property
    def complete(self) -> bool:
        """Whether nothing is left to undo."""
        return not self.failed


TargetFor = Callable[[TargetReference], object]
"""The target to undo on. Raises DeploymentGone for an embedded deployment that no longer runs."""


def clean_up(
    directory: Path,
    target_for: TargetFor,
    *,
    before: datetime | None = None,
    dry_run: bool = False,
    say: Say = lambda _line: None,
    alive: Callable[[OwnerProcess], bool] = is_alive,
) -> CleanUp:
    """Undo what the orphaned undo logs in a directory name, the newest booking first.

    With ``before``, an undo log with an open booking of that moment or later is left alone as a whole: what was made
    last may need what was made first.
    ``say`` gets a line for each thing that is done, or with ``dry_run`` would be done. What fails stays in its undo log
    and in the answer's ``failed``. Two clean-ups of one directory wait for each other. Raises filelock.Timeout if
    another one does not end, OSError if the directory cannot be read or written.
    """
    if not directory.is_dir():
        say(f"nothing to clean up: there is no {directory}")
        return CleanUp()
    with FileLock(directory / _LOCK, timeout=_LOCK_SECONDS):
        work = _Work(target_for, dry_run, say)
        for path in sorted(directory.glob(f"*{SUFFIX}"), reverse=True):
            contents = read(path)
            if contents.opened is not None and alive(contents.opened.process):
                work.leave_alone(contents)
            elif before is not None and any(thing.at >= before for thing in contents.open_things):
                work.leave_young(contents)
            else:
                work.settle(contents)
    return work.result


class _Work:
    """One clean-up under way."""

    def __init__(self, target_for: TargetFor, dry_run: bool, say: Say) -> None:
        self.result = CleanUp()
        self._target_for = target_for
        self._dry_run = dry_run
        self._say = say

    def leave_alone(self, contents: UndoLogContents) -> None:
        self.result.alive.append(contents.path)
        self._say(f"{contents.path.name}: its process still runs; left alone")

    def leave_young(self, contents: UndoLogContents) -> None:
        self.result.young.append(contents.path)
        newest = max(thing.at for thing in contents.open_things)
        self._say(f"{contents.path.name}: its newest booking is of {newest:%Y-%m-%d %H:%M} UTC; left alone")

    def settle(self, contents: UndoLogContents) -> None:
        for number in contents.torn_lines:
            self.result.torn.append((contents.path, number))
            self._say(
                f"{contents.path.name}: line {number} was cut short by a crash; what it would have named was not made"
            )
        closed = [self._close(contents.path, thing) for thing in reversed(contents.open_things)]
        if all(closed) and not self._dry_run:
            contents.path.unlink()

    def _close(self, path: Path, thing: BookedThing) -> bool:
        """Undo one thing and write that down; whether it is closed."""
        where = f"{described(thing)} on {thing.target.url} (scenario {thing.scenario})"
        try:
            target = self._target_for(thing.target)
            if self._dry_run:
                self._say(f"would undo {where}")
            else:
                undo(thing, target)
                append(path, Closed(id=thing.id, how="done"))
                self._say(f"undid {where}")
        except DeploymentGone as gone:
            return self._close_as_vacuous(path, thing, gone, where)
        except Exception as error:  # noqa: BLE001  # collected: one thing that stays must not keep the others
            return self._fail(thing, error, where)
        self.result.undone.append(thing)
        return True

    def _close_as_vacuous(self, path: Path, thing: BookedThing, gone: DeploymentGone, where: str) -> bool:
        if thing.target.kind != "embedded":
            return self._fail(thing, gone, where)  # what was made on a live deployment outlives every process
        if not self._dry_run:
            append(path, Closed(id=thing.id, how="vacuous", reason=redact(str(gone))))
        self._say(f"nothing to undo for {where}: {gone}")
        self.result.vacuous.append(thing)
        return True

    def _fail(self, thing: BookedThing, error: Exception, where: str) -> bool:
        self.result.failed.append((thing, error))
        self._say(f"could not undo {where}: {type(error).__name__}: {redact(str(error))}; it stays in the undo log")
        return False
