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
