"""What a run says about each entry of the ledger: how much of it still fails, and what of it can go.

A fix of the product shows up as many sentences at once. Here they are one line for each entry, with the commands that
take off the ledger what no longer occurs.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from environment.gherkin.records import ScenarioRecord
from environment.modes import Mode
from reports.known_defects import KnownDefect, Ledger
from reports.outcomes import RunRecord, ScenarioOutcome, Status

REMOVE = "acceptance defect remove"


@dataclass(frozen=True)
class ClaimedSentence:
    """A sentence that an entry claims, in one row and mode; `sentence` is empty for a scenario that fails in set-up."""

    path: str
    scenario: str
    mode: Mode
    example: tuple[tuple[str, str], ...]
    sentence: str


@dataclass(frozen=True)
class EntryState:
    """What became of the sentences that an entry claims.

    `gone` hold now, `different` fail in another way, `same` fail as described, `not_run` were not judged.
    """

    defect: str
    gone: tuple[ClaimedSentence, ...] = ()
    different: tuple[ClaimedSentence, ...] = ()
    same: tuple[ClaimedSentence, ...] = ()
    not_run: tuple[ClaimedSentence, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether something is not as the ledger says."""
        return bool(self.gone or self.different)

    @property
    def obsolete(self) -> bool:
        """Whether all that the entry claims was judged, and none of it fails any more."""
        return bool(self.gone) and not (self.different or self.same or self.not_run)

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands that take off what can go, as few as take nothing else."""
        if self.obsolete:
            return (f"{REMOVE} {self.defect}",)
        return tuple(f"{REMOVE} {self.defect} {part}" for part in dict.fromkeys(self._parts()))

    @property
    def text(self) -> str:
        """The state in one sentence, such as `QO-017: 10 pass, 2 differ, 3 not run`."""
        counted = [
            f"{len(found)} {words[len(found) == 1]}"
            for found, words in (
                (self.gone, ("pass", "passes")),
                (self.different, ("differ", "differs")),
                (self.same, ("fail as described", "fails as described")),
                (self.not_run, ("not run", "not run")),
            )
            if found
        ]
        return f"{self.defect}: {', '.join(counted)}"

    @property
    def line(self) -> str:
        """The state, and what to do about it, in one line."""
        if self.obsolete:
            return f"{self.text}; it can go: {self.commands[0]}"
        if self.gone:
            return f"{self.text}; this can go: {'; '.join(self.commands)}"
        return f"{self.text}; nothing can go: look at what differs"

    def _parts(self) -> Iterator[str]:
        """What `acceptance defect remove` has to be given: whole modes and scenarios where nothing else is in them."""
        kept = (*self.different, *self.same, *self.not_run)
        for each in self.gone:
            yield next(words for words, taken in _ever_less(each) if not any(map(taken, kept)))


def _ever_less(one: ClaimedSentence) -> Iterator[tuple[str, Callable[[ClaimedSentence], bool]]]:
    """Ways to say a part of an entry, the widest first: the options, and what else they would take."""
    scenario, sentence = f"--scenario {shlex.quote(one.scenario)}", f"--sentence {shlex.quote(one.sentence)}"
    mode, row = f"--mode {one.mode}", " ".join(f"--example {shlex.quote('='.join(cell))}" for cell in one.example[:1])
    yield mode, lambda other: other.mode is one.mode
    yield scenario, lambda other: other.scenario == one.scenario
    yield f"{scenario} {mode}", lambda other: (other.scenario, other.mode) == (one.scenario, one.mode)
    yield (
        f"{scenario} {sentence}",
        lambda other: (other.scenario, other.sentence) == (one.scenario, one.sentence),
    )
    yield (
        f"{scenario} {mode} {sentence}",
        lambda other: (other.scenario, other.mode, other.sentence) == (one.scenario, one.mode, one.sentence),
    )
    yield (
        f"{scenario} {mode} {row}",
        lambda other: (other.scenario, other.mode, other.example) == (one.scenario, one.mode, one.example),
    )
    yield f"{scenario} {mode} {row} {sentence}", lambda _: False


def entry_states(record: RunRecord, ledger: Ledger, scenarios: Sequence[ScenarioRecord] = ()) -> list[EntryState]:
    """The state of each entry that the run met, in the order of the ledger.

    `scenarios` are all that there are, one for each row and mode: they tell what was not run, and how sentences are
    written in the features.
    """
    met: dict[str, dict[ClaimedSentence, Status]] = {}
    for each in record.scenarios:
        for defect, sentence, status in _judged(each):
            met.setdefault(defect, {})[sentence] = status
    return [_state(entry, met[entry.id], scenarios) for entry in ledger.entries if entry.id in met]


def lines(record: RunRecord, ledger: Ledger, list_scenarios: Callable[[], Sequence[ScenarioRecord]]) -> list[str]:
    """A line for each entry of which something is not as the ledger says.

    `list_scenarios` returns all scenarios; it is called only if there is such an entry.
    """
    if not any(state.changed for state in entry_states(record, ledger)):
        return []
    return [state.line for state in entry_states(record, ledger, list_scenarios()) if state.changed]


def notes(record: RunRecord, ledger: Ledger) -> list[str]:
    """A line for each entry that the judged product is expected to have fixed, while the ledger still has it."""
    return [
        f"{entry.id} is fixed in {entry.fixed_in}, as the ledger says; "
        f"once no older product is judged it can go: {REMOVE} {entry.id}"
        for entry in ledger.entries
        if entry.is_fixed_in(record.product_version)
    ]


def _judged(scenario: ScenarioOutcome) -> Iterator[tuple[str, ClaimedSentence, Status]]:
    """The entries that a scenario's outcome is about, the sentence of each, and how it ended."""
    for step, ended in scenario.judged:
        if ended.defect is not None:
            yield ended.defect, _claimed(scenario.scenario, step.text), ended.status
    said = {each.defect for each in scenario.sentences}
    for defect in scenario.defects:
        if defect not in said:
            yield defect, _claimed(scenario.scenario, ""), scenario.status


def _claimed(scenario: ScenarioRecord, sentence: str) -> ClaimedSentence:
    example = tuple((scenario.example or {}).items())
    return ClaimedSentence(scenario.feature_path, scenario.name, scenario.mode, example, sentence)


def _state(
    entry: KnownDefect, met: Mapping[ClaimedSentence, Status], scenarios: Sequence[ScenarioRecord]
) -> EntryState:
    def of(status: Status) -> tuple[ClaimedSentence, ...]:
        return tuple(_as_written(each, entry, scenarios) for each, found in met.items() if found is status)

    judged = {sentence for sentence, status in met.items() if status in (Status.GONE, Status.DIFFERENT, Status.KNOWN)}
    not_run = tuple(
        _as_written(each, entry, scenarios) for each in _all_claimed(entry, scenarios) if each not in judged
    )
    return EntryState(entry.id, of(Status.GONE), of(Status.DIFFERENT), of(Status.KNOWN), not_run)


def _all_claimed(entry: KnownDefect, scenarios: Sequence[ScenarioRecord]) -> Iterator[ClaimedSentence]:
    for scenario in scenarios:
        for claim in entry.claims_on(scenario):
            texts = [step.text for step in scenario.steps if claim.says(step)] if claim.sentence else [""]
            for text in texts:
                yield _claimed(scenario, text)


def _as_written(one: ClaimedSentence, entry: KnownDefect, scenarios: Sequence[ScenarioRecord]) -> ClaimedSentence:
    """The sentence as the entry says it, which is what `acceptance defect remove` looks for."""
    for scenario in scenarios:
        if _claimed(scenario, one.sentence) == one:
            for claim in entry.claims_on(scenario):
                for step in scenario.steps:
                    if step.text == one.sentence and step.written in claim.sentence:
                        return replace(one, sentence=step.written)
    return one
