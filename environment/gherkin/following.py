"""Following a scenario before it runs: each mention of a thing means one that is there by then.

What is followed is what a run does: the mentions in their order, and the things that sentences and their tables bring
in (`environment.gherkin.things`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar, runtime_checkable

from environment.gherkin import references
from environment.gherkin.document import StepLine
from environment.gherkin.mentions import brings_in, indefinite, noun_of
from environment.gherkin.named_people import PersonMention
from environment.gherkin.parts import note_parts, wrong_parts
from environment.gherkin.things import MeaningError, World
from environment.gherkin.vocabulary import Match, StepDefinition, Vocabulary

MOST_SUGGESTIONS = 3
_BEFORE = {"given": ("given",), "when": ("given", "when"), "then": ("given", "when")}
_BROUGHT = "brought_by_table"
_OFFERED = "offered_by_table"
_MENTIONED = "mentioned_below"
_Function = TypeVar("_Function", bound=Callable[..., Any])


@runtime_checkable
class Followed(Protocol):
    """A converted word that mentions things."""

    def follow(self, world: World) -> None:
        """Take note of the mention; raises MeaningError."""


def brings(noun: str, *, column: str) -> Callable[[_Function], _Function]:
    """Say that a step function's table brings in things, of this noun, with their names in this column."""

    def declare(function: _Function) -> _Function:
        setattr(function, _BROUGHT, (noun, column))
        return function

    return declare


def offers(noun: str, *, column: str) -> Callable[[_Function], _Function]:
    """Say that what a step function's table names in this column can be mentioned as things of this noun afterwards."""

    def declare(function: _Function) -> _Function:
        setattr(function, _OFFERED, (noun, column))
        return function

    return declare


Names = Callable[[str], Iterable[str]]
"""Finds names in a text."""


def mentions(
    kind: str, *, column: str = "", text: Names | None = None, words: str = "{}"
) -> Callable[[_Function], _Function]:
    """Say that what stands under a step mentions things of this kind: a column of its table, or names in its text.

    `words` go around each of them; a cell may name several, separated by commas, or none.
    """

    def declare(function: _Function) -> _Function:
        setattr(function, _MENTIONED, [*getattr(function, _MENTIONED, ()), (kind, column, text, words)])
        return function

    return declare


def meaning_problems(steps: Sequence[StepLine], vocabulary: Vocabulary) -> Iterator[tuple[StepLine, str]]:
    """Each step of a scenario that mentions what is not there, or what could be several things, with the message.

    Args:
        steps: the scenario's steps as they run, the background's first.
        vocabulary: the sentences; after a step that is none of them, or several, only people are looked at.
    """
    world, unclear = World(), ""
    for step in steps:
        matches = vocabulary.matches(step.type, step.text)
        if len(matches) != 1:
            unclear += f" {step.text}"  # what it would bring in is not known
            continue
        if unclear:
            yield from _unknown_people(step, matches[0], world, unclear, vocabulary)
            continue
        try:
            for value in matches[0].arguments.values():
                if isinstance(value, Followed):
                    value.follow(world)
            for noun, name in _named_by_table(matches[0].definition, step, _BROUGHT):
                world.bring(noun, name)
            for noun, name in _named_by_table(matches[0].definition, step, _OFFERED):
                world.offer(noun, name)
            for mention in _mentioned_below(matches[0].definition, step):
                mention.follow(world)
            if step.type != "then":
                note_parts(matches[0].definition, matches[0].arguments, partial(_cells, step), world)
        except MeaningError as error:
            yield step, f'"{step.text}": {error}{_would_bring(error.lacking, step, vocabulary)}'
            return  # what follows may rest on it
        for message in wrong_parts(matches[0].arguments.values(), world):
            yield step, message


def _unknown_people(
    step: StepLine, match: Match, world: World, unclear: str, vocabulary: Vocabulary
) -> Iterator[tuple[StepLine, str]]:
    """Whom a step names though nobody introduced them, not even in the words of an unclear one before it."""
    for person in (value for value in match.arguments.values() if isinstance(value, PersonMention)):
        try:
            person.follow(world)
        except MeaningError as error:
            if person.text not in unclear:
                yield step, f'"{step.text}": {error}{_would_bring(error.lacking, step, vocabulary)}'


def needs_and_gives(definition: StepDefinition) -> list[tuple[str, str]]:
    """What a sentence needs to be there, and what it may bring in, in words: `("Needs", "a package")`."""
    kinds = [references.KINDS[each.kind] for each in definition.placeholders if each.kind in references.KINDS.names()]
    needed = [indefinite(noun) for kind in kinds if (noun := noun_of(kind)) and not brings_in(kind)]
    given = [indefinite(noun) for kind in kinds if (noun := noun_of(kind)) and brings_in(kind)]
    noun, _ = getattr(definition.callback, _BROUGHT, ("", ""))
    given += [f"{noun}s"] if noun else []
    told = (("Needs", needed), ("Brings in", given))
    return [(label, ", ".join(dict.fromkeys(nouns))) for label, nouns in told if nouns]


def _named_by_table(definition: StepDefinition, step: StepLine, how: str) -> Iterator[tuple[str, str]]:
    noun, column = getattr(definition.callback, how, ("", ""))
    if noun:
        yield from ((noun, cell) for cell in _cells(step, column))


def _mentioned_below(definition: StepDefinition, step: StepLine) -> Iterator[Followed]:
    for kind, column, text, words in getattr(definition.callback, _MENTIONED, ()):
        cells = [name for cell in _cells(step, column) for name in cell.split(", ")]
        names = text(step.doc_string.text) if text and step.doc_string else cells
        for name in filter(None, names):
            mention = references.KINDS[kind].convert(words.format(name))
            if isinstance(mention, Followed):
                yield mention


def _cells(step: StepLine, column: str) -> list[str]:
    if not step.table or column not in step.table[0].cells:
        return []
    place = step.table[0].cells.index(column)
    return [row.cells[place] for row in step.table[1:]]


def _would_bring(noun: str, step: StepLine, vocabulary: Vocabulary) -> str:
    if not noun:
        return ""
    givers = [
        one
        for one in vocabulary.nearest_first(step.text)
        if one.type in _BEFORE[step.type]
        and (
            getattr(one.callback, _BROUGHT, ("",))[0] == noun
            or any(_brings(each.kind, noun) for each in one.placeholders)
        )
    ]
    givers.sort(key=lambda one: one.type)
    once = {one.callback: one for one in reversed(givers)}.values()  # of an act the Given
    givers = [one for one in givers if one in once]
    suggestions = " | ".join(f'"{one.readable()}"' for one in givers[:MOST_SUGGESTIONS])
    return f". These would: {suggestions}" if suggestions else ""


def _brings(kind: str, noun: str) -> bool:
    found = references.KINDS[kind] if kind in references.KINDS.names() else None
    return found is not None and brings_in(found) and noun_of(found) in (noun, f"{noun}s")
