"""What changed between two runs of the suite: what is newly failing, what is fixed, what behaves differently.

A sentence keeps its promise, fails as the ledger says, or breaks the run; so does a scenario run (a row in a mode) as a
whole. A scenario run of which anything got worse is newly failing; one of which something keeps its promise now is
fixed, wholly or in part, unless it is known to break some runs and not others; one that is otherwise not as it was is
different.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from environment.gherkin.records import ScenarioRecord
from environment.gherkin.tags import SEVERITIES
from reports.failing_sentences import cause_line, hint
from reports.known_defects import Impact, Ledger
from reports.likely_harm import likely_harm, worst_first
from reports.messages import comparable
from reports.outcomes import RunRecord, ScenarioOutcome, Status, in_order

_KEPT = (Status.PASSED, Status.GONE)
_UNKNOWN = (Status.SKIPPED, Status.NOT_JUDGED)


class Change(StrEnum):
    """What became of a scenario run from the first run to the second."""

    FAILING = "newly failing"
    FIXED = "fixed"
    FLAKY = "flaky but passing"
    DIFFERENT = "changed in detail"
    NEW = "new"
    REMOVED = "removed"


@dataclass(frozen=True)
class Ending:
    """How a sentence or a whole scenario run ended, without what changes from run to run.

    rank: 0 if the promise was kept, 1 if it was broken as the ledger says, 2 if it breaks the run, None if it was not
    judged.
    """

    rank: int | None
    status: Status
    defects: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class Changed:
    """A scenario run that is not as it was; before and after are None where it did not run."""

    change: Change
    before: ScenarioOutcome | None
    after: ScenarioOutcome | None

    @property
    def outcome(self) -> ScenarioOutcome:
        """The later one of the two that there are."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def scenario(self) -> ScenarioRecord:
        """Which scenario it is."""
        return self.outcome.scenario

    @property
    def breaks_the_run(self) -> bool:
        """Whether the later run is not accepted because of it."""
        return self.after is not None and self.after.status.breaks_the_run

    @property
    def behind_it(self) -> tuple[str, ...]:
        """The ledger entries that explain the worse of its two endings and not the other; none if it broke the run."""
        worse, other = (self.before, self.after) if self.change is Change.FIXED else (self.after, self.before)
        if worse is None or worse.status is not Status.KNOWN:
            return ()
        already = other.defects if other is not None else ()
        return tuple(each for each in worse.defects if each not in already) or worse.defects

    @property
    def defects(self) -> frozenset[str]:
        """The ledger entries that it meets in either run."""
        return frozenset(defect for each in (self.before, self.after) if each is not None for defect in each.defects)


@dataclass(frozen=True)
class ChangedScenario:
    """A scenario with its rows and modes that changed in the same way; never none."""

    runs: tuple[Changed, ...]

    @property
    def first(self) -> Changed:
        """The one that is shown for all."""
        return self.runs[0]

    @property
    def title(self) -> str:
        """What people call it by: that of its row, if only one changed."""
        titles = {each.scenario.title for each in self.runs}
        return self.first.scenario.title if len(titles) == 1 else self.first.scenario.name

    @property
    def where(self) -> str:
        """In which modes and how many rows."""
        rows = len({each.scenario.title for each in self.runs})
        modes = " and ".join(sorted({each.scenario.mode for each in self.runs}))
        return f"{modes} mode{f', {rows} rows' if rows > 1 else ''}"

    @property
    def endings(self) -> list[tuple[str, str, list[str]]]:
        """Before or after, in which modes if they differ, and how it ended there in lines, each once."""
        found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for each in self.runs:
            for name, outcome in (("Before", each.before), ("After", each.after)):
                if outcome is not None:
                    found.setdefault((name, tuple(endings(outcome))), []).append(each.scenario.mode.value)
        several = {name for name, _ in found if sum(other == name for other, _ in found) > 1}
        ordered = sorted(found.items(), key=lambda pair: pair[0][0] == "After")
        return [
            (name, " and ".join(sorted(set(modes))) if name in several else "", list(lines))
            for (name, lines), modes in ordered
        ]


@dataclass(frozen=True)
class ChangedEntry:
    """A ledger entry with scenario runs that changed.

    impact: None if it is not in the ledger any more; met_before and met_after: in how many scenario runs the product
    failed as the entry says; changes: how many of its scenario runs changed, by kind; gone: every sentence that failed
    by it before keeps its promise now.
    """

    id: str
    title: str
    impact: Impact | None
    met_before: int
    met_after: int
    changes: dict[Change, int]
    gone: bool

    @property
    def text(self) -> str:
        """The changes in words: `2 fixed, 1 newly failing`."""
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

    @cached_property
    def by_scenario(self) -> dict[Change, list[ChangedScenario]]:
        """The same, the runs of a scenario that are alike together."""
        found: dict[Change, dict[tuple[str, bool, tuple[str, ...]], list[Changed]]] = {each: {} for each in Change}
        for each in self.changed:
            alike = each.scenario.place, each.breaks_the_run, each.behind_it
            found[each.change].setdefault(alike, []).append(each)
        return {change: [ChangedScenario(tuple(runs)) for runs in those.values()] for change, those in found.items()}

    @property
    def headline(self) -> str:
        """The comparison in one line; nothing is flaky for those who look at two runs alone."""
        found = {change: those for change, those in self.by_change.items() if those or change is not Change.FLAKY}
        counts = ", ".join(f"{len(those)} {change}" for change, those in found.items())
        return f"{counts}, {self.alike} as before."

    def entries(self, ledger: Ledger) -> list[ChangedEntry]:
        """The ledger entries that the changes concern, the most harmful first."""
        concerned: dict[str, list[Changed]] = defaultdict(list)
        for each in self.changed:
            for defect in each.defects:
                concerned[defect].append(each)
        met_before, met_after = (_met(record.scenarios) for record in (self.before, self.after))
        found = []
        for identifier, those in sorted(concerned.items()):
            entry = ledger.entry(identifier)
            title = entry.title if entry else "not in the ledger"
            before, after = met_before[identifier], met_after[identifier]
            counted = Counter(each.change for each in those)
            in_order = {change: counted[change] for change in Change if counted[change]}
            gone = before > 0 and all(_kept_now(identifier, each) for each in those)
            impact = entry.impact if entry else None
            found.append(ChangedEntry(identifier, title, impact, before, after, in_order, gone and not after))
        kinds = [*Impact, None]
        return sorted(found, key=lambda each: kinds.index(each.impact))


def behaviour(scenario: ScenarioOutcome) -> dict[tuple[str, int], Ending]:
    """What is compared of a scenario run: the ending of each sentence by its text, and of the whole by an empty one.

    A number tells sentences apart that are there twice. The message of the whole counts only where no sentence says
    it: in set-up, and after the scenario.
    """
    found: dict[tuple[str, int], Ending] = {}
    for step, each in scenario.judged:
        again = sum(text == step.full_text for text, _ in found)
        defects = (each.defect,) if each.defect else ()
        # What follows the first line of a known failure (other calls of the step) varies in races.
        message = each.in_one_line if each.status is Status.KNOWN else each.in_this_run
        found[step.full_text, again] = _ending(each.status, defects, message)
    said = any(each.status is scenario.status for each in scenario.sentences)
    found["", 0] = _ending(scenario.status, scenario.defects, "" if said else scenario.in_this_run)
    return found


def _ending(status: Status, defects: tuple[str, ...], message: str) -> Ending:
    rank = None if status in _UNKNOWN else 0 if status in _KEPT else 1 if status is Status.KNOWN else 2
    # that an entry no longer occurs is the ledger's affair: the promise is kept as in any sentence that passes
    status = Status.PASSED if rank == 0 else status
    text = "" if rank == 0 or status is Status.NOT_JUDGED else comparable(message)
    return Ending(rank, status, () if rank == 0 else defects, text)


def endings(scenario: ScenarioOutcome, *, hints: bool = False) -> list[str]:
    """How a scenario run ended, for people: a line for each sentence that did not pass, or one for the whole.

    What breaks the run comes first, the most harmful first. hints: with what of the ledger each looks like.
    """
    wrong = [pair for pair in scenario.judged if pair[1].status not in (Status.PASSED, Status.NOT_JUDGED)]
    wrong.sort(
        key=lambda pair: (
            not pair[1].status.breaks_the_run,
            cause_line(pair[1]) is not None,
            worst_first(likely_harm(pair[0].text, pair[1])),
        )
    )
    lines = [
        _line(each.status, (each.defect,) if each.defect else (), each.instead, step.in_brief)
        + (f" ({hint(each)})" if hints and hint(each) else "")
        for step, each in wrong
    ]
    if any(each.status is scenario.status for _, each in wrong):
        return lines
    return [*lines, _line(scenario.status, scenario.defects, scenario.instead, "")]


def _line(status: Status, defects: tuple[str, ...], message: str, sentence: str) -> str:
    happened = "" if status in _KEPT else message
    said = f"“{sentence}”" if sentence else ""
    parts = (" ".join([status.value, *defects]), said, happened)
    return ": ".join(part for part in parts if part)


def compare_runs(before: RunRecord, after: RunRecord, flaky: Collection[str] = ()) -> Comparison:
    """Hold two runs against each other, scenario run by scenario run; flaky: those known to be, by node id."""
    earlier, later = ({each.nodeid: each for each in record.scenarios} for record in (before, after))
    changed: list[Changed] = []
    alike = 0
    for nodeid in earlier.keys() | later.keys():
        pair = earlier.get(nodeid), later.get(nodeid)
        change = _change(*pair)
        if change is Change.FIXED and nodeid in flaky:
            change = Change.FLAKY
        if change is None:
            alike += 1
        else:
            changed.append(Changed(change, *pair))
    order = list(Change)
    changed.sort(
        key=lambda each: (
            order.index(each.change),
            not each.breaks_the_run,
            SEVERITIES.index(each.outcome.severity),
            *in_order(each.outcome),
        )
    )
    return Comparison(before, after, tuple(changed), alike)


def _change(before: ScenarioOutcome | None, after: ScenarioOutcome | None) -> Change | None:
    if before is None:
        return Change.NEW
    if after is None:
        return Change.REMOVED
    was, now = behaviour(before), behaviour(after)
    if was == now:
        return None
    ranks = [(was[text].rank, now[text].rank) for text in was.keys() & now.keys()]
    known = [(earlier, later) for earlier, later in ranks if earlier is not None and later is not None]
    if any(later > earlier for earlier, later in known):
        return Change.FAILING
    return Change.FIXED if any(later == 0 < earlier for earlier, later in known) else Change.DIFFERENT


def _kept_now(defect: str, changed: Changed) -> bool:
    """Whether what failed by this defect before keeps its promise now."""
    was = behaviour(changed.before) if changed.before else {}
    now = behaviour(changed.after) if changed.after else {}
    failed = [key for key, ending in was.items() if ending.status is Status.KNOWN and defect in ending.defects]
    return all(key in now and now[key].rank == 0 for key in failed)


def _met(scenarios: Iterable[ScenarioOutcome]) -> Counter[str]:
    """In how many scenario runs the product failed as each entry of the ledger says."""
    return Counter(
        defect for scenario in scenarios for defect in {one for each in _known(scenario) for one in each.defects}
    )


def _known(scenario: ScenarioOutcome) -> list[Ending]:
    """What of a scenario run failed as the ledger says."""
    return [each for each in behaviour(scenario).values() if each.status is Status.KNOWN]
