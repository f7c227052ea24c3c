"""The five questions of a release meeting, each answered in a line or two: the head of the front page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from textwrap import shorten

from environment.gherkin.tags import SEVERITIES
from reports.changes import Changes
from reports.fitness import (
    Harm,
    Journey,
    checks_sentence,
    journeys_sentence,
    judged,
    tiles,
    tolerated,
    worst_unseen,
)
from reports.gate import Gate
from reports.known_defects import Impact
from reports.likely_causes import LikelyCause, likely_causes
from reports.outcomes import Ended, RunRecord, ScenarioOutcome, Status
from reports.summary import headline
from reports.verdict import LEDGER_SAYS

_LONGEST_REASON = 100
_ACTS = 3
_WORST = 3
_CAUSES = 3
_FIRST = 2
_VARYING = re.compile(r"\\+[Sdw][+*]?|\.[+*]")
"""Parts of a pattern that stand for any text."""
_NEW = {
    Status.FAILED: "New",
    Status.DIFFERENT: "Otherwise than the known defect",
    Status.BROKEN: "Could not be judged",
}


class Mark(StrEnum):
    """How an answer sounds: in colour and sign, beside its words."""

    GOOD = "passed"
    KNOWN = "known"
    BAD = "failed"
    OPEN = "skipped"


@dataclass(frozen=True)
class Answer:
    """A question, its answer in a sentence and what else belongs to it; anchor: of its section, if there is one."""

    question: str
    anchor: str
    mark: Mark
    text: str
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewFailure:
    """A scenario that breaks the run: all its rows and modes that do, the one with the worst severity first."""

    outcomes: tuple[ScenarioOutcome, ...]

    @property
    def first(self) -> ScenarioOutcome:
        """The one that is shown for all."""
        return self.outcomes[0]

    @property
    def title(self) -> str:
        """What holds for users, or should."""
        return self.first.scenario.title if len(self.titles) == 1 else self.first.scenario.name

    @property
    def titles(self) -> tuple[str, ...]:
        """The rows concerned, each once."""
        return tuple(dict.fromkeys(each.scenario.title for each in self.outcomes))

    @property
    def in_words(self) -> str:
        """What is wrong with it; its title says what should be so."""
        if self.first.holds:
            return "holds now"
        return self.first.status.in_words if self.first.status is Status.BROKEN else "does not hold"

    @property
    def modes(self) -> str:
        """Where it fails, in words."""
        return " and ".join(sorted({each.mode_at_fault for each in self.outcomes})) + " mode"

    @cached_property
    def _sentence(self) -> tuple[str, Ended]:
        failing = (("\n".join(step.lines), ended) for step, ended in self.first.judged if ended.status.breaks_the_run)
        return next(failing, ("", self.first))

    @property
    def done(self) -> str:
        """The last acts before it with their tables or texts; empty if there were none, or if just that failed."""
        before: list[str] = []
        for step, ended in self.first.judged:
            if ended.status.breaks_the_run:
                break
            if step.type == "when":
                before.append("\n".join(step.lines))
        return "\n".join(before[-_ACTS:])

    @property
    def promised(self) -> str:
        """The sentence that does not hold, with its table or text; empty if it is none of them."""
        return self._sentence[0]

    @property
    def happened(self) -> str:
        """What came instead, in one line: what was found, or which error came."""
        ended = self._sentence[1]
        if ended.status is Status.GONE:
            return "It holds now: the known defect is fixed here, and its entry can go."
        failure = ended.failure
        if failure is None or failure.kind == "AssertionError" or not failure.message.strip():
            return ended.in_words or ended.in_one_line
        return f"An error came instead: {failure.message.strip().partition(chr(10))[0]} ({failure.kind})"

    @property
    def known_as(self) -> str:
        """How the known defect behind it was to fail, to be held against what happened; empty if there is none."""
        ended = self._sentence[1]
        lines = ended.message.splitlines() if ended.status is Status.DIFFERENT else []
        said = next((each for each in lines if each.startswith(LEDGER_SAYS)), "")
        return _VARYING.sub("…", said.removeprefix(LEDGER_SAYS).strip().removeprefix("AssertionError matching "))


def new_failures(record: RunRecord) -> list[NewFailure]:
    """What is broken and not known to be, scenario by scenario, the most severe first."""
    return [each for each in _breaking(record) if not each.first.holds]


@dataclass(frozen=True)
class FailuresTogether:
    """New failures that perhaps have one cause, the most severe first, and what points to it; or a single one."""

    cause: str
    failures: tuple[NewFailure, ...]


def grouped_by_cause(failures: Sequence[NewFailure], causes: Sequence[LikelyCause]) -> list[FailuresTogether]:
    """The failures, in the order of the most severe of each group."""
    texts = {outcome.nodeid: cause.text for cause in causes for outcome in cause.failures}
    found: dict[str, list[NewFailure]] = {}
    for each in failures:
        found.setdefault(texts.get(each.first.nodeid, each.first.nodeid), []).append(each)
    return [FailuresTogether(name if len(those) > 1 else "", tuple(those)) for name, those in found.items()]


def failures_by_cause(record: RunRecord) -> list[FailuresTogether]:
    """The new failures of a run, those that perhaps have one cause together."""
    return grouped_by_cause(new_failures(record), likely_causes(record.scenarios))


def no_longer_broken(record: RunRecord) -> list[NewFailure]:
    """What breaks the run only because it holds: known defects whose entries can go."""
    return [each for each in _breaking(record) if each.first.holds]


def _breaking(record: RunRecord) -> list[NewFailure]:
    found: dict[tuple[str, Status, bool], list[ScenarioOutcome]] = {}
    for each in sorted(record.broke, key=lambda each: SEVERITIES.index(each.severity)):
        found.setdefault((each.scenario.place, each.status, each.holds), []).append(each)
    return [NewFailure(tuple(those)) for those in found.values()]


def harms_by_impact(harms: Sequence[Harm]) -> list[tuple[Impact, list[Harm]]]:
    """What this run met of the known defects, by kind of harm, the worst first; kinds that it did not meet left out."""
    kinds = [(impact, [each for each in harms if each.met and each.entry.impact is impact]) for impact in Impact]
    return [(impact, those) for impact, those in kinds if those]


def answers(
    record: RunRecord,
    harms: Sequence[Harm],
    walked: Sequence[Journey],
    changes: Changes | str,
    open_ends: Sequence[str] = (),
    beside_journeys: str = "",
    left_out: int = 0,
) -> tuple[Answer, ...]:
    """The answers, in the order in which a release meeting asks.

    open_ends: what the run says nothing about; beside_journeys: what journeys leave out; all in sentences. left_out:
    how many checks there are that the run did not make.
    """
    groups = failures_by_cause(record)
    return (
        _can_we_ship(record, harms, changes, open_ends, left_out),
        _what_is_broken(record, harms, groups),
        _what_changed(changes),
        _which_journeys_work(walked, beside_journeys),
        _what_to_fix_first(record, harms, groups),
    )


def _can_we_ship(
    record: RunRecord, harms: Sequence[Harm], changes: Changes | str, open_ends: Sequence[str], left_out: int
) -> Answer:
    tolerating = any(each.met for each in harms)
    mark = Mark.BAD if not record.accepted else Mark.KNOWN if tolerating else Mark.GOOD
    worse = ""
    if record.accepted and isinstance(changes, Changes) and changes.harm:
        worse = "It is worse than the run before: checks newly fail, by known defects, which the gate tolerates."
    part = f"Only a part of the suite ran: {' '.join(record.chosen)}." if record.is_part else ""
    rule = f"{record.gate.rule} {tolerated(record, harms)}".strip()
    stricter = _stricter(record) if record.accepted else ""
    more = tuple(filter(None, (worse, part, rule, " ".join(filter(None, open_ends)), stricter)))
    made = len(record.scenarios)
    alone = f"This run alone cannot tell: it made {made} of {made + left_out} checks. " if record.is_part else ""
    return Answer("Can we ship?", "", mark, f"{alone}{headline(record)}", more)


def _stricter(record: RunRecord) -> str:
    """That the next stricter gate would refuse the run, and why; empty if it would not."""
    failing = sum(each.severity == "blocker" and not each.holds for each in judged(record.scenarios))
    if record.gate is not Gate.REGRESSIONS or not failing:
        return ""
    return f"By the gate “{Gate.BLOCKERS}” it would not be: blocker checks fail, by known defects."


def _what_is_broken(record: RunRecord, harms: Sequence[Harm], groups: Sequence[FailuresTogether]) -> Answer:
    failing = sum(tile.failing for row in tiles(record) for tile in row)
    kinds = ", ".join(f"{len(those)} {impact}" for impact, those in harms_by_impact(harms))
    met = sum(bool(each.met) for each in harms)
    broke = [each for each in (record.objection,) if each and record.broke]
    known = [f"{met} known {'defect' if met == 1 else 'defects'} met by this run: {kinds}"] if met else []
    more = f"{'; '.join([*broke, *known])}."
    worst = [_named(those[0]) for _, those in harms_by_impact(harms)][:_WORST]
    known_before = "The worst known defects, which are not new" if broke else "The worst of each kind"
    named = (f"{known_before}: {'; '.join(worst)}.",) if worst else ()
    mark = Mark.BAD if record.broke else Mark.KNOWN if failing else Mark.GOOD if tiles(record) else Mark.OPEN
    lines = (*_new_in_words(groups), more, *named) if broke or known else ()
    return Answer("What is broken, and how badly?", "broken", mark, checks_sentence(record), lines)


def _new_in_words(groups: Sequence[FailuresTogether]) -> Iterator[str]:
    """A line for each of the first causes of new failures: what does not hold, what came instead, what they share."""
    for each in groups[:_CAUSES]:
        first = each.failures[0]
        happened = shorten(first.happened, _LONGEST_REASON, placeholder="…")
        shared = f" Perhaps the same cause behind {_others(each)}: {each.cause}." if each.cause else ""
        how = _NEW.get(first.first.status, "New")
        if first.first.status is Status.DIFFERENT:
            how = " ".join([how, *first.first.defects])
        yield f"{how}, in {first.modes}: “{first.title}” {first.in_words}: {happened.removesuffix('.')}.{shared}"
    if len(groups) > _CAUSES:
        yield f"And {len(groups) - _CAUSES} more, below."


def _others(group: FailuresTogether) -> str:
    others = len(group.failures) - 1
    return f"{others} more {'scenario' if others == 1 else 'scenarios'}"


def _named(harm: Harm) -> str:
    """A known defect as the answers name it: title, kind of harm, identifier."""
    return f"{harm.entry.title} ({harm.entry.impact}, {harm.entry.id})"


def _what_changed(changes: Changes | str) -> Answer:
    if isinstance(changes, str):
        return Answer("What changed?", "changed", Mark.OPEN, changes)
    mark = Mark.BAD if changes.breaking else Mark.KNOWN if changes.harm else Mark.GOOD
    more = (
        changes.fitness,
        *([f"The known defects by which checks newly fail: {changes.harm}."] if changes.harm else []),
    )
    return Answer("What changed?", "changed", mark, changes.sentence, more)


def _which_journeys_work(walked: Sequence[Journey], beside: str) -> Answer:
    endings = [ending for each in walked for ending in each.endings.values()]
    if not endings:
        mark = Mark.OPEN
    elif all(each.works for each in walked):
        mark = Mark.GOOD
    else:
        mark = Mark.BAD if any(each.outcome.status.breaks_the_run for each in endings) else Mark.KNOWN
    unseen = [f"“{each.title}”" for each in walked if not each.endings]
    working = [f"“{each.title}”" for each in walked if each.endings and each.works]
    more = list(_broken_journeys(walked))
    more += [f"Work wherever they ran: {', '.join(working)}."] if working else []
    more += [f"Not run: {', '.join(unseen)}."] if unseen and endings else []
    more += [beside] if beside else []
    return Answer("Which journeys work?", "journeys", mark, journeys_sentence(walked), tuple(more))


def _broken_journeys(walked: Sequence[Journey]) -> Iterator[str]:
    """A line for each that newly breaks, with what came instead, then one for all that known defects break."""
    known = []
    for journey in (each for each in walked if not each.works):
        broken = [(mode, ending) for mode, ending in journey.endings.items() if not ending.works]
        new = [(mode, ending) for mode, ending in broken if ending.outcome.status.breaks_the_run]
        defects = {each.id: each for _, ending in broken for each in ending.defects}.values()
        if new:
            reasons = [
                f"newly breaks in {ending.outcome.mode_at_fault} mode"
                f"{'' if ending.outcome.mode_at_fault is mode else f' (begun in {mode} mode)'}: "
                f"{shorten(ending.happened or 'it failed', _LONGEST_REASON, placeholder='…')}"
                for mode, ending in new
            ]
            reasons += [
                f"known in {mode} mode: {', '.join(each.id for each in ending.defects)}"
                for mode, ending in broken
                if ending.defects and not ending.outcome.status.breaks_the_run
            ]
            yield f"“{journey.title}” {'; '.join(reasons)}."
        else:
            kinds = "; ".join(
                f"{impact}: {', '.join(each.id for each in defects if each.impact is impact)}"
                for impact in dict.fromkeys(each.impact for each in defects)
            )
            modes = " and ".join(mode.value for mode, _ in broken)
            known.append(f"“{journey.title}” in {modes} mode{f' ({kinds})' if kinds else ''}")
    if known:
        yield f"Broken by known defects: {'; '.join(known)}."


def _what_to_fix_first(record: RunRecord, harms: Sequence[Harm], groups: Sequence[FailuresTogether]) -> Answer:
    known = [each for each in harms if each.met]
    passing = [
        f"“{each.failures[0].title}” {each.failures[0].in_words}"
        f"{f', and with it perhaps {_others(each)}' if each.cause else ''}"
        for each in groups
    ]
    passing += [f"“{each.title}” {each.in_words}" for each in no_longer_broken(record)]
    passing += [each.entry.title for each in known if each.counts_for(record.gate)]
    lines = []
    if passing:
        others = f" (and {len(passing) - _FIRST} more, below)" if len(passing) > _FIRST else ""
        lines.append(f"To pass the gate: {'; then '.join(passing[:_FIRST])}{others}.")
    if known:
        lines.append(f"To protect users: {_named(known[0])}, which {known[0].why}.")
    if unseen := worst_unseen(harms):
        others = f", and {len(unseen) - 1} more of data loss or security" if len(unseen) > 1 else ""
        lines.append(f"Not checked by this run: {_named(unseen[0])}{others}.")
    if not (passing or known):
        lines.insert(0, "Nothing that this run saw.")
    mark = Mark.BAD if passing else Mark.KNOWN if known else Mark.GOOD if record.ran else Mark.OPEN
    return Answer("What to fix first?", "fix-first", mark, lines[0], tuple(lines[1:]))
