"""How the scenarios end on the unchanged product, and which lines of it they run: recorded once, in one run of all.

What a scenario notices later is held against a second run on the unchanged product (`judging`), so one is enough here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from environment.errors import SuiteError
from environment.record import Record
from reports.documents import findings, shown
from reports.outcomes import Status
from reports.product_coverage import RECORD_AGAIN, CoverageRecord, ProductVersion, read_coverage, write_coverage
from strength.lane import Ended, Lane
from strength.lanes import share
from strength.messages import ScenarioItem, Seen
from strength.project import Project

COVERAGE_NAME = "coverage.json"
REFERENCE_NAME = "reference.json"
BATCH = 12
_LIMIT_SECONDS = 600.0
_JUDGING = (Status.PASSED, Status.KNOWN)


class ScenarioReference(Record):
    """One scenario on the unchanged product: how it ended, None if its process died in it, and how long it took.

    timed: it judges how long something takes, so a slow machine is enough to fail it; written: one word for what it
    said then.
    """

    seen: Seen | None
    seconds: float
    timed: bool
    written: str

    @property
    def judges(self) -> bool:
        """Whether it can notice a fault: it does not fail without one, it is not skipped, it is not timed."""
        return self.seen is not None and self.seen.status in _JUDGING and not self.timed


class Reference(Record):
    """All scenarios on the unchanged product, by node id."""

    product: ProductVersion
    suite: str
    scenarios: dict[str, ScenarioReference]

    @property
    def judges(self) -> dict[str, Seen]:
        """The scenarios that can notice something, and how they end when there is nothing to notice."""
        return {nodeid: each.seen for nodeid, each in self.scenarios.items() if each.judges and each.seen is not None}

    @property
    def seconds(self) -> dict[str, float]:
        """How long each scenario takes."""
        return {nodeid: each.seconds for nodeid, each in self.scenarios.items()}


Recorded = tuple[Reference, CoverageRecord]


def read_reference(project: Project, folder: Path) -> Recorded | None:
    """What was recorded; None if nothing was.

    Raises:
        SuiteError: if it is of another product, or not one of ours.
    """
    path = folder / REFERENCE_NAME
    if not path.exists():
        return None
    coverage = read_coverage(folder / COVERAGE_NAME, project.product)
    try:
        return Reference.model_validate_json(path.read_bytes()), coverage
    except ValidationError as error:
        raise SuiteError(f"Read {shown(path)}", findings(error)[0], RECORD_AGAIN) from error


def missing(known: Recorded | None, lane: Lane) -> list[str]:
    """The scenarios that are not recorded as they are written now: all of them, or those that are new or changed."""
    recorded = {} if known is None else {nodeid: each.written for nodeid, each in known[0].scenarios.items()}
    return [item.nodeid for item in lane.items if recorded.get(item.nodeid) != item.written]


def record(
    project: Project,
    folder: Path,
    lanes: Sequence[Lane],
    advance: Callable[[str], None],
    known: Recorded | None = None,
) -> Recorded:
    """Run the scenarios that are not known, write what all came to, and return it; ``advance`` is called after each.

    What is known of scenarios that are no longer there is dropped.

    Raises:
        SuiteError: if a session ends.
    """
    items = {item.nodeid: item for item in lanes[0].items}
    ended: dict[str, Ended] = {}

    def run(lane: Lane, batch: Sequence[str]) -> None:
        waiting = list(batch)
        while waiting:
            done = lane.run(waiting, lambda _: _LIMIT_SECONDS, trace=True)
            for each in done.ended:
                ended[each.nodeid] = each
                advance(each.nodeid)
            gone = {each.nodeid for each in done.ended} | ({done.hung} if done.hung else set())
            if not gone:
                raise SuiteError("Ran the scenarios on the unchanged product", "none ended", "Look at the lane's log")
            waiting = [nodeid for nodeid in waiting if nodeid not in gone]
            if done.hung is not None:
                lane.restart()

    try:
        share(lanes, _batches(missing(known, lanes[0])), run)
    finally:  # what is recorded is kept, also when the rest is broken off
        recorded = _together(project, items, ended, known)
        write_coverage(recorded[1], folder / COVERAGE_NAME)
        (folder / REFERENCE_NAME).write_text(recorded[0].model_dump_json() + "\n", encoding="utf-8")
    return recorded


def _together(
    project: Project, items: Mapping[str, ScenarioItem], ended: Mapping[str, Ended], known: Recorded | None
) -> Recorded:
    """What ended now, and what is known of scenarios that are still there."""
    scenarios = {} if known is None else {each: found for each, found in known[0].scenarios.items() if each in items}
    lines = {} if known is None else {each: found for each, found in known[1].lines.items() if each in items}
    for nodeid, each in sorted(ended.items()):
        item = items[nodeid]
        scenarios[nodeid] = ScenarioReference(
            seen=each.seen, seconds=each.seconds, timed=item.timed, written=item.written
        )
        if each.lines is not None:
            lines[nodeid] = each.lines
    reference = Reference(product=project.product, suite=project.suite_digest, scenarios=scenarios)
    return reference, CoverageRecord(product=project.product, lines=lines)


def _batches(nodeids: Sequence[str]) -> list[Sequence[str]]:
    return [nodeids[start : start + BATCH] for start in range(0, len(nodeids), BATCH)]
