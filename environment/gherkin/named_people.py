"""People in sentences: the cast, and those whom a scenario introduces by a name of their own.

`@given(parse("a new colleague {user:NewUser} with {role:Role}"))` introduces Nora; from then on `{persona:Persona}` and
`{user:User}` take her name as they take Dana's. A name that nobody introduced is told before anything runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from environment.gherkin.things import MeaningError, ThingKind, ThingMention, World

NAME = r"[A-Z][a-z]+"


@dataclass(frozen=True)
class PersonKind:
    """Names of people.

    Args:
        name: as sentences write it, `Persona`.
        person: the kind of thing that a name stands for; it says whether a sentence may introduce somebody.
        meaning: what the words stand for, if that is not the value of the person; may ask for fixtures.
        suffix: words that may follow a name.
        others: words that stand in place of a name, `she`; only with a `meaning`.
        barred: names that cannot stand there.
        because: why not, and what to write instead.
    """

    name: str
    person: ThingKind
    meaning: Callable[[str, pytest.FixtureRequest], object] | None = None
    suffix: str = ""
    others: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()
    because: str = ""

    @property
    def pattern(self) -> str:
        """The words that can name somebody."""
        suffix = f"(?:{self.suffix})?" if self.suffix else ""
        return "|".join((rf"{NAME}{suffix}", *self.others))

    @property
    def noun(self) -> str:
        """The noun of what a sentence with such a placeholder may bring in."""
        return self.person.noun

    @property
    def brings(self) -> bool:
        """Whether a sentence with such a placeholder may introduce somebody."""
        return self.person.brings

    def convert(self, text: str) -> PersonMention:
        """Return the mention that the words make."""
        return PersonMention(self, text)

    def choices(self) -> Sequence[str]:
        """Return how people are named."""
        known = [name for name in self.person.standing() if name not in self.barred]
        suffixed = [f"{name}{self.suffix}" for name in known] if self.suffix else []
        return [*known, *suffixed, "Nora", *self.others]


@dataclass(frozen=True)
class PersonMention:
    """The words of a sentence that name one person."""

    kind: PersonKind
    text: str

    @property
    def person(self) -> ThingMention | None:
        """The mention of the person by name; None for words that stand in place of a name."""
        if self.text in self.kind.others:
            return None
        name = self.text.removesuffix(self.kind.suffix) if self.kind.suffix else self.text
        return ThingMention(self.kind.person, f'the {self.kind.noun} "{name}"')

    def follow(self, world: World) -> None:
        """Take note of the mention in the check before a run.

        Raises:
            MeaningError: nobody introduced a person of that name, or it cannot stand here.
        """
        if self.text in self.kind.barred:
            raise MeaningError(f"{self.text} cannot stand here: {self.kind.because}")
        if self.person is not None:
            self.person.follow(world)

    def resolve(self, request: pytest.FixtureRequest) -> object:
        """Return what the words stand for."""
        self.follow(request.getfixturevalue("world"))
        if self.kind.meaning is not None:
            return self.kind.meaning(self.text, request)
        assert self.person is not None, f"{self.kind.name} says not what {self.text} means"
        return self.person.resolve(request)

    def fixtures(self) -> tuple[str, ...]:
        """Return the fixtures that resolving it may ask for: none."""
        return ()

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class PeopleKind:
    """One or several people: `Dana`, `Nora and Mira`; `those colleagues` are all whom the scenario brought in."""

    name: str
    one: PersonKind

    @property
    def pattern(self) -> str:
        """The words that can name them."""
        names = rf"{NAME}(?:, {NAME})*(?: and {NAME})?"
        return names if self.brings else f"{names}|{self.everybody}"

    @property
    def everybody(self) -> str:
        """The words for all people whom the scenario brought in."""
        return f"those {self.noun}s"

    @property
    def noun(self) -> str:
        """The noun of what a sentence with such a placeholder may bring in."""
        return self.one.noun

    @property
    def brings(self) -> bool:
        """Whether a sentence with such a placeholder may introduce them."""
        return self.one.brings

    def convert(self, text: str) -> PeopleMention:
        """Return the mention that the words make."""
        return PeopleMention(self, text)

    def choices(self) -> Sequence[str]:
        """Return how several are named."""
        names = ["Nora", "Nora and Mira", "Ada, Dana and Nora"]
        return names if self.brings else [*names, self.everybody]


@dataclass(frozen=True)
class PeopleMention:
    """The words of a sentence that name one or several people."""

    kind: PeopleKind
    text: str

    def _each(self, world: World) -> Sequence[PersonMention | ThingMention]:
        if self.text == self.kind.everybody:
            person = self.kind.one.person
            new = [each for each in world.all(person, self.text) if each.name not in person.standing()]
            return [ThingMention(person, f'the {person.noun} "{each.name}"') for each in new]
        return [self.kind.one.convert(name) for name in re.findall(NAME, self.text)]

    def follow(self, world: World) -> None:
        """Take note of the mentions in the check before a run.

        Raises:
            MeaningError: nobody introduced one of them.
        """
        for each in self._each(world):
            each.follow(world)

    def resolve(self, request: pytest.FixtureRequest) -> tuple[object, ...]:
        """Return what each name stands for."""
        return tuple(each.resolve(request) for each in self._each(request.getfixturevalue("world")))

    def fixtures(self) -> tuple[str, ...]:
        """Return the fixtures that resolving them may ask for: none."""
        return ()

    def __repr__(self) -> str:
        return self.text
