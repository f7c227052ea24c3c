"""What changed since a whole run before this one: the other half of the answer whether a build can be shipped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from environment.gherkin.style import JOURNEY
from environment.gherkin.tags import SEVERITIES
from environment.modes import Mode
from reports.charts import polyline
from reports.comparison import Change, Changed, ChangedEntry, Comparison, compare_runs
from reports.dates import when
from reports.documents import InvalidDocumentError
from reports.fitness import Tile, judged
from reports.known_defects import Impact, KnownDefect, Ledger
from reports.outcomes import RunRecord, Status
from reports.run_history import TrendPoint, is_whole, part_before, runs_before, trend_up_to

FIRST_RUN = "No earlier run is kept here, so there is nothing to compare with yet."
NOTHING_IN_COMMON = "No earlier run that is kept made any of these checks, so there is nothing to compare with yet."
_GROUPED = (Change.FAILING, Change.FIXED)
_FLAKY = 2
"""So many times a scenario run must have begun or ceased to break runs of one version of the product."""


@dataclass(frozen=True)
class ChangedTogether:
    """Scenario runs of one kind of change with the same cause: a known defect, or else one scenario by itself."""

    defect: KnownDefect | None
    runs: tuple[Changed, ...]

    @property
    def title(self) -> str:
        """The defect, or the scenario."""
        return self.defect.title if self.defect else self.runs[0].scenario.title

    @property
    def reach(self) -> str:
        """How many checks it concerns, and in which modes."""
        number = len(self.runs)
        modes = " and ".join(sorted({each.scenario.mode for each in self.runs}))
        return f"{number} {'check' if number == 1 else 'checks'}, {modes} mode"


@dataclass(frozen=True)
class Changes:
    """Two runs compared. complete: both were of the same scenarios, so that new and removed ones are known, too.

    grouped: what newly fails and what is fixed, by cause: what no known defect explains first, the most severe check
    before others, then the defects by harm. flaky: the scenario runs known to break some runs and not others.
    """

    comparison: Comparison
    complete: bool
    new_defects: tuple[ChangedEntry, ...]
    closed_defects: tuple[ChangedEntry, ...]
    grouped: Mapping[str, tuple[ChangedTogether, ...]]
    flaky: frozenset[str] = frozenset()

    @property
    def breaking(self) -> int:
        """How many scenario runs newly fail otherwise than by a known defect."""
        return sum(each.breaks_the_run for each in self.comparison.by_change[Change.FAILING])

    @property
    def harm(self) -> str:
        """The known defects by which checks newly fail, counted by harm; empty if there is none."""
        causes = [each.defect for each in self.grouped[Change.FAILING] if each.defect]
        kinds = [(impact, sum(each.impact is impact for each in causes)) for impact in Impact]
        return ", ".join(f"{number} {impact}" for impact, number in kinds if number)

    @property
    def filed(self) -> int:
        """How many scenario runs broke the run before and fail still, but as known defects now."""
        both = [(each.before, each.after) for each in self.comparison.by_change[Change.DIFFERENT]]
        return sum(
            before is not None
            and after is not None
            and before.status.breaks_the_run
            and not before.holds
            and not after.holds
            and not after.status.breaks_the_run
            for before, after in both
        )

    @property
    def surroundings(self) -> str:
        """What has to be known beside the numbers: that nothing was repaired, or cannot have been; empty if nothing."""
        before = self.comparison.before
        said = [] if before.accepted or not self.complete else [f"The run before was not accepted: {before.objection}."]
        if self.filed:
            subject = "1 of its failures is" if self.filed == 1 else f"{self.filed} of its failures are"
            said.append(f"{subject} listed as known defects now, and not repaired.")
        moved = self.comparison.by_change[Change.FAILING] or self.comparison.by_change[Change.FIXED]
        if moved and self.is_of_one_product:
            said.append("The product is the same in both, so that the checks or what surrounds them have changed.")
        return " ".join(said)

    @property
    def is_of_one_product(self) -> bool:
        """Whether both judged the same published product: then nothing was repaired or broken in it."""
        before, after = self.comparison.before, self.comparison.after
        return before.built_as == after.built_as and not after.came_from

    @property
    def fitness(self) -> str:
        """How many checks failed before and how many do now, and how many journeys worked and work, in sentences."""
        before, now = self.comparison.before, self.comparison.after
        failing = [sum(not each.holds for each in judged(record.scenarios)) for record in (before, now)]
        sentences = [f"Checks that fail: {failing[0]} before, {failing[1]} now.", *self._failing_already]
        working = [_working_journeys(record) for record in (before, now)]
        parts = [
            f"{working[0][mode]} before, {working[1][mode]} now in {mode} mode" for mode in Mode if working[0][mode]
        ]
        return " ".join([*sentences, *([f"Journeys that work: {'; '.join(parts)}."] if parts else [])])

    @property
    def _failing_already(self) -> list[str]:
        """That some of what newly fails failed before, too, in a sentence, so that the numbers add up."""
        newly = self.comparison.by_change[Change.FAILING]
        already = sum(each.before is not None and not each.before.holds for each in newly)
        if not already:
            return []
        if already == 1:
            return ["One of the newly failing failed before, too, by a known defect, and fails in another way now."]
        return [
            f"{already} of the newly failing failed before, too, because of known defects, and fail in another way now."
        ]

    @property
    def counts(self) -> dict[str, int]:
        """How many of what, in the order in which people ask; a check is a scenario run."""
        found = {change.value: len(those) for change, those in self.comparison.by_change.items()}
        sets = (Change.NEW.value, Change.REMOVED.value)
        found = {name: number for name, number in found.items() if number or name != Change.FLAKY.value}
        return {
            **{name: number for name, number in found.items() if name not in sets},
            "new defects": len(self.new_defects),
            "closed defects": len(self.closed_defects),
            **({f"{name} checks": found[name] for name in sets} if self.complete else {}),
        }

    @property
    def sentence(self) -> str:
        """All of it in one sentence."""
        before, after = self.comparison.before, self.comparison.after
        as_usual = ", as published" if after.came_from and not before.came_from else ""
        version = "" if before.built_as == after.built_as else f" ({before.built_as}{as_usual})"
        number = len(after.scenarios)
        both = f"{number} {'check' if number == 1 else 'checks'} that both ran"
        part = "" if self.complete else f", among the {both}"
        failing = len(self.comparison.by_change[Change.FAILING])
        known = failing - self.breaking
        several = "known defects" if known > 1 else "a known defect"
        share = f"{known} " if known < failing else "all " if known > 1 else ""
        by_known = f" ({share}by {several})" if known else ""
        others = [
            f"{number} {self._called(name.removesuffix('s') if number == 1 else name)}"
            for name, number in list(self.counts.items())[1:]
            if number
        ]
        fixed = "" if self.comparison.by_change[Change.FIXED] else ", nothing fixed"
        same = " of the same product" if self.is_of_one_product and not fixed else ""
        regressions = f"{failing} newly failing{by_known}{fixed}" if failing else "nothing newly failing"
        return f"Since the run of {when(before.started)}{version}{same}{part}: " + (
            ", ".join([regressions, *others]) + "."
        )

    def _called(self, change: str) -> str:
        """A kind of change in words: nothing is fixed in the same product, or where something new hides it."""
        if change != Change.FIXED:
            return change
        after = self.comparison.after
        fixed = [each.after for each in self.comparison.by_change[Change.FIXED] if each.after is not None]
        hidden = any(each.status is Status.GONE and after.shows_elsewhere(each) for each in fixed)
        return "passing now" if hidden or self.is_of_one_product else change


def _working_journeys(record: RunRecord) -> Counter[Mode]:
    walked = (each for each in judged(record.scenarios) if JOURNEY in each.scenario.tags)
    return Counter(each.scenario.mode for each in walked if each.holds)


def changes_between(
    before: RunRecord, after: RunRecord, ledger: Ledger, flaky: frozenset[str] = frozenset()
) -> Changes:
    """Compare two runs, as far as they made the same scenario runs if one of them was of a part or of more.

    flaky: the scenario runs known to be so, by node id.
    """
    complete = before.chosen == after.chosen and is_whole(before) and is_whole(after)
    if not complete:
        both = {each.nodeid for each in before.scenarios} & {each.nodeid for each in after.scenarios}
        before, after = (
            record.model_copy(update={"scenarios": tuple(each for each in record.scenarios if each.nodeid in both)})
            for record in (before, after)
        )
    return changes_of(compare_runs(before, after, flaky), ledger, complete=complete, flaky=flaky)


def changes_of(
    comparison: Comparison, ledger: Ledger, *, complete: bool = True, flaky: frozenset[str] = frozenset()
) -> Changes:
    """What a comparison says of the scenarios and of the ledger."""
    entries = comparison.entries(ledger)
    return Changes(
        comparison,
        complete,
        tuple(each for each in entries if each.met_after and not each.met_before),
        tuple(each for each in entries if each.gone),
        {change.value: _by_cause(comparison.by_change[change], ledger) for change in _GROUPED},
        flaky,
    )


def _by_cause(changed: Sequence[Changed], ledger: Ledger) -> tuple[ChangedTogether, ...]:
    found: dict[tuple[str, str], list[Changed]] = {}
    for each in changed:
        for cause in [("", defect) for defect in each.behind_it] or [(each.scenario.place, each.scenario.title)]:
            found.setdefault(cause, []).append(each)
    together = [
        ChangedTogether(None if place else ledger.entry(name), tuple(those)) for (place, name), those in found.items()
    ]
    return tuple(sorted(together, key=_worst_first))


def _worst_first(together: ChangedTogether) -> tuple[int, int]:
    if together.defect is None:
        return -1, min(SEVERITIES.index(each.outcome.severity) for each in together.runs)
    return list(Impact).index(together.defect.impact), -len(together.runs)


def since_last_run(history: Path, record: RunRecord, ledger: Ledger) -> Changes | str:
    """What changed since the last whole run on the same target; in words why that is not known, if it is not.

    A run of a part is compared with the last one of the same part, if that was later.
    """

    def runs() -> Iterator[RunRecord | None]:
        yield next(_whole_runs(history, record), None)
        yield part_before(history, record)

    return _since(history, record, ledger, runs()) or FIRST_RUN


def since_last_version(history: Path, record: RunRecord, ledger: Ledger) -> Changes | str | None:
    """What changed since the last whole run of another version of the product; None if there was none."""

    def runs() -> Iterator[RunRecord | None]:
        others = (each for each in _whole_runs(history, record) if each.product_version != record.product_version)
        yield next(others, None)

    return _since(history, record, ledger, runs())


def _whole_runs(history: Path, record: RunRecord) -> Iterator[RunRecord]:
    return (each for each in runs_before(history, record.started) if each.target == record.target)


def _since(history: Path, record: RunRecord, ledger: Ledger, runs: Iterator[RunRecord | None]) -> Changes | str | None:
    """What changed since the latest of these runs, which are read here alone; None if there is none."""
    try:
        before = max(filter(None, runs), key=lambda each: each.started, default=None)
        flaky = frozenset(flaky_over_runs(trend_up_to(history, record), record))
    except InvalidDocumentError as error:
        return f"Nothing is compared: {error}."
    if before is None:
        return None
    changes = changes_between(before, record, ledger, flaky)
    return changes if changes.comparison.after.scenarios else NOTHING_IN_COMMON


def changes_sentence(changes: Changes | str) -> str:
    """What changed, or why that is not known, in one sentence."""
    return changes if isinstance(changes, str) else changes.sentence


@dataclass(frozen=True)
class TrendLine:
    """How many checks of one severity failed in one mode, oldest run first; only runs in which some were made."""

    severity: str
    mode: Mode
    tiles: tuple[Tile, ...]

    @property
    def points(self) -> str:
        """The share that fails, as SVG's polyline takes it; the upper edge is all of them."""
        return polyline([each.failing / each.judged for each in self.tiles], 1.0)

    @property
    def text(self) -> str:
        """The line in words."""
        first, last, runs = self.tiles[0], self.tiles[-1], len(self.tiles)
        now = f"{last.failing} of {last.judged} fail"
        return now if runs == 1 else f"{first.failing} of {first.judged} in the first of {runs} runs; now {now}"


def trend_lines(points: Sequence[TrendPoint]) -> list[list[TrendLine]]:
    """A row for each severity, the worst first, with a line for each mode in which checks of it were made."""
    found: dict[tuple[str, Mode], list[Tile]] = {}
    for tile in (tile for point in points for tile in point.tiles if tile.judged):
        found.setdefault((tile.severity, tile.mode), []).append(tile)
    rows = [
        [TrendLine(severity, mode, tuple(found[severity, mode])) for mode in Mode if (severity, mode) in found]
        for severity in SEVERITIES
    ]
    return [row for row in rows if row]


def flaky_over_runs(points: Sequence[TrendPoint], record: RunRecord | None = None) -> list[str]:
    """The scenario runs that break some runs of the last version of the product and not others, back and forth.

    record: the last run; what fails in it by a known defect has only been listed, and breaks no run for that reason.
    """
    listed = {each.nodeid for each in record.scenarios if each.status is Status.KNOWN} if record else set[str]()
    return sorted({*_flaky(points)} - listed) if points else []


def _flaky(points: Sequence[TrendPoint]) -> Iterator[str]:
    last = points[-1]
    alike = [each for each in points if (each.product_version, each.target) == (last.product_version, last.target)]
    for nodeid in {each for point in alike for each in point.broke}:
        broke = [nodeid in point.broke for point in alike]
        if sum(one is not other for one, other in pairwise(broke)) >= _FLAKY:
            yield nodeid
