"""What the command and a judging session say to each other: a line of JSON each, over two pipes."""

from __future__ import annotations

from environment.record import Record
from reports.outcomes import ScenarioOutcome, Status


class SeenSentence(Record):
    """What of a sentence's outcome counts."""

    line: int
    status: Status
    defect: str | None = None


class Seen(Record):
    """What of a scenario's outcome counts: two runs that agree in it ended alike.

    Texts are left out: they hold names and times that differ from run to run.
    """

    status: Status
    defects: tuple[str, ...] = ()
    sentences: tuple[SeenSentence, ...] = ()


def seen(outcome: ScenarioOutcome) -> Seen:
    """What counts of an outcome: how the scenario ended, and how each of its sentences did."""
    return Seen(
        status=outcome.status,
        defects=outcome.defects,
        sentences=tuple(
            SeenSentence(line=step.line, status=ended.status, defect=ended.defect) for step, ended in outcome.judged
        ),
    )


class ScenarioItem(Record):
    """A scenario that can be run.

    timed: it judges how long something takes; written: one word for its sentences, their tables and their lines.
    """

    nodeid: str
    timed: bool
    written: str


class Ready(Record):
    """Said once: the product is imported, nothing has run yet; `problem` says why nothing can."""

    items: tuple[ScenarioItem, ...] = ()
    problem: str = ""


class Request(Record):
    """Run scenarios in a process of their own.

    overlay: folder before the installed product on the path, with its changed copy; modules: those to import first;
    expected: the run ends with the first scenario that is not seen as expected; trace: note the lines of the product
    below that folder.
    """

    scenarios: tuple[str, ...]
    overlay: str | None = None
    modules: tuple[str, ...] = ()
    expected: dict[str, Seen] | None = None
    trace: str | None = None


class Answer(Record):
    """What happened next, in a child or at its end.

    process: the child began, this is its number; imported: the product was imported; not_imported: why it could not
    be; begins: the scenario that begins; seen, message, seconds, lines: of the scenario that ended; ended: the child
    ended with this exit status.
    """

    process: int | None = None
    imported: bool = False
    not_imported: str | None = None
    begins: str | None = None
    nodeid: str | None = None
    seen: Seen | None = None
    message: str = ""
    seconds: float = 0.0
    lines: dict[str, str] | None = None
    ended: int | None = None
