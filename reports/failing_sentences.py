"""Failing sentences that nobody claims, each held against the ledger by itself: a check may fail for many reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from environment.gherkin.records import ScenarioStep
from environment.modes import Mode
from reports.outcomes import Ended, RunRecord, ScenarioOutcome, SentenceOutcome, Status

NOTHING_LIKE_IT = "nothing in the ledger looks like it"
_MOST_PLACES = 5
_LONGEST_MESSAGE = 160


class FailingSentence(NamedTuple):
    """A sentence that fails in one check: the check, where it stands (line from 1), itself, and how it ended.

    sentence: without its keyword; "" if the check fails as a whole.
    """

    outcome: ScenarioOutcome
    line: int
    sentence: str
    ended: Ended

    @property
    def place(self) -> str:
        """Where people find it: `path:line`."""
        return f"{self.outcome.scenario.feature_path}:{self.line}"

    @property
    def said(self) -> str:
        """What happened, in one short line, in readers' words where there are any."""
        line, words = self.ended.in_one_line.removeprefix("OperationFailed: "), self.ended.in_words
        if words and not line.startswith(words):
            line = words
        return line if len(line) <= _LONGEST_MESSAGE else line[: _LONGEST_MESSAGE - 1] + "…"

    @property
    def hint(self) -> str:
        """What the ledger says of it (`hint`), or from which sentence its failure follows."""
        return hint(self.ended)

    @property
    def follows(self) -> bool:
        """Whether it fails because an earlier sentence did, and is nothing new by itself."""
        return cause_line(self.ended) is not None


def hint(ended: Ended) -> str:
    """What the ledger says of a sentence that it does not claim, in words; "" where its status says it.

    Of one that fails because of another, where that is.
    """
    if line := cause_line(ended):
        return f"follows from line {line}"
    if ended.looks_like:
        return f"it looks like {ended.looks_like}"
    return NOTHING_LIKE_IT if ended.status is Status.FAILED else ""


def cause_line(ended: Ended) -> int | None:
    """The line of the sentence because of which one fails; None if it fails by itself, or as a known defect does."""
    if isinstance(ended, SentenceOutcome) and ended.status in (Status.FAILED, Status.BROKEN):
        return ended.follows_from
    return None


def hint_by_mode(ended: Iterable[tuple[Mode, Ended]]) -> str:
    """The same of a sentence that fails in several checks: once, or for each mode if it is not the same in all."""
    found: dict[str, list[Mode]] = {}
    for mode, each in ended:
        found.setdefault(hint(each), []).append(mode)
    if len(found) == 1:
        return next(iter(found))
    return "; ".join(f"in {' and '.join(dict.fromkeys(modes))} mode {said}" for said, modes in found.items() if said)


def failing_sentences(outcome: ScenarioOutcome) -> list[FailingSentence]:
    """Those of one check, causes before what follows from them; if none fails and the check does, the check itself.

    A cause that only later sentences tell of stands for itself, with the error that they tell.
    """
    failing = outcome.failing
    return [
        FailingSentence(outcome, step.line if step else outcome.scenario.line, step.in_brief if step else "", ended)
        for step, ended in (*_untold_causes(outcome, failing), *failing)
    ]


def _untold_causes(
    outcome: ScenarioOutcome, failing: Sequence[tuple[ScenarioStep | None, Ended]]
) -> Iterator[tuple[ScenarioStep, Ended]]:
    told = {step.line for step, _ in failing if step}
    by_line = {step.line: step for step in outcome.scenario.steps}
    for _, ended in failing:
        line = cause_line(ended)
        if isinstance(ended, SentenceOutcome) and line in by_line and line not in told:
            told.add(line)
            message = ended.message.replace(f"after '{by_line[line].text}' failed: ", "", 1)
            yield by_line[line], ended.model_copy(update={"message": message, "follows_from": None})


def looks_known(outcome: ScenarioOutcome) -> bool:
    """Whether every sentence that fails in a check looks like a known defect."""
    own = [each for each in failing_sentences(outcome) if not each.follows]
    return bool(own) and all(each.ended.looks_like for each in own)


def likeness(record: RunRecord) -> str:
    """How many failing sentences look like known defects, and where the others stand; "" if none does."""
    failing = [
        each
        for outcome in record.broke
        for each in failing_sentences(outcome)
        if each.ended.status in (Status.FAILED, Status.DIFFERENT) and not each.follows
    ]
    alike = [each for each in failing if each.ended.looks_like]
    if not alike:
        return ""
    names = sorted({each.ended.looks_like.partition(":")[0] for each in alike})
    those = f"{'known defects' if len(names) > 1 else 'a known defect'} ({', '.join(names)})"
    new = [each for each in failing if not each.ended.looks_like]
    if new:
        verb = "looks" if len(alike) == 1 else "look"
        are = f"{len(new)} {'is' if len(new) == 1 else 'are'} new: {_places(new, record)}"
        return f"{len(alike)} of {len(failing)} failing sentences {verb} like {those}; {are}."
    if len(alike) == 1:
        return f"The failing sentence looks like {those}."
    return f"{'Both' if len(alike) == 2 else f'All {len(alike)}'} failing sentences look like {those}."


def _places(sentences: list[FailingSentence], record: RunRecord) -> str:
    """Where they stand, each place once: of a file the path once, and how often if it is more than once."""
    found: dict[tuple[str, int], list[Mode]] = {}
    for each in sorted(sentences, key=lambda one: (one.outcome.scenario.feature_path, one.line)):
        scenario = each.outcome.scenario
        found.setdefault((scenario.feature_path, each.line), []).append(scenario.mode)
    several = len({each.scenario.mode for each in record.scenarios}) > 1
    told = list(_told(found, several=several))
    more = [f"and {len(told) - _MOST_PLACES} more"] if len(told) > _MOST_PLACES else []
    return ", ".join([*told[:_MOST_PLACES], *more])


def _told(found: dict[tuple[str, int], list[Mode]], *, several: bool) -> Iterator[str]:
    """Each place in words; several: whether the run was in both modes."""
    last = ""
    for (path, line), modes in found.items():
        number = Counter(modes)
        where = ("both modes" if len(number) > 1 else f"{modes[0]} mode") if several else ""
        rows = f"{max(number.values())} rows" if max(number.values()) > 1 else ""
        details = ", ".join(filter(None, (where, rows)))
        yield f"{'' if path == last else path}:{line}{f' ({details})' if details else ''}"
        last = path
