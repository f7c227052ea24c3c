"""Measurements over time: a line each, and the floor below which a measurement fails, which only rises."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from environment.errors import SuiteError
from environment.record import Record
from reports.documents import findings, shown
from strength.verdicts import FaultVerdict, Measurement, Result

HISTORY_NAME = Path("history", "strength.jsonl")


class Share(Record):
    """So many faults count, so many of them were noticed."""

    noticed: int
    judged: int

    @property
    def percent(self) -> float:
        """The share, with one decimal."""
        return round(100 * self.noticed / self.judged, 1) if self.judged else 0.0


class Point(Record):
    """One whole measurement."""

    when: str
    seed: int
    faults: int
    product_version: str
    product_digest: str
    suite: str
    whole: Share
    results: dict[str, int]
    by_module: dict[str, Share]
    by_kind: dict[str, Share]


class Floor(Record):
    """What a measurement with this seed and number has to reach, in percent."""

    seed: int
    faults: int
    percent: float


@dataclass(frozen=True)
class Row:
    """One module or kind in a table."""

    name: str
    share: Share
    results: dict[Result, int]


def rows(measurement: Measurement, key: Callable[[FaultVerdict], str]) -> list[Row]:
    """A row for each value of the key."""
    groups: dict[str, list[FaultVerdict]] = {}
    for verdict in measurement.verdicts:
        groups.setdefault(key(verdict), []).append(verdict)
    return [Row(name, _share(those), Counter(each.result for each in those)) for name, those in sorted(groups.items())]


def by_module(verdict: FaultVerdict) -> str:
    """The module, as a key of `rows`."""
    return verdict.file


def by_kind(verdict: FaultVerdict) -> str:
    """The kind of change, as a key of `rows`."""
    return verdict.kind


def point(measurement: Measurement, when: datetime | None = None) -> Point:
    """The measurement as a line of the history."""
    plan = measurement.plan
    return Point(
        when=(when or datetime.now(UTC)).isoformat(timespec="seconds"),
        seed=plan.seed,
        faults=plan.faults,
        product_version=plan.product_version,
        product_digest=plan.product_digest,
        suite=plan.suite,
        whole=_share(measurement.verdicts),
        results={result.value: count for result, count in _counted(measurement).items()},
        by_module={row.name: row.share for row in rows(measurement, by_module)},
        by_kind={row.name: row.share for row in rows(measurement, by_kind)},
    )


def remember(path: Path, measured: Point) -> list[Point]:
    """Add a measurement to the history; one of the same plan and suite is replaced. Returns all, oldest first.

    Raises:
        SuiteError: if a line of the file is not one of ours.
    """
    points = [each for each in read_history(path) if _plan(each) != _plan(measured)] + [measured]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(each.model_dump_json() + "\n" for each in points), encoding="utf-8")
    return points


def read_history(path: Path) -> list[Point]:
    """All measurements, oldest first.

    Raises:
        SuiteError: if a line is not one of ours; it names the line.
    """
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    points = []
    for number, line in enumerate(lines, start=1):
        try:
            points.append(Point.model_validate_json(line))
        except ValidationError as error:
            raise SuiteError(f"Read {shown(path)}:{number}", findings(error)[0], "Delete the line") from error
    return points


def read_floor(path: Path) -> Floor:
    """The floor in that file.

    Raises:
        SuiteError: if there is none.
    """
    try:
        return Floor.model_validate_json(path.read_bytes())
    except OSError as error:
        raise SuiteError(
            f"Read the floor {shown(path)}", error.strerror or type(error).__name__, "Name another file"
        ) from error
    except ValidationError as error:
        raise SuiteError(
            f"Read the floor {shown(path)}", findings(error)[0], 'Write {"seed": 11, "faults": 150, "percent": 50}'
        ) from error


def must_be_of(floor: Floor, measurement: Measurement) -> None:
    """Refuse to hold a measurement against the floor of another one.

    Raises:
        SuiteError: if seed or number differ.
    """
    plan = measurement.plan
    if (plan.seed, plan.faults) != (floor.seed, floor.faults):
        raise SuiteError(
            f"Held the measurement of {plan.faults} faults of seed {plan.seed} against the floor",
            f"it is that of {floor.faults} faults of seed {floor.seed}",
            f"Measure with --seed {floor.seed} --faults {floor.faults}",
        )


def raise_floor(path: Path, floor: Floor, measurement: Measurement) -> Floor:
    """Write what was reached, in whole percent, as the new floor; a lower one is never written."""
    reached = Floor(seed=floor.seed, faults=floor.faults, percent=max(floor.percent, math.floor(measurement.percent)))
    if reached != floor:
        path.write_text(json.dumps(reached.model_dump()) + "\n", encoding="utf-8")
    return reached


def _share(verdicts: Iterable[FaultVerdict]) -> Share:
    judged = [each for each in verdicts if each.result.counts]
    return Share(noticed=sum(each.result is Result.NOTICED for each in judged), judged=len(judged))


def _counted(measurement: Measurement) -> dict[Result, int]:
    counted = Counter(each.result for each in measurement.verdicts)
    return {result: counted[result] for result in Result}


def _plan(each: Point) -> tuple[int, int, str, str]:
    return each.seed, each.faults, each.product_digest, each.suite
