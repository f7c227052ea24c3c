"""Parts of things by their names, such as the files of a package: lint knows which there are, and tells of others.

A sentence that puts parts into a thing says which with `@puts`; one that mentions a part has a `PartNameKind`:
`@when(parse('{persona:Persona} asks for a link to {path:FileName} in {package:Package}'))`. A scenario writes
`"a.csv"`, which must be there, or `the missing file "a.csv"`, which need not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, runtime_checkable

import pytest

from environment.gherkin import references
from environment.gherkin.mentions import brings_in, noun_of
from environment.gherkin.things import Thing, World
from environment.gherkin.values import unquoted
from environment.gherkin.vocabulary import StepDefinition
from environment.nearest import hint

MOST_LISTED = 6
_PUT = "parts_put"
_Function = TypeVar("_Function", bound=Callable[..., Any])


@runtime_checkable
class NamesParts(Protocol):
    """A converted word that says which parts are put into a thing."""

    def part_names(self, world: World) -> Sequence[str]:
        """Return their names, in the check before a run."""


def puts(noun: str, *, column: str = "", words: str = "") -> Callable[[_Function], _Function]:
    """Say that a step function puts parts into the thing of this noun that its sentence mentions last.

    Their names are in a column of its table, or in the words of a placeholder; in neither, nobody knows them.
    """

    def declare(function: _Function) -> _Function:
        setattr(function, _PUT, (noun, column, words))
        return function

    return declare


def note_parts(
    definition: StepDefinition,
    arguments: Mapping[str, object],
    cells: Callable[[str], Sequence[str]],
    world: World,
) -> None:
    """Note in the check before a run which parts a step puts into a thing; `cells` gives those of a column."""
    noun, column, words = getattr(definition.callback, _PUT, ("", "", ""))
    thing = world.mentioned(noun)
    if thing is None:
        return
    told = arguments.get(words)
    names = cells(column) if column else told.part_names(world) if isinstance(told, NamesParts) else None
    makes = any(
        brings_in(references.KINDS[each.kind]) and noun_of(references.KINDS[each.kind]) == noun
        for each in definition.placeholders
        if each.kind in references.KINDS.names()
    )
    known = set() if thing.parts is None and makes else thing.parts
    thing.parts = None if names is None or known is None else known | {*names}


def wrong_parts(arguments: Iterable[object], world: World) -> Iterator[str]:
    """Yield what is wrong with the parts that a step mentions."""
    for mention in arguments:
        if isinstance(mention, PartNameMention):
            thing = world.mentioned(mention.kind.whole)
            if thing is not None and thing.parts is not None and not mention.may_lack and not _has(thing, mention):
                noun, name = mention.kind.noun, mention.quoted
                told = hint(mention.name, mention.kind.known(thing.parts), listed=MOST_LISTED)
                yield f"{thing} has no {noun} {name}; {told}; if that is meant, write: the missing {noun} {name}"


def _has(thing: Thing, mention: PartNameMention) -> bool:
    """Whether a thing has such a part, by its path or the end of it, or parts below it."""
    return any(f"/{mention.name.strip('/')}/" in f"/{part}/" for part in thing.parts or ())


@dataclass(frozen=True)
class PartNameKind:
    """The name of a part of a thing.

    Args:
        name: as sentences write it, `FileName`.
        noun: what such a part is, `file`.
        whole: the noun of the thing that has such parts, which the same sentence mentions.
        article: words before the name of one that is there.
        known: of the paths of all parts, those that such a name may be; for messages.
        every: words that mean all parts at once, "" if none do.
    """

    name: str
    noun: str
    whole: str
    article: str = ""
    known: Callable[[Iterable[str]], list[str]] = sorted
    every: str = ""

    @property
    def pattern(self) -> str:
        """The words that can name such a part."""
        one = rf'(?:{self.article}|the missing {self.noun} )"(?:[^"\\]|\\.)*"'
        return f"(?:{one}|{self.every})" if self.every else one

    def convert(self, text: str) -> PartNameMention:
        """Return the mention that the words make."""
        return PartNameMention(self, text)

    def choices(self) -> Sequence[str]:
        """Return how such a part is named."""
        one = [f'{self.article}"name"', f'the missing {self.noun} "name"']
        return [*one, self.every] if self.every else one


@dataclass(frozen=True)
class PartNameMention:
    """The words of a sentence that name a part of a thing."""

    kind: PartNameKind
    text: str

    @property
    def is_every(self) -> bool:
        """Whether it means all parts."""
        return bool(self.kind.every) and self.text == self.kind.every

    @property
    def is_missing(self) -> bool:
        """Whether the sentence says that it is not there."""
        return self.text.startswith("the missing")

    @property
    def may_lack(self) -> bool:
        """Whether it may name what is not there."""
        return self.is_missing or self.is_every

    @property
    def quoted(self) -> str:
        """The name as it is written, in its quotation marks."""
        return re.sub(r'^[^"]*', "", self.text)

    @property
    def name(self) -> str:
        """The name."""
        return unquoted(self.quoted[1:-1])

    def resolve(self, _: pytest.FixtureRequest) -> str | None:
        """Return the name; None for all parts."""
        return None if self.is_every else self.name

    def __repr__(self) -> str:
        return self.text
