"""The known-defects ledger: where the product does not do what it promises, written down and watched.

A scenario that the ledger names runs like any other. It counts as a known defect only when it fails in the way its
entry says; failing otherwise and passing both break the run (see `reports.verdict`). DESIGN rule 1.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)
from rapidfuzz import process

from environment.modes import Mode
from environment.settings import ROOT
from reports.documents import InvalidDocumentError, findings, read_list, shown
from reports.requirements import REQUIREMENT_ID

LEDGER_FILE = ROOT / "reports" / "known_defects.yaml"

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10)]
Stage = Literal["scenario", "set-up"]

_UNRELATED_MESSAGES = (
    "",
    "0",
    "Connection refused",
    "name 'undefined' is not defined",
    "expected 3 files, found 5\n  second line",
    "The quick brown fox jumps over the lazy dog: 1234567890 /?!-_",
)
_CATCH_ALL_CLASSES = {"BaseException", "BaseExceptionGroup", "Exception", "ExceptionGroup"}


class Scenario(Protocol):
    """What the ledger has to know of a scenario; `environment.gherkin`'s ScenarioRecord is one."""

    @property
    def feature_path(self) -> Path:
        """Path of the feature file, relative to the project."""

    @property
    def scenario_name(self) -> str:
        """Name as written after `Scenario:`."""

    @property
    def mode(self) -> str:
        """The mode it runs in."""

    @property
    def example(self) -> dict[str, str] | None:
        """The row of its Examples table, if it has one."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FailsWith(_Strict):
    """One way to fail.

    exception: class name (or dotted name) of an exception anywhere in the chain of causes, contexts and groups;
    message: regular expression that is found in that exception's own text;
    stage: "set-up" if the scenario never starts because a fixture raises it.
    """

    exception: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")]
    message: Annotated[str, StringConstraints(min_length=1)]
    stage: Stage = "scenario"

    @field_validator("exception")
    @classmethod
    def _not_every_exception(cls, exception: str) -> str:
        if exception.rpartition(".")[2] in _CATCH_ALL_CLASSES:
            raise ValueError(f"{exception} would match any failure; name the class that is raised")
        return exception

    @field_validator("message")
    @classmethod
    def _says_something(cls, message: str) -> str:
        try:
            pattern = re.compile(message)
        except re.error as error:
            raise ValueError(f"the regular expression {message!r} does not compile: {error}") from error
        if any(pattern.search(unrelated) for unrelated in _UNRELATED_MESSAGES):
            raise ValueError(f"the regular expression {message!r} is too lax: it also matches unrelated messages")
        return message

    def describes(self, error: BaseException, stage: Stage) -> bool:
        """Whether this failure is the one written down."""
        return stage == self.stage and any(self._is(each) for each in exception_chain(error))

    def _is(self, error: BaseException) -> bool:
        names = {type(error).__name__, f"{type(error).__module__}.{type(error).__qualname__}"}
        return self.exception in names and re.search(self.message, str(error)) is not None


class Promise(_Strict):
    """What the product promises, and where it says so."""

    text: Text
    source: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5)]


class ScenarioReference(_Strict):
    """A scenario by name or by `feature path::name`; `example` narrows an outline to the rows with these values."""

    scenario: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    example: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _from_plain_name(cls, value: Any) -> Any:
        return {"scenario": value} if isinstance(value, str) else value

    def means(self, scenario: Scenario) -> bool:
        """Whether that scenario (and row) is meant."""
        return self.names(scenario) and self.example.items() <= (scenario.example or {}).items()

    @property
    def name(self) -> str:
        """The scenario's name without the path."""
        return self.scenario.rpartition("::")[2]

    def names(self, scenario: Scenario) -> bool:
        """Whether that scenario is named, whichever row of it."""
        if "::" not in self.scenario:
            return self.scenario == scenario.scenario_name
        return self.scenario == f"{scenario.feature_path.as_posix()}::{scenario.scenario_name}"

    def __str__(self) -> str:
        row = ", ".join(f"{column}={value}" for column, value in self.example.items())
        return f"{self.scenario} [{row}]" if row else self.scenario


class KnownDefect(_Strict):
    """One entry of the ledger."""

    id: Annotated[str, StringConstraints(pattern=r"^QO-\d{3}$")]
    title: Text
    modes: tuple[Mode, ...] = Field(min_length=1)
    scenarios: tuple[ScenarioReference, ...] = Field(min_length=1)
    requirement: Annotated[str, StringConstraints(pattern=f"^{REQUIREMENT_ID}$")]
    promised: Promise
    observed: Text
    evidence: Text
    fails_with: tuple[FailsWith, ...] = Field(min_length=1)
    since: Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)+\S*$")]
    reported: HttpUrl | None = None

    @field_validator("fails_with", mode="before")
    @classmethod
    def _one_or_several_ways(cls, value: Any) -> Any:
        return [value] if isinstance(value, dict) else value

    def means(self, scenario: Scenario) -> bool:
        """Whether this scenario is expected to fail in the mode it runs in."""
        return scenario.mode in self.modes and any(each.means(scenario) for each in self.scenarios)

    def describes(self, error: BaseException, stage: Stage) -> bool:
        """Whether this failure is one that the entry says."""
        return any(way.describes(error, stage) for way in self.fails_with)

    @property
    def expectation(self) -> str:
        """The ways to fail that the entry says, in words."""
        return " or ".join(f"{way.exception} matching {way.message!r} in the {way.stage}" for way in self.fails_with)

    @property
    def reason(self) -> str:
        """Id and title: what pytest shows beside an expected failure."""
        return f"{self.id}: {self.title}"


@dataclass(frozen=True)
class Ledger:
    """All entries, and the file that they come from (for messages)."""

    entries: tuple[KnownDefect, ...]
    path: Path

    def defect_of(self, scenario: Scenario) -> KnownDefect | None:
        """The entry that expects this scenario to fail, if any."""
        return next((entry for entry in self.entries if entry.means(scenario)), None)

    def entry(self, identifier: str) -> KnownDefect | None:
        """The entry with that id."""
        return next((entry for entry in self.entries if entry.id == identifier), None)

    def check_against(self, scenarios: Sequence[Scenario]) -> None:
        """Hold the entries against every scenario there is (one for each row and mode).

        Raises InvalidDocumentError when an entry names a scenario, a row or a mode that does not exist, when a name
        alone does not tell two scenarios apart, or when two entries claim the same scenario in the same mode.
        """
        by_name = _by_name(scenarios)
        problems = [
            f"{shown(self.path)}: {entry.id}: {problem}"
            for entry in self.entries
            for problem in _unknown_scenarios(entry, by_name)
        ]
        problems += [f"{shown(self.path)}: {problem}" for problem in _claimed_twice(self.entries, by_name)]
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


def exception_chain(error: BaseException) -> Iterator[BaseException]:
    """The exception, what caused it, what it was raised in, and the members of groups, each once."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [current.__context__, current.__cause__]
        if isinstance(current, BaseExceptionGroup):
            waiting += current.exceptions


def _by_name(scenarios: Iterable[Scenario]) -> dict[str, list[Scenario]]:
    found: dict[str, list[Scenario]] = defaultdict(list)
    for scenario in scenarios:
        found[scenario.scenario_name].append(scenario)
    return dict(found)


def _unknown_scenarios(entry: KnownDefect, by_name: Mapping[str, Sequence[Scenario]]) -> Iterator[str]:
    for reference in entry.scenarios:
        named = [each for each in by_name.get(reference.name, ()) if reference.names(each)]
        features = sorted({each.feature_path.as_posix() for each in named})
        if not named:
            yield f"scenarios: there is no scenario '{reference.scenario}'{_nearest(reference.name, by_name)}"
        elif len(features) > 1:
            yield f"scenarios: '{reference.scenario}' is in {' and in '.join(features)}; write `feature path::name`"
        elif not any(reference.means(each) for each in named):
            yield f"scenarios: '{reference.scenario}' has no row with {reference.example}"
        else:
            for mode in entry.modes:
                if not any(each.mode == mode and reference.means(each) for each in named):
                    yield f"modes: '{reference}' does not run in {mode} mode"


def _nearest(name: str, known: Iterable[str]) -> str:
    found = process.extractOne(name, sorted(known), score_cutoff=60)
    return f"; the nearest is '{found[0]}'" if found else ""


def _claimed_twice(entries: Sequence[KnownDefect], by_name: Mapping[str, Sequence[Scenario]]) -> Iterator[str]:
    claimants: dict[str, dict[str, KnownDefect]] = defaultdict(dict)
    for entry in entries:
        for reference in entry.scenarios:
            claimants[reference.name][entry.id] = entry
    told = set()
    for name, rivals in claimants.items():
        for scenario in by_name.get(name, ()):
            claims = tuple(identifier for identifier, entry in rivals.items() if entry.means(scenario))
            if len(claims) > 1 and (claims, name, scenario.mode) not in told:
                told.add((claims, name, scenario.mode))
                yield f"{' and '.join(claims)} both claim '{name}' in {scenario.mode} mode"
