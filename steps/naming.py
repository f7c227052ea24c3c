"""What errors name: a text as it was given, a field, a user, the registry, a catalog."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from pytest_bdd import then

from environment.arrangement.services import OtherCatalog
from environment.driving.refusals import names, refusal_of_last_named, words_of
from environment.driving.stage import Stage
from environment.gherkin.named_people import NAME
from environment.gherkin.references import ValueKind, parse, register
from environment.gherkin.things import ORDINALS, ThingMention, World
from environment.gherkin.values import unquoted
from environment.targets.target import Target
from steps.kinds_of_people import FIELDS, PERSON, WordsKind, user_called

WORDS_FOR: Mapping[str, str] = {
    "name": r"\b(?:user[ _]?)?name\b|\buser named \S+ (?:already exists|is taken)\b",
    "email": r"\be-?mail\b",
    "role": r"\broles?\b",
    "extra_roles": r"\broles?\b",
}
"""How a message may call a field of a user."""
Check = Callable[[Any], None]
"""Passes if an error names something."""


_BUCKET, _CATALOG = "the packages bucket", "the address of that catalog"
_ENTRY = re.compile(rf"the ({'|'.join(ORDINALS)}) entry")
_FIELD = re.compile(r'the field "([^"]*)"')


@dataclass(frozen=True)
class NamedMention:
    """The words of a sentence that say what an error names."""

    text: str

    def follow(self, world: World) -> None:
        """Take note of a person in the check before a run; raises MeaningError."""
        if re.fullmatch(NAME, self.text):
            ThingMention(PERSON, f'the colleague "{self.text}"').follow(world)

    def resolve(self, request: pytest.FixtureRequest) -> Check:
        """Return how it is looked for."""
        if self.text.startswith('"'):
            text = unquoted(self.text[1:-1])
            return lambda refusal: _must(names(words_of(refusal), text), f"does not name {text}", refusal)
        if field := _FIELD.fullmatch(self.text):
            return lambda refusal: _must_give_field(refusal, field[1])
        if entry := _ENTRY.fullmatch(self.text):
            return lambda refusal: _must_give_entry(refusal, ORDINALS.index(entry[1]))
        if self.text.removeprefix("the ") in FIELDS:
            words = WORDS_FOR[FIELDS[self.text.removeprefix("the ")]]
            return lambda refusal: _must(_mentions(refusal, words), "names no field", refusal)
        name, noun = self._name(request)
        return lambda refusal: _must_name(refusal, name, noun)

    def _name(self, request: pytest.FixtureRequest) -> tuple[str, str]:
        if self.text == _BUCKET:
            target: Target = request.getfixturevalue("target")
            return target.buckets.packages, _BUCKET
        if self.text == _CATALOG:
            other: OtherCatalog = request.getfixturevalue("other_catalog")
            return other.address, "the address of the site"
        return user_called(self.text, request).user_name, "the user"

    def __repr__(self) -> str:
        return self.text


def _mentions(refusal: Any, words: str) -> bool:
    told = f"{refusal} {getattr(refusal, 'context', {}).get('field', '')}"
    return re.search(words, told, re.IGNORECASE) is not None


class _MessageError(Exception):
    """An error of which only the message counts, which is what people read; what only programs see does not."""


def _must_name(refusal: Any, name: str, noun: str) -> None:
    words = words_of(refusal)
    otherwise = " in these capital and small letters" if name.lower() in words.lower() else ""
    _must(name in words, f"does not name {noun}{otherwise}", refusal)


def _must(holds: bool, otherwise: str, refusal: Any) -> None:
    assert holds, f"the {'message' if isinstance(refusal, _MessageError) else 'error'} {otherwise}: {refusal}"


def _must_give_field(refusal: Any, field: str) -> None:
    found = getattr(refusal, "context", {}).get("field")
    assert found == field, f"the error names {found}, not {field}"


def _must_give_entry(refusal: Any, which: int) -> None:
    """Counted from 0, as programs count."""
    found = getattr(refusal, "context", {}).get("index")
    assert found == which, f"the error names entry {found}, not {which}"


_FIELDS = tuple(f"the {field}" for field in FIELDS)
_WORDS = (_BUCKET, _CATALOG, *_FIELDS)
register(
    ValueKind("Naming", "names|does not name", lambda text: text == "names", ("names", "does not name")),
    WordsKind(
        "Named",
        rf'"(?:[^"\\]|\\.)*"|the field "[^"]*"|{_ENTRY.pattern.replace("(", "(?:")}|{"|".join(_WORDS)}|{NAME}',
        NamedMention,
        ('"any text"', 'the field "package_name"', "the second entry", *_WORDS, "Nora"),
    ),
)


@then(parse("the error names {what:Named}"))
def error_names(stage: Stage, what: Check) -> None:
    """The message or the context of the last refusal names it.

    A text appears in them as it was given; for an empty one they say that it is empty. `the field "x"` is in the
    context; a user's field may be named in other words.
    """
    what(refusal_of_last_named(stage))


@then(parse("the message {names:Naming} {what:Named}"))
def message_names(stage: Stage, names: bool, what: Check) -> None:
    """The message of the last refusal, which is what people read, names it; what only programs see does not count."""
    message = _MessageError(str(refusal_of_last_named(stage)))
    if names:
        what(message)
        return
    try:
        what(message)
    except AssertionError:
        return
    raise AssertionError(f"the message names it: {message}")
