"""What became of each fault, kept on disk one line at a time, so that a measurement that was broken off goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import ValidationError

from environment.errors import SuiteError
from environment.record import Record
from reports.documents import findings, shown


class Result(StrEnum):
    """What became of a fault.

    IMPORT: the product could no longer be imported, which nobody needs scenarios to see. HANGS: a scenario did not end
    in time, twice, and did on the unchanged product. NEVER_REACHED: no scenario runs the place. EQUIVALENT: nothing
    that anybody sees would be different; `strength/equivalents.yaml` says why.
    """

    NOTICED = "noticed"
    UNNOTICED = "unnoticed"
    NEVER_REACHED = "never reached"
    HANGS = "hangs"
    IMPORT = "noticed at import"
    EQUIVALENT = "equivalent"

    @property
    def counts(self) -> bool:
        """Whether it counts in the share of faults that are noticed: a limit or an import proves no scenario."""
        return self in (Result.NOTICED, Result.UNNOTICED, Result.NEVER_REACHED)


class FaultVerdict(Record):
    """One fault. by: the scenario that noticed it (or hung), and what it said; passed_over: those that ran and ended as
    ever; left_out: how many more reach it and were not run, because the fault had had its time.
    """

    id: str
    file: str
    name: str
    line: int
    kind: str
    before: str
    after: str
    result: Result
    by: str | None = None
    message: str = ""
    passed_over: tuple[str, ...] = ()
    left_out: int = 0
    seconds: float = 0.0

    @property
    def text(self) -> str:
        """Where it is and what was changed, in one line."""
        return f"{self.file}:{self.line} {self.name}: {self.kind}: {self.before} -> {self.after or 'nothing'}"


class Plan(Record):
    """What is measured: two measurements with the same plan measure the same."""

    seed: int
    faults: int
    product: str
    product_version: str
    product_digest: str
    suite: str
    limit_seconds: float


class Measurement(Record):
    """A plan and the verdicts on its faults, or on a part of them. shard: "I/N" if it is the I-th of N parts."""

    plan: Plan
    verdicts: tuple[FaultVerdict, ...]
    shard: str | None = None

    @property
    def judged(self) -> tuple[FaultVerdict, ...]:
        """Those that count."""
        return tuple(each for each in self.verdicts if each.result.counts)

    @property
    def noticed(self) -> int:
        """How many of those were noticed."""
        return sum(each.result is Result.NOTICED for each in self.judged)

    @property
    def percent(self) -> float:
        """The share of noticed faults, with one decimal; 0 if none counts."""
        return round(100 * self.noticed / len(self.judged), 1) if self.judged else 0.0

    @property
    def complete(self) -> bool:
        """Whether all faults of the plan were judged."""
        return len(self.verdicts) == self.plan.faults


@dataclass
class VerdictFile:
    """The verdicts of a plan, or of a part of it, in a file: the plan in the first line, then a verdict in each.

    Raises:
        SuiteError: if the file is not one of ours, or of another plan; nothing is changed then.
    """

    path: Path
    plan: Plan

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self.verdicts = self._read() if self.path.exists() else None
        if self.verdicts is None:
            self.verdicts = []
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(self.plan.model_dump_json() + "\n", encoding="utf-8")

    def add(self, verdict: FaultVerdict) -> None:
        """Keep a verdict."""
        assert self.verdicts is not None
        with self._lock:
            self.verdicts.append(verdict)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(verdict.model_dump_json() + "\n")

    def _read(self) -> list[FaultVerdict] | None:
        """The verdicts; None if the file was cut short before its first line was complete."""
        content = self.path.read_text(encoding="utf-8")
        whole, _, torn = content.rpartition("\n")
        if not whole:
            return None
        first, *lines = whole.split("\n")
        try:
            plan = Plan.model_validate_json(first)
            verdicts = [FaultVerdict.model_validate_json(line) for line in lines]
        except ValidationError as error:
            raise SuiteError(f"Read {shown(self.path)}", findings(error)[0], "Measure anew with --fresh") from error
        if plan != self.plan:
            raise SuiteError(
                f"Went on with {shown(self.path)}",
                f"it is of {difference(plan, self.plan)}",
                "Measure anew with --fresh",
            )
        if torn:
            self.path.write_text(whole + "\n", encoding="utf-8")
        return verdicts


def difference(one: Plan, other: Plan) -> str:
    """The first thing in which two plans differ, as `suite 3f2a, this is suite 77b1`."""
    for name, value in one:
        if value != getattr(other, name):
            words = name.replace("_", " ")
            return f"{words} {value}, this is {words} {getattr(other, name)}"
    return "the same plan"


def merge(parts: Sequence[tuple[str, Measurement]]) -> Measurement:
    """The parts of one measurement, each with the name of where it came from, made one; not complete if one is missing.

    Raises:
        SuiteError: if they are not of one plan, or a fault is there twice.
    """
    plan = parts[0][1].plan
    tried = "Merged the parts of a measurement"
    for name, each in parts[1:]:
        if each.plan != plan:
            raise SuiteError(
                tried, f"{name} is of {difference(each.plan, plan)} of {parts[0][0]}", "Name parts of one measurement"
            )
    verdicts = [verdict for _, each in parts for verdict in each.verdicts]
    twice = _first_of_two(each.id for each in verdicts)
    if twice is not None:
        raise SuiteError(tried, f"the fault {twice} is there twice", "Name each part once")
    return Measurement(plan=plan, verdicts=tuple(sorted(verdicts, key=lambda each: each.id)))


def _first_of_two(names: Iterable[str]) -> str | None:
    known: set[str] = set()
    for name in names:
        if name in known:
            return name
        known.add(name)
    return None
