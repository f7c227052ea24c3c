"""Typed words in a sentence, and names that stand for something.

A step says `@when(parse('{person:Persona} creates a package from the "{dataset:Dataset}" dataset'))`. `Persona` and
`Dataset` are kinds of names that somebody registered; the scenario's word becomes a `Reference`, which the collection
check asks whether the name exists, and which is replaced by what it stands for just before the step is called.

Converting never raises while a sentence is matched: a value that is not in order says so in `problem()`, and the check
turns that into one line with the feature's line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from typing import Any, Protocol, runtime_checkable

import pytest
from pytest_bdd import parsers

from environment.nearest import unknown

PLACEHOLDER = re.compile(r"\{(\w*)(?::(\w+))?\}")
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def readable(sentence: str) -> str:
    """A sentence as people read it: each blank says what kind of words it takes, `{new package}`."""
    return PLACEHOLDER.sub(lambda blank: f"{{{kind_words(blank[2])}}}" if blank[2] else blank[0], sentence)


def kind_words(name: str) -> str:
    """The name of a kind in words: `new package` of NewPackage."""
    return _CAPITAL.sub(" ", name).lower()


@runtime_checkable
class Checkable(Protocol):
    """A converted word that can say what is wrong with it."""

    def problem(self) -> str | None:
        """Return in one line what is wrong, or None."""


class Kind(Protocol):
    """A type that a placeholder may have: `{name:Type}`."""

    @property
    def name(self) -> str:
        """The type's name as sentences write it."""

    @property
    def pattern(self) -> str:
        """The regular expression of the words that it takes; loose, so that a wrong word is told, not overlooked."""

    def convert(self, text: str) -> object:
        """Return the value of a word; never raises."""

    def choices(self) -> Sequence[str]:
        """Return the words, or examples of them, for lists and messages."""


@runtime_checkable
class Resolvable(Protocol):
    """A converted word that stands for something, which it is replaced by just before the step is called."""

    def resolve(self, request: pytest.FixtureRequest) -> object:
        """Return what the word stands for."""


@dataclass(frozen=True)
class ReferenceKind:
    """Names of one kind: personas, datasets.

    Args:
        name: as sentences write it, `Persona`.
        noun: as messages write it, `persona`.
        known: returns the names that exist; called at collection, so it must not need a running deployment.
        resolve: returns what a name stands for, in a scenario; may ask for fixtures.
        pattern: the words taken for a name; loose on purpose.
        pronouns: words accepted beside the names (`she`); `resolve` gets them as they stand.
    """

    name: str
    noun: str
    known: Callable[[], Sequence[str]]
    resolve: Callable[[str, pytest.FixtureRequest], object]
    pattern: str = r'[^"\s]+'
    pronouns: tuple[str, ...] = ()

    def convert(self, text: str) -> Reference:
        """Return the reference that the word makes."""
        return Reference(self, text)

    def choices(self) -> Sequence[str]:
        """Return the known names, then the pronouns."""
        return [*self.known(), *self.pronouns]


@dataclass(frozen=True)
class Reference:
    """A name in a sentence."""

    kind: ReferenceKind
    text: str

    def known(self) -> Sequence[str]:
        """Return the names and pronouns that would do."""
        return self.kind.choices()

    def problem(self) -> str | None:
        """Return that the name is unknown, with the known ones and the nearest, or None."""
        known = self.known()
        return None if self.text in known else unknown(self.kind.noun, self.text, known)

    def resolve(self, request: pytest.FixtureRequest) -> object:
        """Return what the name stands for.

        Raises:
            LookupError: nothing has that name (the collection check tells it earlier).
        """
        wrong = self.problem()
        if wrong:
            raise LookupError(wrong)
        return self.kind.resolve(self.text, request)

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class ValueKind:
    """Values of one kind: sizes, counts, durations; `examples` shows how they are written."""

    name: str
    pattern: str
    converter: Callable[[str], object]
    examples: tuple[str, ...]

    def convert(self, text: str) -> object:
        """Return the value of the word."""
        return self.converter(text)

    def choices(self) -> Sequence[str]:
        """Return examples of how such a value is written."""
        return self.examples


class Kinds:
    """The kinds that placeholders may have."""

    def __init__(self) -> None:
        self._kinds: dict[str, Kind] = {}
        self._advice: list[tuple[str, re.Pattern[str], str]] = []

    def register(self, *kinds: Kind) -> None:
        """Add kinds.

        Raises:
            ValueError: the name is taken by another kind, or the pattern has a capturing group.
        """
        for kind in kinds:
            if self._kinds.get(kind.name, kind) != kind:
                raise ValueError(f"there is a kind {kind.name} already; give this one another name")
            if re.compile(kind.pattern).groups:
                raise ValueError(f"the pattern of the kind {kind.name} captures groups; write (?:...) instead of (...)")
            self._kinds[kind.name] = kind

    def __getitem__(self, name: str) -> Kind:
        return self._kinds[name]

    def advise(self, pattern: str, why: str, *names: str) -> None:
        """Say why words that people may well write, and that match a pattern, cannot stand for kinds of these names."""
        for name in names:
            self._advice.append((name, re.compile(pattern), why))

    def advice(self, name: str, words: str) -> str:
        """Return why the words cannot stand for the kind of this name; "" if nothing is known."""
        return next((why for kind, pattern, why in self._advice if kind == name and pattern.fullmatch(words)), "")

    def names(self) -> list[str]:
        """Return the names of the registered kinds, sorted."""
        return sorted(self._kinds)

    def extra_types(self) -> dict[str, Callable[[str], object]]:
        """Return the kinds in the form that the `parse` library takes: converters with a pattern."""
        return {name: _Converter(kind) for name, kind in self._kinds.items()}


class _Converter:
    """A kind as the `parse` library wants it."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.pattern = kind.pattern
        self.regex_group_count = 0

    def __call__(self, text: str) -> object:
        return self.kind.convert(text)


KINDS = Kinds()


def register(*kinds: Kind) -> None:
    """Register kinds for all sentences written afterwards (see `Kinds.register`)."""
    KINDS.register(*kinds)


class Sentence(parsers.parse):
    """A step's sentence with typed placeholders: pytest-bdd's `parse` parser, exact about upper and lower case.

    A run asks every sentence about every step. The longest word outside the placeholders is looked for first, which is
    much faster than matching.
    """

    def __init__(self, pattern: str, kinds: Mapping[str, Callable[[str], object]]) -> None:
        super().__init__(pattern, extra_types=dict(kinds), case_sensitive=True)
        fixed_words = " ".join(literal for literal, *_ in Formatter().parse(pattern)).split()
        self._longest_word = max(fixed_words, key=len, default="")
        self._match = lru_cache(maxsize=None)(self._matched)

    def _matched(self, name: str) -> dict[str, Any] | None:
        if self._longest_word not in name:
            return None
        result = self.parser.parse(name)
        return None if result is None else dict(result.named)

    def is_matching(self, name: str) -> bool:
        """Return whether a step's text is this sentence."""
        return self._match(name) is not None

    def parse_arguments(self, name: str) -> dict[str, Any]:
        """Return placeholder to value.

        Raises:
            ValueError: the text is not this sentence.
        """
        matched = self._match(name)
        if matched is None:
            raise ValueError(f"{name!r} is not the sentence {self.name!r}")
        return dict(matched)

    def words(self, name: str) -> dict[str, str]:
        """Return placeholder to the words that stand for it; nothing if the text is not this sentence."""
        result = self.parser.parse(name)
        return {blank: name[slice(*span)] for blank, span in result.spans.items()} if result else {}


def parse(pattern: str) -> Sentence:
    """Return the parser of a sentence, for `@given`, `@when`, `@then`; every placeholder has a type: `{size:Size}`.

    Raises:
        ValueError: a placeholder without a type, or of a kind that nobody registered.
    """
    for name, kind in PLACEHOLDER.findall(pattern.replace("{{", "").replace("}}", "")):
        if not kind:
            raise ValueError(f"{pattern!r}: {{{name}}} has no type; write {{{name}:Type}} with one of: {_kind_names()}")
        if kind not in KINDS.names():
            raise ValueError(f"{pattern!r}: {unknown('kind of placeholder', kind, KINDS.names())}")
    return Sentence(pattern, KINDS.extra_types())


def resolve_arguments(arguments: dict[str, object], request: pytest.FixtureRequest) -> None:
    """Replace, in place, the references among a step's arguments by what they stand for."""
    for name, value in arguments.items():
        if isinstance(value, Resolvable):
            arguments[name] = value.resolve(request)


def _kind_names() -> str:
    return ", ".join(KINDS.names())
