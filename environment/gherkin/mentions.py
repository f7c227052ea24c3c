"""Mentions of more, or of less, than one thing: a part of it, several of a kind, new ones by their number."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from environment.gherkin.named_people import PeopleKind, PersonKind
from environment.gherkin.things import NAMED, Thing, ThingKind, ThingMention, World
from environment.gherkin.values import NUMBER_WORDS, count


@dataclass(frozen=True)
class PartKind:
    """A part of a thing: `the first revision of the package "yields"`; the thing alone means its usual part.

    Args:
        name: as sentences write it, `Revision`.
        whole: the kind of thing that has such parts.
        noun: as features write it, `revision`.
        which: the words that choose one: `first`, `latest`.
        part: returns the part of a thing's value, for one of these words or "" for the usual one.
    """

    name: str
    whole: ThingKind
    noun: str
    which: tuple[str, ...]
    part: Callable[[object, str], object]

    @property
    def pattern(self) -> str:
        """The words that can mention such a part."""
        choices = "|".join(self.which)
        return rf"(?:(?:the|its) (?:{choices}) {self.noun}(?: of {self.whole.pattern})?|{self.whole.pattern})"

    def convert(self, text: str) -> PartMention:
        """Return the mention that the words make."""
        return PartMention(self, text)

    def choices(self) -> Sequence[str]:
        """Return how such a part is mentioned."""
        of_which = f"the {self.which[0]} {self.noun} of the {self.whole.noun}"
        return [*(f"the {each} {self.noun}" for each in self.which), of_which, *self.whole.choices()]


@dataclass(frozen=True)
class PartMention:
    """The words of a sentence that mention a part of a thing."""

    kind: PartKind
    text: str

    def _split(self) -> tuple[str, ThingMention]:
        found = re.match(rf"(?:the|its) ({'|'.join(self.kind.which)}) {self.kind.noun}(?: of (.*))?$", self.text)
        if found is None:
            return "", ThingMention(self.kind.whole, self.text)
        return found[1], ThingMention(self.kind.whole, found[2] or "it")

    def follow(self, world: World) -> None:
        """Take note of the mention in the check before a run.

        Raises:
            MeaningError: it means nothing, or more than one thing.
        """
        self._split()[1].follow(world)

    def resolve(self, request: pytest.FixtureRequest) -> object:
        """Return the part that is meant."""
        which, whole = self._split()
        return self.kind.part(whole.resolve(request), which)

    def fixtures(self) -> tuple[str, ...]:
        """Return the fixtures that resolving it may ask for."""
        return self._split()[1].fixtures()

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class SeveralKind:
    """One or several things of one kind: `the packages "north" and "south"`, `both packages`, `it`."""

    name: str
    one: ThingKind

    @property
    def pattern(self) -> str:
        """The words that can mention several of them."""
        several = f"(?:both|those) {self.one.noun}s|the {self.one.noun}s {NAMED}(?:, {NAMED})*(?: and {NAMED})?"
        return f"(?:{several}|{self.one.pattern})"

    def convert(self, text: str) -> SeveralMention:
        """Return the mention that the words make."""
        return SeveralMention(self, text)

    def choices(self) -> Sequence[str]:
        """Return how several are mentioned."""
        noun = self.one.noun
        return [f'the {noun}s "a" and "b"', f"both {noun}s", f"those {noun}s"]


@dataclass(frozen=True)
class SeveralMention:
    """The words of a sentence that mention several things."""

    kind: SeveralKind
    text: str

    def _each(self, world: World) -> list[ThingMention]:
        one = self.kind.one
        if re.fullmatch(one.pattern, self.text):
            return [ThingMention(one, self.text)]
        names = re.findall(NAMED, self.text) or [f'"{thing.name}"' for thing in world.all(one, self.text)]
        return [ThingMention(one, f"the {one.noun} {name}") for name in names]

    def follow(self, world: World) -> None:
        """Take note of the mentions in the check before a run.

        Raises:
            MeaningError: one of them means nothing, or there are not as many.
        """
        for each in self._each(world):
            each.follow(world)

    def resolve(self, request: pytest.FixtureRequest) -> tuple[object, ...]:
        """Return the values of the things that are meant."""
        return tuple(each.resolve(request) for each in self._each(request.getfixturevalue("world")))

    def fixtures(self) -> tuple[str, ...]:
        """Return the fixtures that resolving them may ask for."""
        return self.kind.one.takes

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class CountedKind:
    """New things of one kind by their number: `5 packages`; a sentence with this placeholder brings them in.

    `adjective`: a word before the noun, `new`.
    """

    name: str
    one: ThingKind
    adjective: str = ""

    @property
    def _things(self) -> str:
        return f"{self.adjective} {self.one.noun}s".lstrip()

    @property
    def pattern(self) -> str:
        """The words that say how many."""
        return rf"(?:\d[\d,]*|{'|'.join(NUMBER_WORDS[2:])}) {self._things}"

    def convert(self, text: str) -> CountedMention:
        """Return the mention that the words make."""
        return CountedMention(self, text)

    def choices(self) -> Sequence[str]:
        """Return how several are brought in."""
        return [f"5 {self._things}", f"1,000 {self._things}"]


@dataclass(frozen=True)
class CountedMention:
    """The words of a sentence that bring in several things."""

    kind: CountedKind
    text: str

    def follow(self, world: World) -> list[Thing]:
        """Bring the things in."""
        place = next(iter(self.kind.one.places), "")
        return [world.bring(self.kind.one.noun, "", place) for _ in range(count(self.text.split()[0]))]

    def resolve(self, request: pytest.FixtureRequest) -> tuple[object, ...]:
        """Bring the things in and return their values."""
        things = self.follow(request.getfixturevalue("world"))
        for thing in things:
            thing.value = self.kind.one.make(thing, request)
        return tuple(thing.value for thing in things)

    def fixtures(self) -> tuple[str, ...]:
        """Return the fixtures that resolving them may ask for: none."""
        return ()

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class CopyKind:
    """Where a copy of a thing goes: `to the remote bucket`, `to the remote bucket as the package "partner"`.

    Without a name of its own it has that of the thing which the sentence mentions before it.
    """

    name: str
    one: ThingKind

    @property
    def pattern(self) -> str:
        """The words that can say so."""
        return rf"to the (?:{'|'.join(self.one.places)}) bucket(?: as {self.one.pattern})?"

    def convert(self, text: str) -> CopyMention:
        """Return the mention that the words make."""
        return CopyMention(self, text)

    def choices(self) -> Sequence[str]:
        """Return how such a place is written."""
        to = f"to the {self.one.places[-1]} bucket"
        return [to, f'{to} as the {self.one.noun} "name"', f"to the {self.one.places[0]} bucket as a {self.one.noun}"]


@dataclass(frozen=True)
class CopyMention:
    """The words of a sentence that say where a copy goes."""

    kind: CopyKind
    text: str

    def _copy(self, world: World) -> ThingMention:
        one = self.kind.one
        to, _, named = self.text.partition(" as ")
        if not named:
            original = world.mentioned(one.noun)
            assert original is not None, f"{self.kind.name} stands after the {one.noun} that is copied"
            named = f'the {one.noun} "{original.name}"'
        return ThingMention(one, named + one.at.format(to.split()[2]))

    def follow(self, world: World) -> None:
        """Bring the copy in.

        Raises:
            MeaningError: its name is that of something else.
        """
        self._copy(world).follow(world)

    def resolve(self, request: pytest.FixtureRequest) -> object:
        """Return the value of the copy."""
        return self._copy(request.getfixturevalue("world")).resolve(request)

    def fixtures(self) -> tuple[str, ...]:
        """Return the fixtures that resolving it may ask for: none."""
        return ()

    def __repr__(self) -> str:
        return self.text


def noun_of(kind: object) -> str:
    """The noun of the things that a kind of words mentions, plural for several; "" if it mentions none."""
    match kind:
        case ThingKind():
            return kind.noun
        case PartKind():
            return kind.whole.noun
        case CopyKind():
            return kind.one.noun
        case SeveralKind() | CountedKind():
            return f"{kind.one.noun}s"
        case PersonKind() | PeopleKind():
            return kind.noun if kind.brings else ""
        case _:
            return ""


def indefinite(noun: str) -> str:
    """A noun with its article: `a package`, `an entry`; packages have none."""
    return noun if noun.endswith("s") else f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def brings_in(kind: object) -> bool:
    """Whether a sentence with such words may bring in a new thing."""
    return isinstance(kind, CountedKind | CopyKind) or (
        isinstance(kind, ThingKind | PersonKind | PeopleKind) and kind.brings
    )
