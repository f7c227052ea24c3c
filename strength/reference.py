"""How the scenarios end on the unchanged product: two runs of all, the first of which notes the lines that they run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from environment.errors import SuiteError
from reports.documents import findings, shown
from reports.outcomes import Outcome
from reports.product_coverage import RECORD_AGAIN, CoverageRecord, ProductVersion, read_coverage, write_coverage
from strength.lane import Lane
from strength.lanes import share
from strength.messages import Seen
from strength.project import Project

COVERAGE_NAME = "coverage.json"
REFERENCE_NAME = "reference.json"
BATCH = 12
_LIMIT_SECONDS = 600.0
_JUDGING = (Outcome.PASSED, Outcome.KNOWN)


class ScenarioReference(BaseModel):
    """One scenario on the unchanged product: how its two runs ended, and how long the quicker one took.

    timed: it judges how long something takes, so a slow machine is enough to fail it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    runs: tuple[Seen | None, ...]
    seconds: float
    timed: bool

    @property
    def reliable(self) -> Seen | None:
        """How it ends, None if it says nothing about a fault: it fails, it is skipped, it is timed, or it wavers."""
        first = self.runs[0] if self.runs else None
        if first is None or self.timed or len(self.runs) < 2 or set(self.runs) != {first}:
            return None
        return first if first.outcome in _JUDGING else None


class Reference(BaseModel):
    """All scenarios on the unchanged product, by node id."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    product: ProductVersion
    suite: str
    scenarios: dict[str, ScenarioReference]

    @property
    def judges(self) -> dict[str, Seen]:
        """The scenarios that can notice something, and how they end when there is nothing to notice."""
        return {nodeid: seen for nodeid, each in self.scenarios.items() if (seen := each.reliable) is not None}

    @property
    def seconds(self) -> dict[str, float]:
        """How long each scenario takes."""
        return {nodeid: each.seconds for nodeid, each in self.scenarios.items()}


def read_reference(project: Project, folder: Path) -> tuple[Reference, CoverageRecord] | None:
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


def record(
    project: Project, folder: Path, lanes: Sequence[Lane], advance: Callable[[str], None]
) -> tuple[Reference, CoverageRecord]:
    """Run all scenarios twice, write what they came to, and return it; ``advance`` is called after each run of one.

    Raises:
        SuiteError: if a session ends.
    """
    timed = {item.nodeid: item.timed for item in lanes[0].items}
    lines: dict[str, dict[str, str]] = {}
    runs: dict[str, list[Seen | None]] = {nodeid: [] for nodeid in timed}
    seconds: dict[str, list[float]] = {nodeid: [] for nodeid in timed}

    def run(lane: Lane, batch: Sequence[str], *, trace: bool) -> None:
        waiting = list(batch)
        while waiting:
            done = lane.run(waiting, lambda _: _LIMIT_SECONDS, trace=trace)
            for each in done.ended:
                runs[each.nodeid].append(each.seen)
                seconds[each.nodeid].append(each.seconds)
                if each.lines is not None:
                    lines[each.nodeid] = each.lines
                advance(each.nodeid)
            gone = {each.nodeid for each in done.ended} | ({done.hung} if done.hung else set())
            if not gone:
                raise SuiteError("Ran the scenarios on the unchanged product", "none ended", "Look at the lane's log")
            waiting = [nodeid for nodeid in waiting if nodeid not in gone]
            if done.hung is not None:
                lane.restart()

    for trace in (True, False):
        batches = _batches(list(timed))
        share(lanes, batches, lambda lane, batch, trace=trace: run(lane, batch, trace=trace))  # type: ignore[misc]
    reference = Reference(
        product=project.product,
        suite=project.suite_digest,
        scenarios={
            nodeid: ScenarioReference(
                runs=tuple(runs[nodeid]), seconds=min(seconds[nodeid], default=0.0), timed=timed[nodeid]
            )
            for nodeid in timed
        },
    )
    coverage = CoverageRecord(product=project.product, lines=lines)
    write_coverage(coverage, folder / COVERAGE_NAME)
    (folder / REFERENCE_NAME).write_text(reference.model_dump_json() + "\n", encoding="utf-8")
    return reference, coverage


def _batches(nodeids: Sequence[str]) -> list[Sequence[str]]:
    return [nodeids[start : start + BATCH] for start in range(0, len(nodeids), BATCH)]
