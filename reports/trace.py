"""Traceability: from each requirement to its scenarios, the modes they run in, and how they ended last.

A requirement has a result in a mode only if a scenario of it ran there; nothing is claimed for the others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.table import Column, Table
from rich.text import Text

from environment.gherkin.records import ScenarioRecord
from environment.modes import Mode
from reports.features import WishedScenario
from reports.outcomes import RunRecord, ScenarioOutcome, Status
from reports.parity import NEVER, Parity
from reports.requirements import Requirement

NOT_RUN = "not run"
IN_PART = "passed as far as run"
NO_SCENARIO = "no scenario"
NOT_ASKED = "-"

# The worst status among a requirement's scenarios is the requirement's; a skipped one proves less than a known defect.
_WORST_FIRST = (
    Status.BROKEN,
    Status.FAILED,
    Status.DIFFERENT,
    Status.GONE,
    Status.SKIPPED,
    Status.KNOWN,
    Status.PASSED,
)


@dataclass(frozen=True)
class TracedRequirement:
    """A requirement, the scenarios that prove it (`feature path::name`), and its result in each mode it asks for.

    A result is a status's text, "not run", "passed as far as run" or "no scenario". methods: what these scenarios
    called of the product.
    """

    requirement: Requirement
    scenarios: tuple[str, ...]
    results: dict[Mode, str]
    live: str = NEVER
    methods: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether it was judged to hold in every mode that it asks for."""
        return set(self.results.values()) == {Status.PASSED.value}

    @property
    def fails(self) -> bool:
        """Whether it does not hold in some mode, or nothing could prove it."""
        return not set(self.results.values()) <= {Status.PASSED.value, Status.SKIPPED.value, NOT_RUN, IN_PART}


@dataclass(frozen=True)
class Area:
    """The requirements of one area, traced."""

    name: str
    rows: tuple[TracedRequirement, ...]

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.rows)

    @property
    def ran(self) -> bool:
        """Whether any of them was judged."""
        return any(result not in (NOT_RUN, NO_SCENARIO) for each in self.rows for result in each.results.values())

    @property
    def holding(self) -> int:
        """How many hold in every mode that they ask for."""
        return sum(each.holds for each in self.rows)

    @property
    def unfinished(self) -> int:
        """How many did not run in full, and do not fail as far as they ran."""
        return sum(not (each.holds or each.fails) for each in self.rows)


def areas(found: Trace) -> list[Area]:
    """The requirements by area, in their order."""
    return [
        Area(name, tuple(rows)) for name, rows in groupby(found.requirements, key=lambda each: each.requirement.area)
    ]


def totals(found: Trace) -> dict[str, dict[Mode, int]]:
    """How many requirements have each result in each mode; what holds first."""
    counted = Counter((result, mode) for each in found.requirements for mode, result in each.results.items())
    order = [
        Status.PASSED.value,
        IN_PART,
        Status.KNOWN.value,
        *(each.value for each in _WORST_FIRST),
        NO_SCENARIO,
        NOT_RUN,
    ]
    results = [each for each in dict.fromkeys(order) if any(counted[each, mode] for mode in Mode)]
    return {result: {mode: counted[result, mode] for mode in Mode} for result in results}


@dataclass(frozen=True)
class Trace:
    """All requirements traced, what is wrong with the tracing, one line each, and what is wished for besides."""

    requirements: tuple[TracedRequirement, ...]
    problems: tuple[str, ...]
    wishes: tuple[WishedScenario, ...] = ()


def trace(
    requirements: Sequence[Requirement],
    scenarios: Sequence[ScenarioRecord],
    last_run: RunRecord | None,
    parity: Parity | None = None,
    wishes: Sequence[WishedScenario] = (),
) -> Trace:
    """Trace every requirement.

    A problem is a requirement without a scenario in a mode it asks for, and a scenario without a requirement.
    """
    outcomes = last_run.scenarios if last_run else ()
    listed: dict[str, list[ScenarioRecord]] = defaultdict(list)
    proving: dict[str, list[ScenarioOutcome]] = defaultdict(list)
    for scenario in scenarios:
        for name in scenario.requirements:
            listed[name].append(scenario)
    for outcome in outcomes:
        for name in outcome.scenario.requirements:
            proving[name].append(outcome)
    traced = tuple(_traced(each, listed[each.id], proving[each.id], parity or Parity()) for each in requirements)
    problems = []
    for each in traced:
        missing = [mode.value for mode, result in each.results.items() if result == NO_SCENARIO]
        if missing:
            problems.append(
                f"{each.requirement.id}: no scenario in {' and '.join(missing)} mode ({each.requirement.title})"
            )
    known = {each.id for each in requirements}
    lonely = {
        f"{each.feature_path}:{each.line}: '{each.name}' proves no requirement": None
        for each in scenarios
        if not known.intersection(each.requirements)
    }
    return Trace(traced, (*problems, *lonely), tuple(wishes))


def _traced(
    requirement: Requirement, mine: Sequence[ScenarioRecord], proving: Sequence[ScenarioOutcome], parity: Parity
) -> TracedRequirement:
    """A requirement with its scenarios, and what became of those in the last run."""
    names = dict.fromkeys(each.place for each in mine)
    ran = {_case(each.scenario) for each in proving}
    results = {}
    for mode in requirement.modes:
        ended = {each.status for each in proving if each.scenario.mode is mode}
        if ended == {Status.PASSED} and any(each.mode is mode and _case(each) not in ran for each in mine):
            results[mode] = IN_PART
        elif ended:
            results[mode] = next(status.value for status in _WORST_FIRST if status in ended)
        else:
            results[mode] = NOT_RUN if any(each.mode is mode for each in mine) else NO_SCENARIO
    methods = {method for each in proving for method in each.methods}
    return TracedRequirement(requirement, tuple(names), results, parity.summary(mine), tuple(sorted(methods)))


def _case(scenario: ScenarioRecord) -> tuple[str, str, Mode]:
    """What a scenario run is recognized by, also after its file was edited."""
    return scenario.place, str(scenario.example), scenario.mode


def trace_table(found: Trace) -> Table:
    """The trace for a terminal; in a narrow one words are broken, not cut."""
    headings = ("requirement", "what must hold", "scenarios", "methods", *(f"{mode}" for mode in Mode), "live")
    table = Table(*(Column(heading, overflow="fold") for heading in headings))
    for each in found.requirements:
        names = "\n".join(name.rpartition("::")[2] for name in each.scenarios) or Text("none", style="red")
        cells = [_cell(each.results.get(mode, NOT_ASKED)) for mode in Mode]
        table.add_row(each.requirement.id, each.requirement.title, names, "\n".join(each.methods), *cells, each.live)
    return table


def _cell(result: str) -> Text:
    style = {Status.PASSED.value: "green", Status.KNOWN.value: "yellow", NOT_RUN: "dim", NOT_ASKED: "dim"}.get(
        result, "red"
    )
    return Text(result, style=style)
