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
from pathlib import Path
from statistics import median

from pydantic import BaseModel, ConfigDict, ValidationError

from reports.documents import InvalidDocumentError, findings, shown
from reports.outcomes import Outcome, RunRecord, ScenarioOutcome

HISTORY_NAME = Path("history", "performance.jsonl")
RUNS_KEPT = 30
FEWEST_RUNS = 3
"""Runs before one that make a baseline; with fewer, nothing is compared."""
TOLERATED = 1.10
CHART_WIDTH, CHART_HEIGHT = 640, 120

_TIMED = "PERF-"
_BARS = "▁▂▃▄▅▆▇█"
_BLOCK = b"\x5a" * (1 << 20)
_BLOCKS = 32
_REPETITIONS = 3


class Figures(BaseModel):
    """One run: seconds of the reference (of each machine that ran a part), and by node id the seconds inside the
    product divided by the reference of that scenario's machine.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

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


def figures(record: RunRecord) -> Figures:
    """The figures of a run, whole or merged; scenarios that did not pass have none, for they may have ended early."""
    timed = [(each, ratio) for each in record.scenarios if (ratio := _ratio(each)) is not None]
    return Figures(
        started=record.started.isoformat(),
        product_version=record.product_version,
        reference_seconds=tuple(sorted({each.reference_seconds or 0.0 for each, _ in timed})),
        ratios={each.nodeid: ratio for each, ratio in timed},
    )


def _is_timed(scenario: ScenarioOutcome) -> bool:
    return bool(scenario.product_seconds) and any(each.startswith(_TIMED) for each in scenario.scenario.requirements)


def _ratio(scenario: ScenarioOutcome) -> float | None:
    if scenario.outcome is not Outcome.PASSED or not scenario.product_seconds or not scenario.reference_seconds:
        return None
    return scenario.product_seconds / scenario.reference_seconds


def read_history(path: Path) -> list[Figures]:
    """The runs so far, oldest first. Raises InvalidDocumentError that names the lines that are none of ours."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    runs, problems = [], []
    for number, line in enumerate(lines, start=1):
        try:
            runs.append(Figures.model_validate_json(line))
        except ValidationError as error:
            problems += [f"{shown(path)}:{number}: {finding}; delete the line" for finding in findings(error)]
    if problems:
        raise InvalidDocumentError(problems)
    return runs


def remember(path: Path, run: Figures) -> list[Figures]:
    """Add a run to the history, which keeps the newest `RUNS_KEPT`; a run that is there already is replaced."""
    runs = [each for each in read_history(path) if each.started != run.started] + [run]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{each.model_dump_json()}\n" for each in runs[-RUNS_KEPT:]), encoding="utf-8")
    return runs[-RUNS_KEPT:]


def slowdowns(runs: Sequence[Figures]) -> list[Slowdown]:
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
    started: tuple[str, ...]
    slower: Slowdown | None

    @property
    def points(self) -> str:
        """The line as SVG's polyline takes it, in a box of `CHART_WIDTH` by `CHART_HEIGHT`; one run is a flat line."""
        values = self.ratios * 2 if len(self.ratios) == 1 else self.ratios
        step, top = CHART_WIDTH / (len(values) - 1), max(values) * 1.1
        return " ".join(
            f"{index * step:.1f},{CHART_HEIGHT * (1 - value / top):.1f}" for index, value in enumerate(values)
        )

    @property
    def bars(self) -> str:
        """The line for a terminal: a bar of eight heights for each run."""
        top = max(self.ratios)
        return "".join(_BARS[round(value / top * (len(_BARS) - 1))] for value in self.ratios)


def series(runs: Sequence[Figures]) -> list[Series]:
    """A series for each scenario that was timed in any of these runs, oldest first."""
    slower = {each.nodeid: each for each in slowdowns(runs)}
    found = []
    for nodeid in sorted({nodeid for run in runs for nodeid in run.ratios}):
        mine = [run for run in runs if nodeid in run.ratios]
        ratios = tuple(run.ratios[nodeid] for run in mine)
        found.append(Series(nodeid, ratios, tuple(run.started[:16] for run in mine), slower.get(nodeid)))
    return found
