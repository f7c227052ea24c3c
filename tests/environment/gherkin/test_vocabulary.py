"""The sentences that exist."""

from __future__ import annotations

import inspect

from environment.gherkin.vocabulary import Placeholder, Vocabulary, definitions_in

WORDS = '''
    from pytest_bdd import given, parsers, step, then, when
    from environment.gherkin.references import parse

    @given(parse("{count:Count} files of {size:Size}"))
    @when("some files")
    def files(count=0, size=None):
        """Have files.

        More of it.
        """

    @step(parsers.re(r"any (?P<kind>\\w+)"))
    def anything(kind): ...

    @then("later")
    async def later(): ...
'''


def test_definitions_tell_all_about_themselves(step_module):
    module = step_module(WORDS)
    one, other, any_type, later = definitions_in([module, module, object()])
    assert (one.type, one.pattern) == ("given", "{count:Count} files of {size:Size}")
    assert one.placeholders == (Placeholder("count", "Count"), Placeholder("size", "Size"))
    assert (one.module, one.function, one.path.name) == ("words", "files", "words.py")
    assert one.line == inspect.unwrap(module.files).__code__.co_firstlineno
    assert one.description == "Have files.\n\nMore of it."
    assert (other.type, other.pattern, other.line) == ("when", "some files", one.line)
    assert (any_type.type, later.is_coroutine, one.is_coroutine) == ("", True, False)


def test_steps_find_their_definitions(step_module):
    vocabulary = Vocabulary(definitions_in([step_module(WORDS)]))
    [match] = vocabulary.matches("given", "five files of 5 MB")
    assert (match.definition.function, match.arguments["count"], repr(match.arguments["size"])) == ("files", 5, "5 MB")
    assert vocabulary.matches("when", "five files of 5 MB") == ()
    assert [one.definition.function for one in vocabulary.matches("then", "any thing")] == ["anything"]


def test_the_nearest_sentences_come_first(step_module):
    vocabulary = Vocabulary(definitions_in([step_module(WORDS)]))
    assert next(one.function for one in vocabulary.nearest("12 fils of 7 KB")) == "files"
    assert vocabulary.nearest("quite another thing altogether, nothing like it") == []


def test_a_debugger_is_no_sentence():
    import pytest_bdd.plugin

    assert definitions_in([pytest_bdd.plugin]) == []
