"""What changed between two runs of the suite: what is newly broken, what is fixed, what behaves differently.

A scenario run (a row in a mode) keeps its promise, fails as the ledger says, or breaks the run. What got worse is newly
broken, what keeps its promise now is fixed; anything else that is not as it was behaves differently.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from reports.known_defects import Ledger
from reports.messages import comparable
from reports.outcomes import Outcome, RunRecord, ScenarioOutcome

# What the ledger says stands before what this run did; it may have been worded otherwise since.
_WHAT_HAPPENED = re.compile(r"(?:This run|What happened in the [\w-]+): ")


class Change(StrEnum):
    """What became of a scenario run from the first run to the second."""

    BROKEN = "newly broken"
    FIXED = "fixed"
    DIFFERENT = "different"
    NEW = "new"
    REMOVED = "removed"


@dataclass(frozen=True)
class Behaviour:
    """How a scenario run ended, without what changes from run to run.

    rank: 0 if it kept its promise, 1 if it fails as the ledger says, 2 if it breaks the run, None if it was skipped.
    """

    rank: int | None
    outcome: Outcome
    defect: str | None
    message: str


@dataclass(frozen=True)
class Changed:
    """A scenario run that is not as it was; before and after are None where it did not run."""

    change: Change
    before: ScenarioOutcome | None
    after: ScenarioOutcome | None

    @property
    def scenario(self) -> ScenarioOutcome:
        """The later one of the two that there are."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def defects(self) -> frozenset[str]:
        """The ledger entries that it meets in either run."""
        return frozenset(each.defect for each in (self.before, self.after) if each is not None and each.defect)


@dataclass(frozen=True)
class ChangedEntry:
    """A ledger entry with scenario runs that changed.

    met_before and met_after: in how many scenario runs the product failed as the entry says; changes: how many of its
    scenario runs changed, by kind.
    """

    id: str
    title: str
    met_before: int
    met_after: int
    changes: dict[Change, int]

    @property
    def told(self) -> str:
        """The changes in words: `2 fixed, 1 newly broken`."""
        return ", ".join(f"{number} {change}" for change, number in self.changes.items())


@dataclass(frozen=True)
class Comparison:
    """Two runs and all that changed between them, by change, then in the order of the features."""

    before: RunRecord
    after: RunRecord
    changed: tuple[Changed, ...]
    alike: int

    @cached_property
    def by_change(self) -> dict[Change, list[Changed]]:
        """The scenario runs of each kind of change, also of those that have none."""
        return {change: [each for each in self.changed if each.change is change] for change in Change}

    @property
    def headline(self) -> str:
        """The comparison in one line."""
        counts = ", ".join(f"{len(found)} {change}" for change, found in self.by_change.items())
        return f"{counts}, {self.alike} as before."

    def entries(self, ledger: Ledger) -> list[ChangedEntry]:
        """The ledger entries that the changes concern, by id."""
        changes: dict[str, Counter[Change]] = defaultdict(Counter)
        for each in self.changed:
            for defect in each.defects:
                changes[defect][each.change] += 1
        found = []
        for identifier, counted in sorted(changes.items()):
            entry = ledger.entry(identifier)
            title = entry.title if entry else "not in the ledger"
            before, after = (_met(identifier, record.scenarios) for record in (self.before, self.after))
            in_order = {change: counted[change] for change in Change if counted[change]}
            found.append(ChangedEntry(identifier, title, before, after, in_order))
        return found


def behaviour(scenario: ScenarioOutcome) -> Behaviour:
    """What is compared of a scenario run."""
    ranks = {Outcome.PASSED: 0, Outcome.GONE: 0, Outcome.KNOWN: 1, Outcome.SKIPPED: None}
    rank = ranks.get(scenario.outcome, 2)
    return Behaviour(rank, scenario.outcome, scenario.defect, comparable(what_happened(scenario)))


def what_happened(scenario: ScenarioOutcome) -> str:
    """How a scenario run failed, without what the ledger says about it; empty if it kept its promise."""
    if scenario.outcome in (Outcome.PASSED, Outcome.GONE):
        return ""
    return _WHAT_HAPPENED.split(scenario.message, maxsplit=1)[-1]


def ending(scenario: ScenarioOutcome) -> str:
    """How a scenario run ended, in one line: its outcome, its entry, and how it failed."""
    entry = f" {scenario.defect}" if scenario.defect else ""
    happened = what_happened(scenario).partition("\n")[0]
    return f"{scenario.outcome}{entry}{f': {happened}' if happened else ''}"


def compare_runs(before: RunRecord, after: RunRecord) -> Comparison:
    """Hold two runs against each other, scenario run by scenario run."""
    earlier, later = ({each.nodeid: each for each in record.scenarios} for record in (before, after))
    changed: list[Changed] = []
    alike = 0
    for nodeid in earlier.keys() | later.keys():
        pair = earlier.get(nodeid), later.get(nodeid)
        change = _change(*pair)
        if change is None:
            alike += 1
        else:
            changed.append(Changed(change, *pair))
    order = list(Change)
    changed.sort(key=lambda each: (order.index(each.change), each.scenario.feature_path, each.scenario.line, _id(each)))
    return Comparison(before, after, tuple(changed), alike)


def _change(before: ScenarioOutcome | None, after: ScenarioOutcome | None) -> Change | None:
    if before is None:
        return Change.NEW
    if after is None:
        return Change.REMOVED
    was, now = behaviour(before), behaviour(after)
    if was == now or was.rank == now.rank == 0:
        return None
    if was.rank is None or now.rank is None:
        return Change.DIFFERENT
    if now.rank > was.rank:
        return Change.BROKEN
    return Change.FIXED if now.rank == 0 else Change.DIFFERENT


def _id(changed: Changed) -> str:
    return changed.scenario.nodeid


def _met(defect: str, scenarios: Iterable[ScenarioOutcome]) -> int:
    return sum(each.defect == defect and each.outcome is Outcome.KNOWN for each in scenarios)
