"""Performance over time: what timed scenarios take inside the product, as ratios to a reference operation.

The reference is a fixed piece of computing and writing, measured at the end of each run on the machine that ran it, so
that a slow machine makes both numbers greater and the ratio stays. Each timed scenario carries the reference of its own
run, also after the parts of a run were merged on yet another machine. A scenario is timed if it proves a requirement
about performance (PERF-…). A ratio is held against the median of the runs before it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median

from environment.record import Record
from environment.running.timed import is_timed
from reports.charts import polyline
from reports.json_lines import read_lines, write_newest
from reports.outcomes import RunRecord, ScenarioOutcome, Status

HISTORY_NAME = Path("history", "performance.jsonl")
FEWEST_RUNS = 3
"""Runs before one that make a baseline; with fewer, nothing is compared."""
TOLERATED = 1.10

_BARS = "▁▂▃▄▅▆▇█"
_BLOCK = b"\x5a" * (1 << 20)
_BLOCKS = 32
_REPETITIONS = 3


class TimedRun(Record):
    """One run: seconds of the reference (of each machine that ran a part), and by node id the seconds inside the
    product divided by the reference of that scenario's machine.
    """

    started: str
    product_version: str
    reference_seconds: tuple[float, ...]
    ratios: dict[str, float]


@dataclass(frozen=True)
class Slowdown:
    """A scenario that took more than 10 % longer than its baseline; both are ratios to the reference."""

    nodeid: str
    ratio: float
    baseline: float

    @property
    def difference(self) -> str:
        """By how much, in words."""
        return f"took {100 * (self.ratio / self.baseline - 1):.0f} % longer than the median of the runs before"

    @property
    def text(self) -> str:
        """For people, in one line."""
        return f"{self.nodeid} {self.difference}"


def reference_seconds() -> float:
    """How long the reference takes here and now: the best of three times hashing and writing 32 MiB to disk."""
    return min(_reference_once() for _ in range(_REPETITIONS))


def _reference_once() -> float:
    started = time.perf_counter()
    digest = hashlib.sha256()
    with tempfile.TemporaryFile() as file:
        for _ in range(_BLOCKS):
            digest.update(_BLOCK)
            file.write(_BLOCK)
        file.flush()
        os.fsync(file.fileno())
    return time.perf_counter() - started


def with_reference(scenarios: Iterable[ScenarioOutcome]) -> tuple[ScenarioOutcome, ...]:
    """The scenarios of a run that has just ended here; those that were timed carry what the reference takes now.

    It is measured only if at least one was timed.
    """
    ended = tuple(scenarios)
    if not any(_is_timed(each) for each in ended):
        return ended
    reference = reference_seconds()
    return tuple(
        each.model_copy(update={"reference_seconds": reference}) if _is_timed(each) else each for each in ended
    )


def timed_run(record: RunRecord) -> TimedRun:
    """The figures of a run, whole or merged; scenarios that did not pass have none, for they may have ended early."""
    timed = [(each, ratio) for each in record.scenarios if (ratio := _ratio(each)) is not None]
    return TimedRun(
        started=record.started.isoformat(),
        product_version=record.product_version,
        reference_seconds=tuple(sorted({each.reference_seconds or 0.0 for each, _ in timed})),
        ratios={each.nodeid: ratio for each, ratio in timed},
    )


def is_about_time(requirements: Iterable[str]) -> bool:
    """Whether a scenario that proves these requirements is timed."""
    return is_timed(requirements)


def _is_timed(scenario: ScenarioOutcome) -> bool:
    return bool(scenario.product_seconds) and is_about_time(scenario.scenario.requirements)


def _ratio(scenario: ScenarioOutcome) -> float | None:
    if scenario.status is not Status.PASSED or not scenario.product_seconds or not scenario.reference_seconds:
        return None
    return scenario.product_seconds / scenario.reference_seconds


def read_history(path: Path) -> list[TimedRun]:
    """The runs so far, oldest first. Raises InvalidDocumentError that names the lines that are none of ours."""
    return read_lines(path, TimedRun)


def remember(path: Path, run: TimedRun) -> list[TimedRun]:
    """Add a run to the history, which keeps the newest; a run that is there already is replaced."""
    return write_newest(path, [each for each in read_history(path) if each.started != run.started] + [run])


def slowdowns(runs: Sequence[TimedRun]) -> list[Slowdown]:
    """What is slower in the last run than the median of at least `FEWEST_RUNS` before it, by more than 10 %."""
    if not runs:
        return []
    found = []
    for nodeid, ratio in sorted(runs[-1].ratios.items()):
        before = [each.ratios[nodeid] for each in runs[:-1] if nodeid in each.ratios]
        if len(before) >= FEWEST_RUNS and ratio > TOLERATED * median(before):
            found.append(Slowdown(nodeid, ratio, median(before)))
    return found


@dataclass(frozen=True)
class Series:
    """What one timed scenario took, oldest run first, as ratios to the reference; `slower` if the last stands out."""

    nodeid: str
    ratios: tuple[float, ...]
    started: tuple[datetime, ...]
    slower: Slowdown | None

    @property
    def points(self) -> str:
        """The line as SVG's polyline takes it."""
        return polyline(self.ratios, self._top)

    @property
    def alert(self) -> float | None:
        """The ratio above which the last run is called slower; None while too few runs came before it."""
        before = self.ratios[:-1]
        return TOLERATED * median(before) if len(before) >= FEWEST_RUNS else None

    @property
    def alert_points(self) -> str:
        """That ratio as a level line; empty if there is none."""
        return "" if self.alert is None else polyline([self.alert], self._top)

    @property
    def _top(self) -> float:
        return max(*self.ratios, self.alert or 0.0) * 1.1

    @property
    def bars(self) -> str:
        """The line for a terminal: a bar of eight heights for each run."""
        top = max(self.ratios)
        return "".join(_BARS[round(value / top * (len(_BARS) - 1))] for value in self.ratios)


def series(runs: Sequence[TimedRun]) -> list[Series]:
    """A series for each scenario that was timed in any of these runs, oldest first."""
    slower = {each.nodeid: each for each in slowdowns(runs)}
    found = []
    for nodeid in sorted({nodeid for run in runs for nodeid in run.ratios}):
        mine = [run for run in runs if nodeid in run.ratios]
        ratios = tuple(run.ratios[nodeid] for run in mine)
        found.append(
            Series(nodeid, ratios, tuple(datetime.fromisoformat(run.started) for run in mine), slower.get(nodeid))
        )
    return found
