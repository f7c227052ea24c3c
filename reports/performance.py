"""Performance over time: what timed scenarios take inside the product, as ratios to a reference operation.

The reference is a fixed piece of computing and writing, measured after each run on the same machine, so that a slow
machine makes both numbers greater and the ratio stays. A scenario is timed if it proves a requirement about
performance (PERF-…). A ratio is held against the median of the runs before it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from statistics import median

from pydantic import BaseModel, ConfigDict

from reports.outcomes import Outcome, RunRecord

HISTORY_NAME = Path("history", "performance.jsonl")
RUNS_KEPT = 30
FEWEST_RUNS = 3
"""Runs before one that make a baseline; with fewer, nothing is compared."""
TOLERATED = 1.10

_TIMED = "PERF-"
_BLOCK = b"\x5a" * (1 << 20)
_BLOCKS = 32
_REPETITIONS = 3


class Figures(BaseModel):
    """One run: seconds of the reference, and by node id the seconds inside the product divided by these."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    started: str
    product_version: str
    reference_seconds: float
    ratios: dict[str, float]


@dataclass(frozen=True)
class Slowdown:
    """A scenario that took more than 10 % longer than its baseline; both are ratios to the reference."""

    nodeid: str
    ratio: float
    baseline: float

    @property
    def text(self) -> str:
        """For people, in one line."""
        return f"{self.nodeid} took {self.ratio / self.baseline - 1:.0%} longer than the median of the runs before"


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


def figures(record: RunRecord, reference: float) -> Figures:
    """The figures of a run; scenarios that did not pass have none, for they may have ended early."""
    return Figures(
        started=record.started.isoformat(),
        product_version=record.product_version,
        reference_seconds=reference,
        ratios={
            each.nodeid: each.product_seconds / reference
            for each in record.scenarios
            if each.outcome is Outcome.PASSED
            and each.product_seconds
            and any(id.startswith(_TIMED) for id in each.requirements)
        },
    )


def read_history(path: Path) -> list[Figures]:
    """The runs so far, oldest first. Raises pydantic's ValidationError if a line is none of ours."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [Figures.model_validate_json(line) for line in lines]


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


def chart(runs: Sequence[Figures]) -> str:
    """One line chart for each timed scenario, as an HTML page that needs no script; the numbers stand beside it."""
    names = sorted({nodeid for run in runs for nodeid in run.ratios})
    parts = [_series(name, [run.ratios[name] for run in runs if name in run.ratios]) for name in names]
    body = "\n".join(parts) or "<p>No timed scenario ran yet.</p>"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Performance over time</title></head>\n'
        f"<body><main><h1>Performance over time</h1>\n<p>Seconds inside the product, divided by those of a reference "
        f"operation in the same run; less is better.</p>\n{body}\n</main></body></html>\n"
    )


def _series(name: str, values: Sequence[float]) -> str:
    width, height, top = 640, 120, max(values) * 1.1
    step = width / max(1, len(values) - 1)
    points = " ".join(f"{index * step:.1f},{height - value / top * height:.1f}" for index, value in enumerate(values))
    numbers = ", ".join(f"{value:.2f}" for value in values)
    title = escape(name)
    return (
        f'<section><h2>{title}</h2><svg role="img" aria-label="{title}: {numbers}" viewBox="-5 -5 650 130" width="650">'
        f'<polyline points="{points}" fill="none" stroke="#0b55b3" stroke-width="2"/></svg><p>{numbers}</p></section>'
    )
