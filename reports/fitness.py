"""What a release meeting asks first: what works, how badly the rest is broken, and what to fix first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from textwrap import shorten

from environment.gherkin.records import ScenarioRecord
from environment.gherkin.sharding import once
from environment.gherkin.style import JOURNEY
from environment.gherkin.tags import SEVERITIES
from environment.modes import Mode
from reports.features import severity
from reports.gate import Gate
from reports.known_defects import Impact, KnownDefect, Ledger
from reports.outcomes import RunRecord, ScenarioOutcome, Status

FIRST_TO_FIX = 10
_LONGEST = 200
"""Characters of what happened where a journey broke."""


@dataclass(frozen=True)
class Tile:
    """The checks of one severity in one mode: how many were judged, how many fail, and how many of them are new."""

    severity: str
    mode: Mode
    judged: int
    failing: int
    new: int = 0


@dataclass(frozen=True)
class JourneyEnding:
    """How a journey ended in one mode: the sentence that fails first, what came of it, and the defects behind it.

    flaky: it breaks some runs and not others.
    """

    outcome: ScenarioOutcome
    sentence: str
    happened: str
    defects: tuple[KnownDefect, ...]
    flaky: bool = False

    @property
    def works(self) -> bool:
        """Whether all of it holds, in this run at least."""
        return self.outcome.holds


@dataclass(frozen=True)
class Journey:
    """One journey, how it ended in each mode in which it was judged, and the modes that it is for."""

    feature: str
    title: str
    endings: Mapping[Mode, JourneyEnding]
    modes: Collection[Mode] = tuple(Mode)

    @property
    def works(self) -> bool:
        """Whether all of it holds wherever it was judged."""
        return all(each.works for each in self.endings.values())


class NotMet(StrEnum):
    """Why a run did not meet a known defect: what became of its checks."""

    NOT_RUN = "whose checks did not run"
    GONE = "no longer there"
    OTHERWISE = "whose checks fail in another way, too"
    SKIPPED = "whose checks were skipped"
    PASSED = "whose checks ended without it"


@dataclass(frozen=True)
class Harm:
    """A known defect with what this run shows of it: the scenario runs in which it was met, or why there are none.

    severity: the worst among its checks, whether or not they ran; empty if none is known.
    """

    entry: KnownDefect
    met: tuple[ScenarioOutcome, ...]
    not_met: NotMet | None = None
    severity: str = ""

    @property
    def plainest(self) -> ScenarioOutcome | None:
        """The shortest of the checks that it fails, by which it is reproduced; None if it fails none."""
        return min(self.met, key=lambda each: len(each.scenario.steps), default=None)

    @property
    def worst_unseen(self) -> bool:
        """Whether it is of the worst kinds of harm, and the run says nothing about it."""
        return self.not_checked and self.entry.impact in Impact.worst()

    @property
    def not_checked(self) -> bool:
        """Whether the run says nothing about it."""
        return self.not_met is NotMet.NOT_RUN

    @property
    def worst_met(self) -> str:
        """The worst severity among the checks that it fails in this run; empty if it fails none."""
        return min((each.severity for each in self.met), key=SEVERITIES.index, default="")

    @property
    def journeys(self) -> int:
        """How many journeys it breaks."""
        return len({each.scenario.place for each in self.met if JOURNEY in each.scenario.tags})

    @property
    def scenarios(self) -> int:
        """How many scenarios it fails, whichever rows and modes of them."""
        return len({each.scenario.place for each in self.met})

    @property
    def by_mode(self) -> str:
        """How often this run met it, in each mode: `3 x local, 1 x multiuser`; empty if it did not."""
        met = Counter(each.scenario.mode for each in self.met)
        return ", ".join(f"{met[mode]} x {mode}" for mode in Mode if met[mode])

    def counts_for(self, gate: Gate) -> bool:
        """Whether that gate refuses a run for it."""
        return any(gate.judges(each.severity) for each in self.met)

    @property
    def why(self) -> str:
        """In words: who is hit, and how far it reaches."""
        reach = f"{self.scenarios} {'scenario' if self.scenarios == 1 else 'scenarios'}"
        if self.scenarios == self.journeys == 1:
            reach += ", a journey"
        elif self.journeys:
            reach += f", {self.journeys} of them {'a journey' if self.journeys == 1 else 'journeys'}"
        return f"hits {self.entry.affects}; fails {reach}"


def judged(scenarios: Iterable[ScenarioOutcome]) -> list[ScenarioOutcome]:
    """Those that ran and say something of the product: neither skipped nor broken."""
    return [each for each in scenarios if each.status.is_judged]


def tiles(record: RunRecord) -> list[list[Tile]]:
    """A row for each severity that occurs, the worst first, with a tile for each mode."""
    checks, failing, new = (Counter[tuple[str, Mode]]() for _ in range(3))
    for each in judged(record.scenarios):
        place = each.severity, each.scenario.mode
        checks[place] += 1
        failing[place] += not each.holds
        new[place] += each.status.breaks_the_run and not each.holds
    rows = [
        [Tile(severity, mode, *(each[severity, mode] for each in (checks, failing, new))) for mode in Mode]
        for severity in SEVERITIES
    ]
    return [row for row in rows if any(tile.judged for tile in row)]


def journeys(
    record: RunRecord, ledger: Ledger, flaky: Collection[str] = (), listed: Iterable[ScenarioRecord] = ()
) -> list[Journey]:
    """Every journey wherever it lies, those that were judged first, each in the order of the features.

    One that was made several times counts as it ended at its worst. flaky: the scenario runs known to be, by node id;
    listed: all scenarios there are, so that journeys that did not run are there as well.
    """
    found: dict[tuple[str, str], dict[Mode, JourneyEnding]] = {}
    for outcome in judged(record.scenarios):
        if JOURNEY in outcome.scenario.tags:
            endings = found.setdefault((outcome.scenario.feature, outcome.scenario.title), {})
            mode = outcome.scenario.mode
            if mode not in endings or endings[mode].works:
                endings[mode] = _ending(outcome, ledger, once(outcome.nodeid) in flaky)
    modes: dict[tuple[str, str], set[Mode]] = {}
    for each in listed:
        if JOURNEY in each.tags:
            found.setdefault((each.feature, each.title), {})
            modes.setdefault((each.feature, each.title), set()).add(each.mode)
    return [Journey(*place, endings, modes.get(place, tuple(Mode))) for place, endings in found.items()]


def _ending(outcome: ScenarioOutcome, ledger: Ledger, flaky: bool) -> JourneyEnding:
    failing = ((step.full_text, ended) for step, ended in outcome.judged if ended.status is not Status.PASSED)
    sentence, ended = next(failing, ("", outcome))
    happened = shorten(ended.instead, _LONGEST, placeholder="…")
    return JourneyEnding(outcome, sentence, happened, ledger.named(outcome.defects), flaky)


def by_harm(record: RunRecord, ledger: Ledger, listed: Iterable[ScenarioRecord] = ()) -> list[Harm]:
    """Every entry of the ledger: the most harmful kind first, within it the worst severity, then who is hit.

    Journeys count most, then whether it hits everyone, then how many scenarios it fails.

    listed: all scenarios there are, so that an entry has its severity in a run of a part as well.
    """
    by_name: dict[str, list[ScenarioRecord]] = {}
    for each in (*listed, *(each.scenario for each in record.scenarios)):
        by_name.setdefault(each.name, []).append(each)
    return sorted((_harm(entry, record, by_name) for entry in ledger.entries), key=_order)


def _harm(entry: KnownDefect, record: RunRecord, by_name: Mapping[str, Sequence[ScenarioRecord]]) -> Harm:
    concerned = [each for each in record.scenarios if entry.id in each.defects]
    met = tuple(each for each in concerned if each.shows(entry.id))
    claimed = [each for claim in entry.claims for each in by_name.get(claim.scenario, ()) if any(entry.claims_on(each))]
    severities = {*(severity(each.tags) for each in claimed), *(each.severity for each in met)}
    worst = min(severities, key=SEVERITIES.index, default="")
    return Harm(entry, met, None if met else _why_not_met(entry, concerned, record), worst)


def _why_not_met(entry: KnownDefect, concerned: Sequence[ScenarioOutcome], record: RunRecord) -> NotMet:
    claimed = {each.status for each in record.scenarios if any(entry.claims_on(each.scenario))}
    if not claimed:
        return NotMet.NOT_RUN
    if any(each.status is Status.GONE for each in concerned) and not any(
        each.status.breaks_the_run and not each.holds for each in concerned
    ):
        return NotMet.GONE
    if concerned:
        return NotMet.OTHERWISE
    return NotMet.SKIPPED if claimed == {Status.SKIPPED} else NotMet.PASSED


def _order(harm: Harm) -> tuple[int, int, int, bool, int, str]:
    """By the kind of harm in the order of `reports.known_defects.Impact`, then by who is hit, not by rows and modes."""
    not_everyone = not harm.entry.affects.startswith("everyone")
    severity = SEVERITIES.index(harm.severity) if harm.severity else len(SEVERITIES)
    return list(Impact).index(harm.entry.impact), severity, -harm.journeys, not_everyone, -harm.scenarios, harm.entry.id


def met_sentence(harms: Sequence[Harm]) -> str:
    """How many of the known defects the run met, and why not the others."""
    missed = Counter(each.not_met for each in harms if each.not_met)
    met = f"This run saw {sum(bool(each.met) for each in harms)} of {len(harms)} known defects"
    others = ", ".join(f"{number} {why}" for why, number in missed.most_common())
    return f"{met}; not seen: {others}." if others else f"{met}."


def first_to_fix(harms: Sequence[Harm]) -> list[Harm]:
    """The ten that do most harm, of those that this run met."""
    return [each for each in harms if each.met][:FIRST_TO_FIX]


def worst_unseen(harms: Sequence[Harm]) -> list[Harm]:
    """The known defects of the worst kinds of harm about which this run says nothing."""
    return [each for each in harms if each.worst_unseen]


def tolerated(record: RunRecord, harms: Sequence[Harm]) -> str:
    """How many known defects the gate lets pass, and how many of them hurt most; empty if there is none."""
    those = [each for each in harms if each.met and not each.counts_for(record.gate)]
    if not those:
        return ""
    number = f"{len(those)} known {'defect' if len(those) == 1 else 'defects'}"
    unseen = worst_unseen(harms)
    unchecked = f" Not checked by this run: {worst_kinds(unseen)}." if unseen else ""
    return f"It tolerates {number}: {worst_kinds(those) or 'none of data loss or security'}.{unchecked}"


def tolerated_harm(record: RunRecord, harms: Sequence[Harm]) -> str:
    """How many of the known defects that the gate lets pass lose data or are security holes; empty if none."""
    those = [each for each in harms if each.met and not each.counts_for(record.gate)]
    if not those:
        return ""
    kinds = {impact: sum(each.entry.impact is impact for each in those) for impact in Impact.worst()}
    bad = [impact.counted(number) for impact, number in kinds.items() if number]
    number = f"{len(those)} known {'defect' if len(those) == 1 else 'defects'}"
    return f"Of {number} {' and '.join(bad) or 'none loses data or is a security hole'}."


def worst_kinds(harms: Sequence[Harm]) -> str:
    """How many of them are of which of the worst kinds of harm: `4 of data loss and 2 of security`."""
    worst = [(impact, sum(each.entry.impact is impact for each in harms)) for impact in Impact.worst()]
    return " and ".join(f"{found} of {impact}" for impact, found in worst if found)


def fitness(record: RunRecord, ledger: Ledger, flaky: Collection[str] = ()) -> str:
    """What works, in a sentence or two: journeys by mode, and how many checks fail."""
    walked = journeys(record, ledger, flaky)
    return " ".join([*([journeys_sentence(walked)] if walked else []), checks_sentence(record)])


def journeys_sentence(walked: Sequence[Journey]) -> str:
    """How many journeys work in each mode, and how many of them only in some runs."""
    by_mode = {mode: [each.endings[mode] for each in walked if mode in each.endings] for mode in Mode}
    parts = []
    for mode, endings in by_mode.items():
        working = [each for each in endings if each.works]
        flaky = sum(each.flaky for each in working)
        if endings:
            parts.append(f"{len(working)} of {len(endings)} in {mode} mode{f' ({flaky} flaky)' if flaky else ''}")
    return f"Journeys that work: {', '.join(parts)}." if parts else "No journey ran."


def checks_sentence(record: RunRecord) -> str:
    """How many checks fail, and how many of each severity, the worst first."""
    rows = tiles(record)
    if not rows:
        return "Nothing was judged."
    checks = [(row[0].severity, sum(each.failing for each in row), sum(each.judged for each in row)) for row in rows]
    bad = [f"{failing} of {judged} {severity}" for severity, failing, judged in checks if failing]
    failing, everything = (sum(each) for each in list(zip(*checks, strict=True))[1:])
    new = sum(tile.new for row in rows for tile in row)
    shares = f" ({failing - new} known, {new} new)" if new else ""
    if not bad:
        return f"All {everything} checks pass."
    one_kind = f"{bad[0]} checks fail{shares}."
    return one_kind if len(checks) == 1 else f"{failing} of {everything} checks fail{shares}: {', '.join(bad)}."
