"""What is broken and not known to be: scenario by scenario, with every promise that it breaks and whom that hits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from environment.gherkin.records import ScenarioStep
from environment.gherkin.style import JOURNEY
from environment.gherkin.tags import SEVERITIES
from environment.modes import Mode
from environment.people.personas import persona
from environment.running.timed import is_timed
from reports.allure_results import personas
from reports.deeds import deeds
from reports.failing_sentences import cause_line, hint_by_mode
from reports.known_defects import Impact
from reports.likely_causes import LikelyCause, likely_causes
from reports.likely_harm import likely_harm, worst_first
from reports.messages import comparable
from reports.outcomes import Ended, RunRecord, ScenarioOutcome, Status
from reports.verdict import LEDGER_SAYS

_ACTS = 3
_SUFFER = {
    Impact.DATA_LOSS: "everyone whose data it is",
    Impact.SECURITY: "everyone whose data or rights it was to protect, who need not notice",
}
"""Who suffers from the kinds of harm that others than those who act suffer from."""
SAYS_ENOUGH = 5
"""Words of what came instead that say something without what was promised."""
_THE_SAME = "the same came instead of what was promised"
_COLUMN = re.compile(r"<[^<>]+>")
"""What stands for the cell of a row in the title of an outline."""
_VARYING = re.compile(r"\\+[Sdw][+*]?|\.[+*]")
"""Parts of a pattern that stand for any text."""


@dataclass(frozen=True)
class BrokenPromise:
    """A sentence that breaks the run and how it ended, in the first of these modes; without one, the whole scenario.

    hint: what of the ledger it looks like, in words.
    """

    step: ScenarioStep | None
    ended: Ended
    modes: tuple[Mode, ...]
    hint: str = ""

    @property
    def follows(self) -> bool:
        """Whether it is broken because an earlier sentence failed."""
        return cause_line(self.ended) is not None

    @property
    def sentence(self) -> str:
        """The sentence without its keyword, with dots for what stands below it; empty if it is none of them."""
        return self.step.in_brief if self.step else ""

    @property
    def as_written(self) -> str:
        """The sentence with its table or text; empty if it is none of them."""
        if not self.step:
            return ""
        keyword, text = self.step.type.capitalize(), "\n".join(self.step.lines)
        return f"{keyword} {text.partition(' ')[2]}"

    @property
    def likely_harm(self) -> Impact | None:
        """The kind of harm that it probably does; None if it says nothing of the product."""
        return likely_harm(self.sentence, self.ended)

    @property
    def happened(self) -> str:
        """What came instead, in one line: what was found, or which error came."""
        if self.ended.status is Status.GONE:
            return "it holds now"
        return self.ended.instead

    @property
    def in_words(self) -> str:
        """The sentence and what came instead; of a scenario as a whole what happened alone."""
        return f"“{self.sentence}”: {self.happened}" if self.step else self.happened

    @property
    def known_as(self) -> str:
        """How the known defect behind it was to fail, to be held against what happened; empty if there is none."""
        lines = self.ended.message.splitlines() if self.ended.status is Status.DIFFERENT else []
        said = next((each for each in lines if each.startswith(LEDGER_SAYS)), "")
        told = _VARYING.sub("…", said.removeprefix(LEDGER_SAYS).strip().removeprefix("AssertionError matching "))
        return "" if "(?" in told or "\\" in told else told  # an expression that only developers read


@dataclass(frozen=True)
class NewFailure:
    """A scenario that breaks the run: all its rows and modes that do, the one with the worst severity first.

    shows_elsewhere: it holds now, but another check of the known defect by which it failed fails in a new way.
    """

    outcomes: tuple[ScenarioOutcome, ...]
    shows_elsewhere: bool = False

    @property
    def first(self) -> ScenarioOutcome:
        """The one that is shown for all."""
        return self.outcomes[0]

    @property
    def title(self) -> str:
        """What holds for users, or should."""
        return self.first.scenario.title if len(self.titles) == 1 else _COLUMN.sub("…", self.first.scenario.name)

    @property
    def titles(self) -> tuple[str, ...]:
        """The rows concerned, each once."""
        return tuple(dict.fromkeys(each.scenario.title for each in self.outcomes))

    @property
    def in_words(self) -> str:
        """What is wrong with it; its title says what should be so."""
        if self.first.holds:
            return (
                "holds now, perhaps because something new hides its known defect"
                if self.shows_elsewhere
                else "holds now"
            )
        return self.first.status.in_words if self.first.status is Status.BROKEN else "is broken"

    @property
    def step(self) -> str:
        """What to do with its title so that it breaks the run no more."""
        if self.shows_elsewhere:
            return "look again, once the others are fixed"
        if self.first.holds:
            return "take the entries of these off the list of known defects"
        return "make it possible to judge" if self.first.status is Status.BROKEN else "keep the promise"

    @property
    def standing(self) -> str:
        """Whether it is known, and how it fails, in words."""
        if self.first.defects and not self.first.holds:
            return Status.DIFFERENT.in_words
        return self.first.status.in_words

    @property
    def modes(self) -> str:
        """Where it fails, in words."""
        return " and ".join(sorted({each.mode_at_fault for each in self.outcomes})) + " mode"

    @property
    def is_journey(self) -> bool:
        """Whether it is a way that people go from beginning to end."""
        return JOURNEY in self.first.scenario.tags

    @cached_property
    def promises(self) -> tuple[BrokenPromise, ...]:
        """Every sentence that breaks the run in any row or mode, each once, the most harmful first; never none.

        What follows from another sentence comes last.
        """
        found: dict[str, list[tuple[ScenarioStep, ScenarioOutcome, Ended]]] = {}
        for outcome in self.outcomes:
            for step, ended in outcome.judged:
                if ended.status.breaks_the_run and (ended.status is not Status.GONE or self.first.holds):
                    found.setdefault(step.written, []).append((step, outcome, ended))
        broken = [
            BrokenPromise(
                those[0][0],
                those[0][2],
                tuple(dict.fromkeys(each.scenario.mode for _, each, _ in those)),
                hint_by_mode((each.scenario.mode, ended) for _, each, ended in those),
            )
            for those in found.values()
        ]
        if not broken:
            return (BrokenPromise(None, self.first, tuple(each.scenario.mode for each in self.outcomes)),)
        return tuple(sorted(broken, key=lambda each: (each.follows, worst_first(each.likely_harm))))

    @property
    def likely_harm(self) -> Impact | None:
        """The worst that it probably does; None if it says nothing of the product."""
        return self.worst.likely_harm

    @property
    def worst(self) -> BrokenPromise:
        """The promise whose breach probably harms most."""
        return self.promises[0]

    def where(self, promise: BrokenPromise) -> str:
        """In which mode that promise is broken, in brackets, if it is not in all in which the scenario fails."""
        others = {each.scenario.mode for each in self.outcomes} - set(promise.modes)
        return f" (in {promise.modes[0]} mode only)" if others else ""

    @property
    def set_up(self) -> str:
        """What was so before anything was done, with tables or texts; empty if nothing was set up."""
        return "\n".join("\n".join(step.lines) for step in self.first.scenario.steps if step.type == "given")

    @property
    def done(self) -> str:
        """The last acts before the first failing sentence with their tables or texts; empty if there were none."""
        before: list[str] = []
        for step, ended in self.first.judged:
            if ended.status.breaks_the_run:
                break
            if step.type == "when":
                before.append("\n".join(step.lines))
        return "\n".join(before[-_ACTS:])

    def hits(self, methods: Sequence[str] = ()) -> str:
        """Whom it hits, as far as its likely cause and harm tell; methods: those that are perhaps the cause."""
        names = personas([step.text for step in self.first.scenario.steps])
        people = " or ".join(f"{name} ({persona(name).description})" for name in names)
        if methods:
            met = f"people who {deeds(methods)}"
        else:
            met = f"anyone who works as {people} does" if people else "everyone"
        suffer = _SUFFER.get(self.likely_harm) if self.likely_harm else None
        journey = "; it is a journey" if self.is_journey else ""
        return f"{met}, in {self.modes}{f'; perhaps {suffer}' if suffer else ''}{journey}"


def new_failures(record: RunRecord) -> list[NewFailure]:
    """What is broken and not known to be, scenario by scenario: the most severe first, then the most harmful."""
    return [each for each in _breaking(record) if not each.first.holds]


@dataclass(frozen=True)
class FailuresTogether:
    """New failures that have something in common, the most severe first, and what it is; or a single one.

    methods: those of the product that they call. fails_alike: the same came in all of them, so that they perhaps have
    one cause.
    """

    cause: str
    failures: tuple[NewFailure, ...]
    methods: tuple[str, ...] = ()
    fails_alike: bool = False

    @property
    def likely_harm(self) -> Impact | None:
        """The worst that any of them probably does; None if none says anything of the product."""
        return min((each.likely_harm for each in self.failures), key=worst_first)

    def at_stake(self, failure: NewFailure) -> tuple[str, ...]:
        """The requirements of one of them that most of them have: what they share is likely to be what is broken."""
        having = Counter(id for each in self.failures for id in each.first.scenario.requirements)
        own = failure.first.scenario.requirements
        most = max((having[id] for id in own), default=0)
        return tuple(id for id in own if having[id] == most)


def grouped_by_cause(failures: Sequence[NewFailure], causes: Sequence[LikelyCause]) -> list[FailuresTogether]:
    """The failures, in the order of the most severe of each group; what was known is not put with what is new.

    Those that do the same are together, and with them those in which the same came instead.
    """
    by_outcome = {outcome.nodeid: cause for cause in causes for outcome in cause.failures}
    found: dict[tuple[str, bool], list[NewFailure]] = {}
    names: dict[str, str] = {}
    shared: dict[str, LikelyCause] = {}
    for each in failures:
        cause, same = by_outcome.get(each.first.nodeid), comparable(each.worst.ended.in_this_run)
        name = names.get(same) or (cause.text if cause else each.first.nodeid)
        if len(each.worst.happened.split()) >= SAYS_ENOUGH:
            names.setdefault(same, name)
        if cause:
            shared.setdefault(name, cause)
        found.setdefault((name, each.first.status is Status.DIFFERENT), []).append(each)
    return [_together(tuple(those), shared.get(name)) for (name, _), those in found.items()]


def _together(those: tuple[NewFailure, ...], cause: LikelyCause | None) -> FailuresTogether:
    """A group; among the most harmful, the one in which the same came as in most others speaks for it."""
    came = Counter(each for failure in those for each in _came_instead(failure))

    def order(failure: NewFailure) -> tuple[int, int]:
        return worst_first(failure.likely_harm), -max(came[each] for each in _came_instead(failure))

    failures = tuple(sorted(those, key=order))
    if len(failures) == 1 or cause is None:
        several = len(failures) > 1
        return FailuresTogether(_THE_SAME if several else "", failures, fails_alike=several)
    own = {outcome.nodeid for outcome in cause.failures}
    whole = all(each.first.nodeid in own for each in failures)
    said = cause.in_words if whole else f"people who {deeds(cause.methods)}"
    return FailuresTogether(said, failures, cause.methods, fails_alike=cause.fails_alike)


def _came_instead(failure: NewFailure) -> set[str]:
    return {comparable(each.ended.in_this_run) for each in failure.promises}


def failures_by_cause(record: RunRecord) -> list[FailuresTogether]:
    """The new failures of a run, those that perhaps have one cause together."""
    return grouped_by_cause(new_failures(record), likely_causes(record.scenarios))


def no_longer_broken(record: RunRecord) -> list[NewFailure]:
    """What breaks the run only because it holds: known defects whose entries can go."""
    return [
        replace(each, shows_elsewhere=any(record.shows_elsewhere(outcome) for outcome in each.outcomes))
        for each in _breaking(record)
        if each.first.holds
    ]


def _breaking(record: RunRecord) -> list[NewFailure]:
    def severity(outcome: ScenarioOutcome) -> int:
        return SEVERITIES.index(outcome.severity)

    found: dict[tuple[str, Status, bool], list[ScenarioOutcome]] = {}
    for each in sorted(record.broke, key=severity):
        found.setdefault((each.scenario.place, each.status, each.holds), []).append(each)
    failures = [NewFailure(tuple(those)) for those in found.values()]

    def order(failure: NewFailure) -> tuple[int, bool, int, bool, int]:
        """What perhaps loses data or lets somebody in ranks with the blockers where its check is critical.

        What is new comes before what was known and fails in another way; of equals, the shortest scenario.
        """
        rank = severity(failure.first)
        counts_more = failure.likely_harm in Impact.worst() and rank <= SEVERITIES.index("critical")
        was_known = failure.first.status is Status.DIFFERENT
        of_speed = is_timed(failure.first.scenario.requirements)  # its title says little of what else is wrong
        length = len(failure.first.scenario.steps)  # what says most simply what is broken
        return 0 if counts_more else rank, was_known, worst_first(failure.likely_harm), of_speed, length

    return sorted(failures, key=order)
