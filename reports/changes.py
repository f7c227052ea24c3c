"""What changed since a whole run before this one: the other half of the answer whether a build can be shipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from environment.gherkin.tags import SEVERITIES
from environment.modes import Mode
from reports.charts import polyline
from reports.comparison import Change, ChangedEntry, Comparison, compare_runs
from reports.documents import InvalidDocumentError
from reports.fitness import Tile
from reports.known_defects import Ledger
from reports.outcomes import RunRecord
from reports.run_history import TrendPoint, is_whole, runs_before

FIRST_RUN = "First run: nothing to compare with yet."
_NAMES = {Change.DIFFERENT.value: "changed otherwise"}
_FLAKY = 2
"""So many times a scenario run must have begun or ceased to break runs of one version of the product."""


@dataclass(frozen=True)
class Changes:
    """Two runs compared. complete: both were of the same scenarios, so that new and removed ones are known, too."""

    comparison: Comparison
    complete: bool
    new_defects: tuple[ChangedEntry, ...]
    closed_defects: tuple[ChangedEntry, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many of what, in the order in which people ask; scenarios are scenario runs."""
        found = {change.value: len(those) for change, those in self.comparison.by_change.items()}
        sets = (Change.NEW.value, Change.REMOVED.value)
        return {
            **{name: number for name, number in found.items() if name not in sets},
            "new defects": len(self.new_defects),
            "closed defects": len(self.closed_defects),
            **({f"{name} scenarios": found[name] for name in sets} if self.complete else {}),
        }

    def named(self, change: str) -> list[tuple[str, str]]:
        """The scenarios of one kind of change, each once, with the modes."""
        found: dict[str, list[str]] = {}
        for each in self.comparison.by_change[Change(change)]:
            found.setdefault(each.scenario.title, []).append(each.scenario.mode)
        return [(title, " and ".join(sorted(set(modes))) + " mode") for title, modes in found.items()]

    @property
    def sentence(self) -> str:
        """All of it in one sentence."""
        before, after = self.comparison.before, self.comparison.after
        version = (
            ""
            if before.product_version == after.product_version
            else f" ({before.product_name} {before.product_version})"
        )
        part = "" if self.complete else f", in what both ran ({len(after.scenarios)})"
        failing = len(self.comparison.by_change[Change.FAILING])
        others = [
            f"{number} {_NAMES.get(name) or (name.removesuffix('s') if number == 1 else name)}"
            for name, number in list(self.counts.items())[1:]
            if number
        ]
        regressions = f"{failing} newly failing" if failing else "nothing newly failing"
        return f"Since the run of {before.started:%Y-%m-%d %H:%M} UTC{version}{part}: " + (
            ", ".join([regressions, *others]) + "."
        )


def changes_between(before: RunRecord, after: RunRecord, ledger: Ledger) -> Changes:
    """Compare two runs, as far as they made the same scenario runs if one of them was of a part or of more."""
    complete = before.chosen == after.chosen and is_whole(before) and is_whole(after)
    if not complete:
        both = {each.nodeid for each in before.scenarios} & {each.nodeid for each in after.scenarios}
        before, after = (
            record.model_copy(update={"scenarios": tuple(each for each in record.scenarios if each.nodeid in both)})
            for record in (before, after)
        )
    return changes_of(compare_runs(before, after), ledger, complete=complete)


def changes_of(comparison: Comparison, ledger: Ledger, *, complete: bool = True) -> Changes:
    """What a comparison says of the scenarios and of the ledger."""
    entries = comparison.entries(ledger)
    return Changes(
        comparison,
        complete,
        tuple(each for each in entries if each.met_after and not each.met_before),
        tuple(each for each in entries if each.gone),
    )


def since_last_run(history: Path, record: RunRecord, ledger: Ledger) -> Changes | str:
    """What changed since the last whole run on the same target; in words why that is not known, if it is not."""
    return _since(history, record, ledger, lambda _: True) or FIRST_RUN


def since_last_version(history: Path, record: RunRecord, ledger: Ledger) -> Changes | str | None:
    """What changed since the last whole run of another version of the product; None if there was none."""
    return _since(history, record, ledger, lambda before: before.product_version != record.product_version)


def _since(
    history: Path, record: RunRecord, ledger: Ledger, wanted: Callable[[RunRecord], bool]
) -> Changes | str | None:
    try:
        found = (each for each in runs_before(history, record.started) if each.target == record.target)
        before = next(filter(wanted, found), None)
    except InvalidDocumentError as error:
        return f"Nothing is compared: {error}."
    return None if before is None else changes_between(before, record, ledger)


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


def flaky_over_runs(points: Sequence[TrendPoint]) -> list[str]:
    """The scenario runs that break some runs of the last version of the product and not others, back and forth."""
    return sorted(_flaky(points)) if points else []


def _flaky(points: Sequence[TrendPoint]) -> Iterator[str]:
    last = points[-1]
    alike = [each for each in points if (each.product_version, each.target) == (last.product_version, last.target)]
    for nodeid in {each for point in alike for each in point.broke}:
        broke = [nodeid in point.broke for point in alike]
        if sum(one is not other for one, other in pairwise(broke)) >= _FLAKY:
            yield nodeid
