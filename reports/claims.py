"""What an entry of the known-defects ledger claims: which sentences fail, and how."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator

from environment.gherkin.records import ScenarioRecord, ScenarioStep
from environment.modes import Mode
from environment.record import Record

Phase = Literal["scenario", "set-up"]

_UNRELATED_MESSAGES = (
    "",
    "0",
    "Connection refused",
    "name 'undefined' is not defined",
    "expected 3 files, found 5\n  second line",
    "The quick brown fox jumps over the lazy dog: 1234567890 /?!-_",
)
_CATCH_ALL_CLASSES = {"BaseException", "BaseExceptionGroup", "Exception", "ExceptionGroup"}


class FailsWith(Record):
    """One way to fail.

    exception: class name (or dotted name) of an exception anywhere in the chain of causes, contexts and groups;
    message: regular expression that is found in that exception's own text;
    phase: "set-up" if the scenario never starts because a fixture raises it.
    """

    exception: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")]
    message: Annotated[str, StringConstraints(min_length=1)]
    phase: Phase = "scenario"

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

    def describes(self, error: BaseException, phase: Phase) -> bool:
        """Whether this failure is the one written down."""
        return phase == self.phase and any(self._is(each) for each in exception_chain(error))

    def _is(self, error: BaseException) -> bool:
        names = {type(error).__name__, f"{type(error).__module__}.{type(error).__qualname__}"}
        return self.exception in names and re.search(self.message, str(error)) is not None


class Claim(Record):
    """Sentences of one scenario that fail.

    scenario: its name, or `feature path::name`; example: narrows an outline to the rows with these values (a list of
    values means any of them); sentence: the failing sentences as written in the feature, or with the row's cells put
    in, without Given, When, Then; none for a scenario that fails in set-up; modes and fails_with: instead of the
    entry's.
    """

    scenario: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    sentence: tuple[str, ...] = ()
    example: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    modes: tuple[Mode, ...] = ()
    fails_with: tuple[FailsWith, ...] = ()

    @field_validator("sentence", mode="before")
    @classmethod
    def _one_or_several_sentences(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("fails_with", mode="before")
    @classmethod
    def _one_or_several_ways(cls, value: Any) -> Any:
        return one_or_several(value)

    @property
    def name(self) -> str:
        """The scenario's name without the path."""
        return self.scenario.rpartition("::")[2]

    def names(self, scenario: ScenarioRecord) -> bool:
        """Whether that scenario is named, whichever row of it."""
        return self.scenario == (scenario.place if "::" in self.scenario else scenario.name)

    def means(self, scenario: ScenarioRecord) -> bool:
        """Whether that scenario (and row) is meant."""
        return self.names(scenario) and self._has_row(scenario.example or {})

    def says(self, step: ScenarioStep) -> bool:
        """Whether the sentence is claimed."""
        return step.written in self.sentence or step.text in self.sentence

    def _has_row(self, row: Mapping[str, str]) -> bool:
        return all(
            row.get(column) == value if isinstance(value, str) else row.get(column) in value
            for column, value in self.example.items()
        )

    def __str__(self) -> str:
        row = ", ".join(
            f"{column}={value if isinstance(value, str) else ' or '.join(value)}"
            for column, value in self.example.items()
        )
        return f"{self.scenario} [{row}]" if row else self.scenario


def one_or_several(value: Any) -> Any:
    """A single way to fail as a list of one."""
    return [value] if isinstance(value, dict) else value


def describes(ways: Iterable[FailsWith], error: BaseException, phase: Phase) -> bool:
    """Whether the failure is one of these ways to fail."""
    return any(way.describes(error, phase) for way in ways)


def expectation(ways: Iterable[FailsWith]) -> str:
    """The ways to fail in words."""
    return " or ".join(f"{way.exception} matching {way.message!r} in the {way.phase}" for way in ways)


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


def own_error(error: BaseException, raised: Collection[BaseException]) -> BaseException | None:
    """The product's own error behind a failure: what of its chain is among those that the product raised."""
    return next((each for each in exception_chain(error) if any(each is one for one in raised)), None)
