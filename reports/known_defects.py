"""The known-defects ledger: where the product does not do what it promises, written down and watched.

A scenario that the ledger names runs like any other. Each sentence that an entry claims has to fail in the way the
entry says, and the others have to hold (see `reports.verdict`; rules 1, 4).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, HttpUrl, StringConstraints, ValidationError, field_validator, model_validator
from rapidfuzz import process

from environment.gherkin.records import ScenarioRecord, ScenarioStep
from environment.modes import Mode
from environment.record import Record
from environment.settings import ROOT
from reports.claims import Claim, FailsWith, Phase, describes, expectation, one_or_several
from reports.documents import InvalidDocumentError, findings, read_list, shown
from reports.features import MCP_SERVER
from reports.requirements import REQUIREMENT_ID
from reports.versions import before, reached

LEDGER_FILE = ROOT / "reports" / "known_defects.yaml"

_OF_THE_SERVER = "MCP-"
"""With this begin requirements of the MCP server."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10)]


VersionText = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)+\S*$")]


class Impact(StrEnum):
    """How much harm a defect does, the worst first."""

    DATA_LOSS = "data loss"
    SECURITY = "security"
    CANNOT = "cannot do it"
    WRONG = "wrong result"
    MESSAGE = "misleading message"
    COSMETIC = "cosmetic"

    @property
    def meaning(self) -> str:
        """What it does to users, in a sentence."""
        return _MEANINGS[self]

    def counted(self, number: int) -> str:
        """So many defects and what they do: `2 lose data`."""
        one, several = _COUNTED[self]
        return f"{number} {one if number == 1 else several}"

    @classmethod
    def worst(cls) -> tuple[Impact, Impact]:
        """What nobody gets back: data that are lost or were seen by others."""
        return cls.DATA_LOSS, cls.SECURITY

    @classmethod
    def least(cls) -> tuple[Impact, Impact]:
        """What misleads or looks wrong, and leaves results right."""
        return cls.MESSAGE, cls.COSMETIC


_MEANINGS = {
    Impact.DATA_LOSS: "Data is lost or changed, and nobody asked for it.",
    Impact.SECURITY: "People see or do what they have no right to.",
    Impact.CANNOT: "What was promised cannot be done: an error comes instead, or nothing.",
    Impact.WRONG: "There is a result, and it is wrong or incomplete.",
    Impact.MESSAGE: "What the product says sends people the wrong way, or leaves out what they need.",
    Impact.COSMETIC: "It is not as promised, and nobody acts differently because of it.",
}


_COUNTED = {
    Impact.DATA_LOSS: ("loses data", "lose data"),
    Impact.SECURITY: ("is a security hole", "are security holes"),
    Impact.CANNOT: ("makes something impossible", "make something impossible"),
    Impact.WRONG: ("gives a wrong result", "give wrong results"),
    Impact.MESSAGE: ("has a misleading message", "have misleading messages"),
    Impact.COSMETIC: ("is cosmetic", "are cosmetic"),
}


class Promise(Record):
    """What the product promises, and where it says so."""

    text: Text
    source: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5)]


class KnownDefect(Record):
    """One entry of the ledger. affects: who is hit; fixed_in: the version from which on it is expected to be gone."""

    id: Annotated[str, StringConstraints(pattern=r"^QO-\d{3}$")]
    title: Text
    impact: Impact
    affects: Text
    modes: tuple[Mode, ...] = Field(min_length=1)
    claims: tuple[Claim, ...] = Field(min_length=1)
    requirement: Annotated[str, StringConstraints(pattern=f"^{REQUIREMENT_ID}$")]
    promised: Promise
    observed: Text
    evidence: Text
    fails_with: tuple[FailsWith, ...] = ()
    since: VersionText
    fixed_in: VersionText | None = None
    reported: HttpUrl | None = None

    @field_validator("fails_with", mode="before")
    @classmethod
    def _one_or_several_ways(cls, value: Any) -> Any:
        return one_or_several(value)

    @model_validator(mode="after")
    def _each_claim_is_whole(self) -> KnownDefect:
        for claim in self.claims:
            ways = self.ways(claim)
            if not ways:
                raise ValueError(f"fails_with: is missing, and '{claim}' has none of its own")
            if not claim.sentence and any(way.phase == "scenario" for way in ways):
                raise ValueError(f"claims: '{claim}' names no sentence; write the one that fails")
        return self

    def ways(self, claim: Claim) -> tuple[FailsWith, ...]:
        """The ways in which the sentences of one of its claims may fail."""
        return claim.fails_with or self.fails_with

    def modes_of(self, claim: Claim) -> tuple[Mode, ...]:
        """The modes in which the sentences of one of its claims fail."""
        return claim.modes or self.modes

    def claims_on(self, scenario: ScenarioRecord) -> Iterator[Claim]:
        """Its claims on this scenario, in the mode it runs in."""
        return (each for each in self.claims if scenario.mode in self.modes_of(each) and each.means(scenario))

    def may_show_in(self, scenario: ScenarioRecord) -> bool:
        """Whether a failure that it does not claim may be it.

        Not where its title names the other mode, nor where nobody works through the MCP server and it is of that.
        """
        through_server = any(MCP_SERVER in step.text for step in scenario.steps)
        here = scenario.mode in self.modes or scenario.mode.other.value not in self.title.lower()
        return here and (through_server or not self.requirement.startswith(_OF_THE_SERVER))

    def resembles(self, error: BaseException, phase: Phase) -> bool:
        """Whether any claim of the entry is on such a failure."""
        return any(describes(self.ways(claim), error, phase) for claim in self.claims)

    def is_fixed_in(self, product: str) -> bool:
        """Whether it is expected to be gone in that version of the product."""
        return self.fixed_in is not None and reached(product, self.fixed_in)

    def is_older(self, product: str) -> bool:
        """Whether that version of the product is from before it was seen first."""
        return before(product, self.since)

    @property
    def expectation(self) -> str:
        """The ways to fail that the entry says, in words."""
        return expectation(dict.fromkeys(way for claim in self.claims for way in self.ways(claim)))

    @property
    def reason(self) -> str:
        """Id and title: what pytest shows beside an expected failure."""
        return f"{self.id}: {self.title}"


@dataclass(frozen=True)
class Claimed:
    """An entry, and which of its claims is meant."""

    entry: KnownDefect
    claim: Claim

    def describes(self, error: BaseException, phase: Phase) -> bool:
        """Whether this failure is one that the claim says."""
        return describes(self.entry.ways(self.claim), error, phase)

    @property
    def expectation(self) -> str:
        """The ways to fail that the claim says, in words."""
        return expectation(self.entry.ways(self.claim))


@dataclass(frozen=True)
class Ledger:
    """All entries, the file that they come from (for messages), and the version of the product that is judged."""

    entries: tuple[KnownDefect, ...]
    path: Path
    product: str = ""

    def claims_on(self, scenario: ScenarioRecord) -> list[Claimed]:
        """All claims on this scenario, in the mode it runs in; not of what is fixed in the product that is judged."""
        claimed = self._claimed.get(scenario.name, ())
        return [
            each for each in claimed if scenario.mode in each.entry.modes_of(each.claim) and each.claim.means(scenario)
        ]

    @cached_property
    def _claimed(self) -> Mapping[str, Sequence[Claimed]]:
        """All claims of entries that are expected, by the scenario's name, in their order."""
        found: dict[str, list[Claimed]] = defaultdict(list)
        for entry in self.entries:
            if not entry.is_fixed_in(self.product):
                for claim in entry.claims:
                    found[claim.name].append(Claimed(entry, claim))
        return dict(found)

    def resembling(
        self,
        error: BaseException,
        phase: Phase,
        scenario: ScenarioRecord,
        among: Callable[[KnownDefect], bool] = lambda _: True,
    ) -> KnownDefect | None:
        """The entry that has such a failure elsewhere; None if there is none, or if the failure does not tell which.

        A message that several entries share (any refusal has it) says nothing by itself: then the promise decides.
        among: which entries it may be.
        """
        possible = (each for each in self.entries if each.may_show_in(scenario))
        alike = [each for each in possible if each.resembles(error, phase)]
        if len(alike) > 1:
            alike = [each for each in alike if each.requirement in scenario.requirements]
        return alike[0] if len(alike) == 1 and among(alike[0]) else None

    def entry(self, identifier: str) -> KnownDefect | None:
        """The entry with that id."""
        return next((entry for entry in self.entries if entry.id == identifier), None)

    def named(self, identifiers: Iterable[str]) -> tuple[KnownDefect, ...]:
        """The entries with these ids, in this order."""
        return tuple(entry for entry in map(self.entry, identifiers) if entry is not None)

    def check_against(self, scenarios: Sequence[ScenarioRecord]) -> None:
        """Hold the entries against every scenario there is (one for each row and mode).

        Raises InvalidDocumentError when an entry claims a scenario, a row, a sentence or a mode that does not exist,
        when a name alone does not tell two scenarios apart, or when a sentence is claimed twice in the same mode.
        """
        by_name = _by_name(scenarios)
        problems = [
            f"{shown(self.path)}: {entry.id}: {problem}"
            for entry in self.entries
            for claim in entry.claims
            for problem in _unfounded(entry, claim, by_name)
        ]
        problems += [f"{shown(self.path)}: {problem}" for problem in _claimed_twice(self, scenarios)]
        if problems:
            raise InvalidDocumentError(problems)


def load_ledger(path: Path = LEDGER_FILE, requirement_ids: Iterable[str] | None = None) -> Ledger:
    """The ledger of a file, checked as far as it can be without the features.

    Raises InvalidDocumentError that lists every problem: missing and unknown fields, malformed values, expressions that
    do not compile or match anything, ids that are there twice, requirements that do not exist (if the ids are given).
    """
    entries: list[KnownDefect] = []
    problems: list[str] = []
    for number, entry in enumerate(read_list(path), start=1):
        name = (entry.get("id") if isinstance(entry, dict) else None) or f"entry {number}"
        try:
            entries.append(KnownDefect.model_validate(entry))
        except ValidationError as error:
            problems += [f"{name}: {finding}" for finding in findings(error)]
    ids = [entry.id for entry in entries]
    problems += [f"{identifier}: is there twice" for identifier in sorted({i for i in ids if ids.count(i) > 1})]
    known = None if requirement_ids is None else set(requirement_ids)
    problems += [
        f"{entry.id}: requirement: {entry.requirement} is not in reports/requirements.yaml"
        for entry in entries
        if known is not None and entry.requirement not in known
    ]
    if problems:
        raise InvalidDocumentError(f"{shown(path)}: {problem}" for problem in problems)
    return Ledger(tuple(entries), path)


def _by_name(scenarios: Iterable[ScenarioRecord]) -> dict[str, list[ScenarioRecord]]:
    found: dict[str, list[ScenarioRecord]] = defaultdict(list)
    for scenario in scenarios:
        found[scenario.name].append(scenario)
    return dict(found)


def _unfounded(entry: KnownDefect, claim: Claim, by_name: Mapping[str, Sequence[ScenarioRecord]]) -> Iterator[str]:
    named = [each for each in by_name.get(claim.name, ()) if claim.names(each)]
    features = sorted({each.feature_path for each in named})
    meant = [each for each in named if claim.means(each)]
    if not named:
        yield f"claims: there is no scenario '{claim.scenario}'{_nearest(claim.name, by_name)}"
    elif len(features) > 1:
        yield f"claims: '{claim.scenario}' is in {' and in '.join(features)}; write `feature path::name`"
    elif not meant:
        yield f"claims: '{claim.scenario}' has no row with {claim.example}"
    else:
        for mode in entry.modes_of(claim):
            in_mode = [each for each in meant if each.mode == mode]
            if not in_mode:
                yield f"modes: '{claim}' does not run in {mode} mode"
            else:
                yield from _unknown_sentences(claim, [step for each in in_mode for step in each.steps])


def _unknown_sentences(claim: Claim, steps: Sequence[ScenarioStep]) -> Iterator[str]:
    known = {step.written for step in steps} | {step.text for step in steps}
    for sentence in claim.sentence:
        if sentence not in known:
            yield f"claims: '{claim.scenario}' has no sentence '{sentence}'{_nearest(sentence, known)}"


def _nearest(name: str, known: Iterable[str]) -> str:
    found = process.extractOne(name, sorted(known), score_cutoff=60)
    return f"; the nearest is '{found[0]}'" if found else ""


def _claimed_twice(ledger: Ledger, scenarios: Iterable[ScenarioRecord]) -> Iterator[str]:
    reported = set()
    for scenario in scenarios:
        claims = ledger.claims_on(scenario)
        for step in scenario.steps if len(claims) > 1 else ():
            claimants = tuple(each.entry.id for each in claims if each.claim.says(step))
            if len(claimants) > 1 and (claimants, step.written, scenario.mode) not in reported:
                reported.add((claimants, step.written, scenario.mode))
                yield (
                    f"{' and '.join(claimants)} both claim '{step.text}' of '{scenario.name}' in {scenario.mode} mode"
                )
