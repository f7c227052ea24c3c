"""A step that is a sentence but for the words in one of its blanks: lint says which words, and what can stand there."""

from __future__ import annotations

from textwrap import dedent

import pytest

from environment.gherkin.misfits import misfit
from environment.gherkin.vocabulary import definitions_in

WORDS = """
    from pytest_bdd import then
    from environment.gherkin.references import ReferenceKind, ValueKind, register, parse

    register(
        ReferenceKind("Persona", "persona", lambda: ["Dana"], lambda text, request: text, "Dana|she", ("she",)),
        ValueKind("Some", "the (?:data|scratch) bucket|no buckets", str, ("the data bucket", "no buckets")),
    )

    @then(parse("{persona:Persona} sees only {buckets:Some} in {place:Some}"))
    def sees(persona, buckets, place): ...
"""


@pytest.fixture
def definitions(tmp_path, step_module):
    return definitions_in([step_module(dedent(WORDS), tmp_path / "words.py")])


def test_the_words_that_cannot_stand_there_are_named_with_what_can(definitions):
    told = misfit("Dana sees only the package bucket in no buckets", definitions)

    assert told == (
        "'the package bucket' cannot stand for {some} in "
        "\"Then {persona} sees only {some} in {some}\"; write 'the data bucket' or 'no buckets'"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Dana sees only the data bucket in no buckets",  # the sentence itself
        "Dana sees only one bucket in two buckets",  # two blanks are wrong
        "Dana sees nothing",
    ],
)
def test_what_is_no_sentence_but_for_one_blank_is_left_to_others(definitions, text):
    told = misfit(text, definitions)

    assert told is None or "cannot stand for" in told
    assert told is None or text.startswith("Dana sees only the data bucket")


THINGS = """
    from pytest_bdd import given, then
    from environment.gherkin.references import ValueKind, register, parse
    from environment.gherkin.things import ThingKind

    CRATE = ThingKind("Crate", "crate", lambda thing, request: thing)
    TABLE = ThingKind("Board", "board", lambda thing, request: thing)
    MEANINGS = tuple(f"that {what} is needed" for what in ("a stamp", "a lid", "more time", "a key", "a lock"))
    register(CRATE, TABLE, ValueKind("Sense", "|".join(MEANINGS), str, MEANINGS))

    @then(parse("{crate:Crate} is sealed"))
    def sealed(crate): ...

    @then(parse("the label says {sense:Sense}"))
    def says(sense): ...
"""


@pytest.fixture
def things(tmp_path, step_module):
    return definitions_in([step_module(dedent(THINGS), tmp_path / "things.py")])


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ('the board "left"', "is not a crate here, but a board, in"),
        ('"left"', "is not a crate here, but a quoted text, in"),
        ("everything", "is not a crate here in"),
    ],
)
def test_what_is_a_thing_of_another_kind_is_called_so(things, words, what):
    assert misfit(f"{words} is sealed", things) == (
        f"'{words}' {what} \"Then {{crate}} is sealed\"; write 'the crate \"name\"' or 'the crate' or 'it'"
    )


def test_of_many_choices_the_nearest_are_named_and_how_many_there_are(things):
    told = misfit("the label says that a padlock is needed", things)

    assert told is not None
    assert "'that a lock is needed'" in told
    assert told.endswith(" (5 in all; `acceptance steps` lists them)")


def test_a_sentence_in_which_more_is_wrong_than_right_is_left_to_others(things):
    assert misfit("the board that Dana had painted red in the morning is sealed", things) is None
