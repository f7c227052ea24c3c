"""Things with names: how sentences mention packages, tables or roles, and what each mention means in a scenario.

A sentence says `@then(parse("{package:Package} holds exactly {files:Files}"))`; the scenario writes `the package
"yields"`, `the package` or `it`. What is meant depends on what was mentioned before, and on nothing else: the check
before a run follows a scenario with the same `World` as the run itself, only without making anything.

| words                        | mean                                                                       |
|------------------------------|----------------------------------------------------------------------------|
| `a package`, `another one`   | a new one, if the sentence may bring one in                                 |
| `the package "yields"`       | the one of that name; a new one, if the sentence may bring one in           |
| `the package`                | the only one                                                                |
| `it`, `that package`         | the one mentioned last                                                      |
| `the first package`          | the first one that the scenario brought in                                  |
| `a package that is not there`| one that nobody made                                                        |
| `the package called "a/b"`   | the one of this very name, whether it is there or not                       |

Things that have places may be followed by one, and two of them may share a name if their places differ:
`the package "yields" in the remote bucket`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from environment.gherkin.values import unquoted
from environment.nearest import nearest

ORDINALS = ("first", "second", "third", "fourth", "fifth")
NAMED = r'"[^"]+"'
_NOT_THERE = "that is not there"
_CALLED = r'called "(?:[^"\\]|\\.)*"'


class MeaningError(Exception):
    """A mention that means nothing, or more than one thing; the message says what to write instead.

    `lacking` is the noun of which nothing is there yet, "" if something else is wrong.
    """

    def __init__(self, message: str, lacking: str = "") -> None:
        super().__init__(message)
        self.lacking = lacking


@dataclass(eq=False)
class Thing:
    """Something that a scenario mentions; `value` is made when it is needed.

    `is_literal`: its name is taken as it is, whether there is such a thing or not.
    `has_own_name`: the scenario gave it its name.
    `parts`: the names of what it is made of, as far as the check before a run follows them; None: nobody knows.
    `place`: where it is, one of its kind's places; "" if things of its noun have none.
    """

    noun: str
    name: str
    place: str = ""
    is_literal: bool = False
    has_own_name: bool = True
    value: object = None
    parts: set[str] | None = None

    def __str__(self) -> str:
        return f'the {self.noun} "{self.name}"'


@dataclass(frozen=True)
class ThingKind:
    """Things of one noun.

    Args:
        name: as sentences write it, `Package`.
        noun: as features write it, `package`.
        make: makes the value of a thing that the scenario mentions for the first time; may ask for fixtures.
        brings: whether a sentence with this placeholder may bring in a thing that is not there yet.
        standing: the names that are there before a scenario begins; called at collection.
        parts: the parts of a thing by that name when it comes in; None: nobody knows.
        takes: fixtures that `make` asks for because of a standing thing.
        places: where such things can be, the usual place first; none: they are in no place.
        at: the words that say so, around one of the places.
        names: what such things can be named, as a regular expression; empty: anything.
    """

    name: str
    noun: str
    make: Callable[[Thing, pytest.FixtureRequest], object]
    brings: bool = False
    standing: Callable[[], Sequence[str]] = tuple
    takes: tuple[str, ...] = ()
    parts: Callable[[str], set[str] | None] = lambda name: None
    places: tuple[str, ...] = ()
    at: str = " in the {} bucket"
    names: str = ""

    @property
    def pattern(self) -> str:
        """The words that can mention such a thing."""
        article = "an" if self.noun[0] in "aeiou" else "a"
        ordinals = "|".join(ORDINALS)
        the, one, place = f"the {self.noun}", f"{article} {self.noun}", self.place_pattern
        forms = (
            "it",
            f"that {self.noun}",
            f"(?:{the}|{one}) {_CALLED}{place}",
            f"{the}(?: {NAMED})?{place}",
            f"the (?:{ordinals}) {self.noun}",
            f"{one}{place} {_NOT_THERE}",
            f"(?:{one}|another {self.noun})(?: {NAMED})?{place}",
        )
        return rf"(?:{'|'.join(forms)})"

    @property
    def place_pattern(self) -> str:
        """The words that can say where such a thing is."""
        return f"(?:{self.at.format(f'(?:{chr(124).join(self.places)})')})?" if self.places else ""

    def place_in(self, text: str) -> tuple[str, str]:
        """Return a mention without the words that say where the thing is, and the place, "" if nothing says it."""
        for place in self.places:
            words = self.at.format(place)
            if text.endswith((words, f"{words} {_NOT_THERE}")):
                return text.replace(words, ""), place
        return text, ""

    def convert(self, text: str) -> ThingMention:
        """Return the mention that the words make."""
        return ThingMention(self, text)

    def choices(self) -> Sequence[str]:
        """Return how such a thing is mentioned."""
        article = "an" if self.noun[0] in "aeiou" else "a"
        new = [f"{article} {self.noun}", f"another {self.noun}"] if self.brings else []
        missing = [f"{article} {self.noun} {_NOT_THERE}", f'the {self.noun} called "any name"']
        placed = [f'the {self.noun} "name"{self.at.format(self.places[-1])}'] if self.places else []
        return [f'the {self.noun} "name"', *placed, f"the {self.noun}", "it", *new, *missing]


@dataclass(frozen=True)
class ThingMention:
    """The words of a sentence that mention one thing."""

    kind: ThingKind
    text: str

    def follow(self, world: World) -> None:
        """Take note of the mention in the check before a run.

        Raises:
            MeaningError: it means nothing, or more than one thing.
        """
        world.meant(self.kind, self.text)

    def resolve(self, request: pytest.FixtureRequest) -> object:
        """Return the value of the thing that is meant."""
        world: World = request.getfixturevalue("world")
        return world.value(self.kind, self.text, request)

    def fixtures(self) -> tuple[str, ...]:
        """Return the fixtures that resolving it may ask for."""
        named = re.search(NAMED, self.text)
        return self.kind.takes if named and named[0].strip('"') in self.kind.standing() else ()

    def __repr__(self) -> str:
        return self.text


@dataclass
class World:
    """What one scenario has mentioned so far, in the order in which it came in."""

    _things: dict[str, list[Thing]] = field(default_factory=dict)
    _names: dict[str, list[Thing]] = field(default_factory=dict)
    _mentioned: dict[str, Thing] = field(default_factory=dict)
    _offered: dict[tuple[str, str], Thing] = field(default_factory=dict)

    def value(self, kind: ThingKind, text: str, request: pytest.FixtureRequest) -> object:
        """Return the value of the thing that words mean, made at its first mention.

        Raises:
            MeaningError: they mean nothing, or more than one thing (the check before a run says so earlier).
        """
        thing = self.meant(kind, text)
        if thing.value is None:
            thing.value = kind.make(thing, request)
        return thing.value

    def meant(self, kind: ThingKind, text: str) -> Thing:
        """Return the thing that words mean, and remember that it was mentioned.

        Raises:
            MeaningError: they mean nothing, or more than one thing.
        """
        known = self._of(kind.noun)[:]
        thing = self._mentioned[kind.noun] = self._find(kind, text)
        if thing not in known:
            thing.parts = kind.parts(thing.name)
        return thing

    def mentioned(self, noun: str) -> Thing | None:
        """Return the thing of a noun that was mentioned last, or None."""
        return self._mentioned.get(noun)

    def bring(self, noun: str, name: str, place: str = "") -> Thing:
        """Take in a new thing.

        Raises:
            MeaningError: the name is taken, by this noun in the same place or by another noun.
        """
        for other in self._names.get(name, []):
            if other.noun != noun or other.place == place:
                raise MeaningError(f'"{name}" is the name of {_indefinite(other.noun)} already; give this one another')
        thing = Thing(noun, name or self._unnamed(noun), place, has_own_name=bool(name))
        self._things.setdefault(noun, []).append(thing)
        self._names.setdefault(thing.name, []).append(thing)
        self._mentioned[noun] = thing
        return thing

    def offer(self, noun: str, name: str) -> Thing:
        """Take in what came with another thing, the latest of that name: it can be named, but `it` never means it."""
        return self._offered.setdefault((noun, name), Thing(noun, name))

    def named(self, noun: str) -> dict[str, Any]:
        """Return the values of the things of a noun that were made so far, by the scenario's names for them."""
        return {thing.name: thing.value for thing in self._of(noun) if thing.value is not None}

    def values(self, noun: str) -> list[Any]:
        """Return the values of all things of a noun that were made so far."""
        return [thing.value for thing in self._of(noun) if thing.value is not None]

    def namesake(self, thing: Thing) -> Thing | None:
        """Return the thing of the same noun and name that came in first in another place, or None."""
        same = (each for each in self._names.get(thing.name, []) if each is not thing)
        return next(same, None)

    def all(self, kind: ThingKind, text: str) -> list[Thing]:
        """Return all things of a kind that are there, in order.

        Raises:
            MeaningError: there are fewer than two, or `text` says "both" and there are more.
        """
        found = self._of(kind.noun)
        if len(found) < 2 or (text.startswith("both") and len(found) > 2):
            there = f'there is 1: write "that {kind.noun}"' if len(found) == 1 else f"there are {len(found)}"
            there += "" if found else f"; name those of an earlier sentence, or give each {kind.noun} a name first"
            raise MeaningError(f'"{text}" needs {"two" if text.startswith("both") else "several"}; {there}')
        return found

    def _find(self, kind: ThingKind, text: str) -> Thing:
        words, place = kind.place_in(text)
        usual = place or next(iter(kind.places), "")
        if re.fullmatch(rf"\w+ {kind.noun} {_CALLED}", words):
            return Thing(kind.noun, unquoted(words.split('"', 1)[1][:-1]), usual, is_literal=True)
        name = next((each.strip('"') for each in re.findall(NAMED, words)), "")
        if words.endswith(_NOT_THERE):
            return Thing(kind.noun, "", usual)
        if name and kind.names and not re.fullmatch(kind.names, name):
            raise MeaningError(
                f'"{name}" cannot be the name of a {kind.noun}, so any refusal would be for that; '
                f'write the {kind.noun} called "{name}" if that is meant'
            )
        if words.startswith(("a ", "an ", "another ")):
            if not kind.brings:
                raise MeaningError(f'"{text}" would be a new one; name one that is there: {self._known(kind)}')
            return self.bring(kind.noun, name, usual)
        if name:
            return self._named(kind, name, place)
        if words in ("it", f"that {kind.noun}"):
            return self._last(kind, words)
        return self._only(kind, words, place)

    def _named(self, kind: ThingKind, name: str, place: str) -> Thing:
        home = next(iter(kind.places), "")
        namesakes = [each for each in self._names.get(name, []) if each.noun == kind.noun]
        found = [each for each in namesakes if not place or each.place == place]
        if len(found) > 1:
            where = " or ".join(f'"{each}{kind.at.format(each.place)}"' for each in found)
            raise MeaningError(f'the {kind.noun} "{name}" could be any of {len(found)}; write {where}')
        if found:
            return found[0]
        if kind.brings or (name in kind.standing() and place in ("", home)):
            return self.bring(kind.noun, name, place or home)
        if offered := self._offered.get((kind.noun, name)):
            return offered
        if namesakes:
            there = " and ".join(kind.at.format(each.place).strip() for each in namesakes)
            raise MeaningError(f'the {kind.noun} "{name}" is {there}; nothing puts one{kind.at.format(place)}')
        known = list(dict.fromkeys((*(thing.name for thing in self._of(kind.noun)), *kind.standing())))
        close = nearest(name, known)
        hint = f'; did you mean "{close[0]}"?' if close else ";"
        message = f'there is no {kind.noun} "{name}"{hint} known here: {", ".join(known) or "none"}'
        is_misspelt = bool(close) and close[0][:1].lower() == name[:1].lower()
        raise MeaningError(message, "" if is_misspelt else kind.noun)

    def _last(self, kind: ThingKind, text: str) -> Thing:
        if kind.noun not in self._mentioned:
            raise MeaningError(f'"{text}" needs {_indefinite(kind.noun)}; nothing before it makes one', kind.noun)
        return self._mentioned[kind.noun]

    def _only(self, kind: ThingKind, text: str, place: str) -> Thing:
        found = [each for each in self._of(kind.noun) if not place or each.place == place]
        ordinal = text.split()[1]
        if ordinal in ORDINALS:
            if len(found) <= ORDINALS.index(ordinal):
                raise MeaningError(f'"{text}": {len(found)} of them are there')
            return found[ORDINALS.index(ordinal)]
        if not found:
            raise MeaningError(f'"{text}" needs {_indefinite(kind.noun)}; nothing before it makes one', kind.noun)
        if len(found) > 1:
            raise MeaningError(f'"{text}" could be any of {len(found)}: {self._known(kind)}; name the one you mean')
        return found[0]

    def _of(self, noun: str) -> list[Thing]:
        return self._things.get(noun, [])

    def _known(self, kind: ThingKind) -> str:
        known = enumerate(self._of(kind.noun))
        return ", ".join(_called(thing, place) for place, thing in known) or "there is none yet"

    def _unnamed(self, noun: str) -> str:
        number = len(self._of(noun)) + 1
        return noun if number == 1 else f"{noun} {number}"


def _called(thing: Thing, place: int) -> str:
    """How a scenario names a thing that is the one at this place, counted from 0, of its noun."""
    return str(thing) if thing.has_own_name or place >= len(ORDINALS) else f"the {ORDINALS[place]} {thing.noun}"


def _indefinite(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
