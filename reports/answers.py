"""The five questions of a release meeting, each answered in a line or two: the head of the front page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from textwrap import shorten

from reports.changes import Changes
from reports.comparison import Change
from reports.deeds import deeds
from reports.features import MCP_SERVER
from reports.fitness import (
    Harm,
    Journey,
    checks_sentence,
    journeys_sentence,
    tiles,
    tolerated,
    tolerated_harm,
    worst_kinds,
    worst_unseen,
)
from reports.gate import Gate
from reports.known_defects import Impact
from reports.new_failures import SAYS_ENOUGH, BrokenPromise, FailuresTogether, NewFailure, no_longer_broken
from reports.outcomes import RunRecord, Status
from reports.summary import headline

_LONGEST_REASON = 100
_WORST = 3
_CAUSES = 3
_FIRST = 2
_NAMED_CHANGES = 2
_MAY = {
    Impact.DATA_LOSS: "lose data",
    Impact.SECURITY: "let people see or do what they have no right to",
    Impact.CANNOT: "make something impossible",
    Impact.WRONG: "give wrong results",
    Impact.MESSAGE: "mislead people",
    Impact.COSMETIC: "be cosmetic",
}
_NEW = {
    Status.FAILED: "New",
    Status.DIFFERENT: "In another way than the known defect",
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
    """A question, its answer in a sentence and what else belongs to it.

    anchor: of its section, if there is one; shown: how many of the other lines are not folded.
    """

    question: str
    anchor: str
    mark: Mark
    text: str
    more: tuple[str, ...] = ()
    shown: int = 2


def harms_by_impact(harms: Sequence[Harm]) -> list[tuple[Impact, list[Harm]]]:
    """What this run saw of the known defects, by kind of harm, the worst first; kinds that it did not see left out."""
    kinds = [(impact, [each for each in harms if each.met and each.entry.impact is impact]) for impact in Impact]
    return [(impact, those) for impact, those in kinds if those]


def harms_in_words(harms: Sequence[Harm]) -> str:
    """How many of the known defects that this run saw do which harm, the worst first; empty if it saw none."""
    return ", ".join(impact.counted(len(those)) for impact, those in harms_by_impact(harms))


def answers(
    record: RunRecord,
    harms: Sequence[Harm],
    walked: Sequence[Journey],
    changes: Changes | str,
    groups: Sequence[FailuresTogether],
    open_ends: Sequence[str] = (),
    beside_journeys: str = "",
    left_out: int = 0,
) -> tuple[Answer, ...]:
    """The answers, in the order in which a release meeting asks.

    groups: the run's new failures (`failures_by_cause`); open_ends: what the run says nothing about; beside_journeys:
    what journeys leave out; all in sentences. left_out: how many checks there are that the run did not make.
    """
    return (
        _can_we_ship(record, harms, changes, open_ends, left_out, groups),
        _what_is_broken(record, harms, groups),
        _what_changed(changes, groups),
        _which_journeys_work(walked, beside_journeys, groups),
        _what_to_fix_first(record, harms, groups),
    )


def _can_we_ship(
    record: RunRecord,
    harms: Sequence[Harm],
    changes: Changes | str,
    open_ends: Sequence[str],
    left_out: int,
    groups: Sequence[FailuresTogether],
) -> Answer:
    tolerating = any(each.met for each in harms)
    mark = Mark.BAD if not record.accepted else Mark.KNOWN if tolerating else Mark.GOOD
    worse = ""
    if record.accepted and isinstance(changes, Changes) and changes.harm:
        worse = "It is worse than the run before: checks newly fail because of known defects, which the gate tolerates."
    release = ""
    part = f"Only a part of the suite ran: {' '.join(record.chosen)}." if record.is_part else ""
    if record.accepted:
        rule, release = f"{record.gate.rule} It asks {record.gate.question}.", _fit_to_release(record)
        harm = f" {tolerated_harm(record, harms)}".rstrip()
        unseen = worst_unseen(harms)
        harm += f" Not checked by this run: {worst_kinds(unseen)}." if tolerating and unseen else ""
    else:
        rule, harm = f"{record.gate.rule} {tolerated(record, harms)}".strip(), _harm_of_what_is_new(groups)
    more = tuple(filter(None, (release, worse, part, rule, " ".join(filter(None, open_ends)))))
    # The question of the heading first: the gate may ask another one.
    verdict = _verdict(record, left_out)
    return Answer("Can we ship?", "", mark, f"{verdict} {headline(record)}{harm}", more, len(more))


def _verdict(record: RunRecord, left_out: int) -> str:
    """Yes or no, as far as a run can say; left_out: how many checks there are that it did not make."""
    made = len(record.scenarios)
    if record.is_part:
        ran = f"{made} of {made + left_out} checks"
        no = record.broke and not record.accepted
        return f"No, and only {ran} ran." if no else f"This run alone cannot tell: it ran {ran}."
    if not record.accepted:
        return "No."
    fit = record.model_copy(update={"gate": Gate.BLOCKERS}).objection is None
    return "Yes." if fit or record.gate is not Gate.REGRESSIONS else "No, though nothing is worse than already known."


def _harm_of_what_is_new(groups: Sequence[FailuresTogether]) -> str:
    """What the new failures do to users, as far as their words tell, the worst first; empty if they tell nothing."""
    kinds = {each.likely_harm for group in groups for each in group.failures}
    named = [impact for impact in Impact.worst() if impact in kinds]
    named = named or [impact for impact in Impact if impact in kinds][:1]
    what = [_MAY[each] for each in named]
    return f" The new failures may {' and '.join(what)}." if what else ""


def _fit_to_release(record: RunRecord) -> str:
    """Whether the gate for releases would accept a run that this one accepts.

    Empty if it is that one, or stricter, or if the headline says it.
    """
    if record.gate is not Gate.REGRESSIONS:
        return ""
    objection = record.model_copy(update={"gate": Gate.BLOCKERS}).objection
    if objection and not record.is_part:
        return ""  # the headline of a whole run says so
    if objection:
        return f"Fit to release? Not by the gate “{Gate.BLOCKERS}”: {objection}."
    so_far = ", as far as it ran" if record.is_part else ""
    return f"Fit to release? The gate “{Gate.BLOCKERS}” would accept it, too{so_far}."


def _what_is_broken(record: RunRecord, harms: Sequence[Harm], groups: Sequence[FailuresTogether]) -> Answer:
    failing = sum(tile.failing for row in tiles(record) for tile in row)
    met = sum(bool(each.met) for each in harms)
    broke = [each for each in (record.objection,) if each and record.broke]
    known = (
        [f"{met} known {'defect' if met == 1 else 'defects'} seen by this run: {harms_in_words(harms)}"] if met else []
    )
    more = " ".join(f"{each}." for each in [*broke, *known, *_behind_blockers(record, harms)])
    worst = [_named(those[0]) for _, those in harms_by_impact(harms)][:_WORST]
    known_before = "The worst known defects, which are not new" if broke else "The worst of each kind"
    named = (f"{known_before}: {'; '.join(worst)}.",) if worst else ()
    mark = Mark.BAD if record.broke else Mark.KNOWN if failing else Mark.GOOD if tiles(record) else Mark.OPEN
    lines = (*_new_in_words(groups), more, *named) if broke or known else ()
    return Answer("What is broken, and how badly?", "broken", mark, checks_sentence(record), lines)


def _behind_blockers(record: RunRecord, harms: Sequence[Harm]) -> Iterator[str]:
    """What the blocker checks that fail by known defects fail by, at worst: a severe check may meet a small harm."""
    blockers = {each.nodeid for each in record.scenarios if each.severity == "blocker" and each.status is Status.KNOWN}
    worst: dict[str, Impact] = {}
    for harm in harms:  # the most harmful kind first
        for each in harm.met:
            if each.nodeid in blockers:
                worst.setdefault(each.nodeid, harm.entry.impact)
    if worst:
        found = Counter(worst.values())
        kinds = ", ".join(f"{found[impact]} {impact}" for impact in Impact if found[impact])
        checks = f"{len(worst)} blocker checks" if len(worst) > 1 else "blocker check"
        yield f"Behind the {checks} that known defects fail, at worst: {kinds}"


def _new_in_words(groups: Sequence[FailuresTogether]) -> Iterator[str]:
    """A line for each of the first causes of new failures: what came instead of each promise, and what they share."""
    for each in groups[:_CAUSES]:
        first = each.failures[0]
        own = [promise for promise in first.promises if not promise.follows] or first.promises
        came = "; ".join(dict.fromkeys(_came(promise, first) for promise in own))
        how = _NEW.get(first.first.status, "New")
        if first.first.status is Status.DIFFERENT:
            how = " ".join([how, *first.first.defects])
        if each.likely_harm:
            how = f"{how}, perhaps {each.likely_harm}"
        if each.methods:
            how = f"{how}, for people who {deeds(each.methods)}"
        more = _others(each)
        others = f" Perhaps the same cause behind {more}." if each.fails_alike else f" {more} of theirs fail, too."
        yield f"{how}, in {first.modes}: “{first.title}” {first.in_words}: {_ended(came)}{others if each.cause else ''}"
    if len(groups) > _CAUSES:
        yield f"And {len(groups) - _CAUSES} more, below."


def _came(promise: BrokenPromise, failure: NewFailure) -> str:
    """What came instead of what was promised, without a full stop; with the promise if it says little alone."""
    happened = _shortened(promise.happened)
    says_little = promise.sentence and len(happened.split()) < SAYS_ENOUGH
    return f"{f'“{promise.sentence}”: ' if says_little else ''}{happened}{failure.where(promise)}"


def _shortened(text: str) -> str:
    """A reason as answers tell it, without a full stop."""
    short = shorten(text, _LONGEST_REASON, placeholder="…").removesuffix(".")
    return f"{short.rstrip('…').rstrip(' ,;:')}…" if short.endswith("…") else short


def _ended(text: str) -> str:
    return text if text.endswith("…") else f"{text}."


def _others(group: FailuresTogether) -> str:
    others = len(group.failures) - 1
    return f"{others} more {'scenario' if others == 1 else 'scenarios'}"


def _named(harm: Harm) -> str:
    """A known defect as the answers name it: title, kind of harm, identifier."""
    return f"{harm.entry.title} ({harm.entry.impact}, {harm.entry.id})"


def _what_changed(changes: Changes | str, groups: Sequence[FailuresTogether]) -> Answer:
    if isinstance(changes, str):
        return Answer("What changed?", "changed", Mark.OPEN, changes)
    mark = Mark.BAD if changes.breaking else Mark.KNOWN if changes.harm or changes.filed else Mark.GOOD
    more = (
        *_named_changes(changes, groups),
        changes.fitness,
        *([changes.surroundings] if changes.surroundings else []),
        *([f"The known defects by which checks newly fail: {changes.harm}."] if changes.harm else []),
    )
    return Answer("What changed?", "changed", mark, changes.sentence, more)


def _named_changes(changes: Changes, groups: Sequence[FailuresTogether]) -> Iterator[str]:
    """What newly fails, in the order and the groups of new failures, and what passes now: the first of each by name."""
    failing, fixed = changes.grouped[Change.FAILING], changes.grouped[Change.FIXED]
    newly = {run.after.nodeid for each in failing for run in each.runs if run.after is not None}
    worse = {
        group.failures[0].title: group
        for group in groups
        if any(outcome.nodeid in newly for failure in group.failures for outcome in failure.outcomes)
    }
    together = {failure.title for group in worse.values() for failure in group.failures}
    by_known = [each.title for each in failing if each.title not in together]
    named = [f"{_named_title(title)}{_and_others(group)}" for title, group in worse.items()]
    for what, titles in (
        ("Worse (no longer true)", [*named, *map(_named_title, by_known)]),
        ("Better (now true)", [_named_title(each.runs[0].scenario.title) for each in fixed]),
    ):
        shown = list(dict.fromkeys(titles))
        others = f"; and {len(shown) - _NAMED_CHANGES} more" if len(shown) > _NAMED_CHANGES else ""
        if shown:
            yield f"{what}: {'; '.join(shown[:_NAMED_CHANGES])}{others}."


def _named_title(title: str) -> str:
    return f"“{title}”"


def _and_others(group: FailuresTogether) -> str:
    return f" and with it {_others(group)}" if len(group.failures) > 1 else ""


def _which_journeys_work(walked: Sequence[Journey], beside: str, groups: Sequence[FailuresTogether]) -> Answer:
    endings = [ending for each in walked for ending in each.endings.values()]
    if not endings:
        mark = Mark.OPEN
    elif all(each.works for each in walked):
        mark = Mark.GOOD
    else:
        mark = Mark.BAD if any(each.outcome.status.breaks_the_run for each in endings) else Mark.KNOWN
    unseen = [f"“{each.title}”" for each in walked if not each.endings]
    working = [f"“{each.title}”" for each in walked if each.endings and each.works]
    new = [failure for group in groups for failure in group.failures]
    uncovered = bool(new and endings) and not any(each.is_journey for each in new)
    more = ["The new failures touch no journey."] if uncovered else []
    more += _broken_journeys(walked)
    more += [f"Working wherever they ran: {', '.join(working)}."] if working else []
    more += [f"Not run: {', '.join(unseen)}."] if unseen and endings else []
    more += [beside] if beside else []
    alone = [each for each in walked if len(each.modes) == 1 and each.endings]
    more += [f"“{each.title}” is for {next(iter(each.modes))} mode only." for each in alone]
    return Answer(
        "Which journeys work?",
        "journeys",
        mark,
        f"{journeys_sentence(walked)}{_beside_the_server(walked)}",
        tuple(more),
        shown=1,
    )


def _beside_the_server(walked: Sequence[Journey]) -> str:
    """That no journey goes through the MCP server, if none does: a board of green journeys says nothing about it."""
    steps = [step for each in walked for ending in each.endings.values() for step in ending.outcome.scenario.steps]
    if not any(each.endings for each in walked) or any(MCP_SERVER in each.text for each in steps):
        return ""
    return " None goes through the MCP server that assistants use."


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
                f"{_shortened(ending.happened or 'it failed')}"
                for mode, ending in new
            ]
            reasons += [
                f"known in {mode} mode: {', '.join(each.id for each in ending.defects)}"
                for mode, ending in broken
                if ending.defects and not ending.outcome.status.breaks_the_run
            ]
            yield _ended(f"“{journey.title}” {'; '.join(reasons)}")
        else:
            kinds = "; ".join(
                f"{impact}: {', '.join(each.id for each in defects if each.impact is impact)}"
                for impact in dict.fromkeys(each.impact for each in defects)
            )
            modes = " and ".join(mode.value for mode, _ in broken)
            known.append(f"“{journey.title}” in {modes} mode{f' ({kinds})' if kinds else ''}")
    if known:
        yield f"Broken because of known defects: {'; '.join(known)}."


def _what_to_fix_first(record: RunRecord, harms: Sequence[Harm], groups: Sequence[FailuresTogether]) -> Answer:
    known = [each for each in harms if each.met]
    passing = [
        f"{each.failures[0].step}{f' to people who {deeds(each.methods)}' if each.methods else ''}: "
        f"“{each.failures[0].title}”{f', and with it perhaps {_others(each)}' if each.cause else ''}"
        for each in groups
    ]
    passing += [f"{each.step}: “{each.title}”" for each in no_longer_broken(record)]
    passing += [f"fix {_named(each)}" for each in known if each.counts_for(record.gate)]
    lines = []
    if passing:
        others = f" (and {len(passing) - _FIRST} more, below)" if len(passing) > _FIRST else ""
        lines.append(f"To pass the gate, {'; then '.join(passing[:_FIRST])}{others}.")
    if known:
        lines.append(f"To protect users: {_named(known[0])}, which {known[0].why}.")
    if unseen := worst_unseen(harms):
        others = f", and {len(unseen) - 1} more of data loss or security" if len(unseen) > 1 else ""
        lines.append(f"Not checked by this run: {_named(unseen[0])}{others}.")
    if not (passing or known):
        lines.insert(0, "Nothing that this run saw.")
    mark = Mark.BAD if passing else Mark.KNOWN if known else Mark.GOOD if record.ran else Mark.OPEN
    return Answer("What to fix first?", "fix-first", mark, lines[0], tuple(lines[1:]))
