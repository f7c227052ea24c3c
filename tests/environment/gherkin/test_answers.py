"""A Then that reads an answer comes after an act that asks for it; which one that is, lint says."""

from __future__ import annotations

from textwrap import dedent

import pytest

from environment.gherkin.answers import operations_called
from environment.gherkin.checks import check_features
from environment.gherkin.vocabulary import definitions_in

WORDS = """
    from pytest_bdd import given, then, when
    from environment.gherkin.references import ReferenceKind, register, parse

    NAMES = ["Dana", "Lee"]
    register(ReferenceKind("Persona", "persona", lambda: NAMES, lambda text, request: text, "Dana|Lee|she", ("she",)))
    CLIENTS = ("get_aws_client", "get_boto3_client")

    def attempt(operation): ...
    def keep_answer(actor, operation, answer): ...

    @given(parse("{persona:Persona} has asked for a link"))
    @when(parse("{persona:Persona} asks for a link"))
    def ask_for_link(persona): attempt(persona.ops.get_content_url)

    @when(parse("{persona:Persona} asks for a client"))
    def ask_for_client(persona):
        ops, where = persona.ops, "here"
        attempt(ops.get_aws_client)

    @when(parse("{persona:Persona} asks for a link and searches"))
    def does_both(persona): _search(persona), attempt(persona.ops.get_content_url)

    @when(parse("{persona:Persona} queries"))
    def queries(persona): keep_answer(persona.name, "query", "rows")

    @then(parse("the client works"))
    def client_works(stage): assert stage.last_named.last_outcome(*CLIENTS)

    @then(parse("{persona:Persona} sees the link"))
    def sees_link(persona): assert _links(persona)

    @then(parse("each answer is a list"))
    def are_lists(stage):
        asked = stage.last_named
        assert asked.outcomes("search_packages")

    @then(parse("the message is short"))
    def is_short(stage): assert _message(stage)

    @then(parse("{persona:Persona} gets rows"))
    def gets_rows(persona): assert persona.last_outcome("query")

    @then(parse("{persona:Persona} can search as {other:Persona}"))
    def can_search(persona, other): _search(persona), other.last_outcome("search_packages")

    def _search(someone): return attempt(someone.ops.search_packages)
    def _links(someone): return someone.last_outcome("get_content_url")
    def _message(stage): return stage.last_named.last_outcome()
"""


@pytest.fixture
def definitions(tmp_path, step_module):
    return definitions_in([step_module(dedent(WORDS), tmp_path / "words.py")])


@pytest.fixture
def check(tmp_path, definitions):
    def run(*steps: str) -> list[str]:
        lines = ["  @AUTH-1\n  Scenario: S\n", *(f"    {step}\n" for step in steps)]
        (tmp_path / "x.feature").write_text("Feature: F\n" + "".join(lines))
        return [finding.text(tmp_path) for finding in check_features([tmp_path], definitions, root=tmp_path)]

    return run


@pytest.mark.parametrize(
    "steps",
    [
        ("When Dana asks for a client", "Then the client works"),
        ("Given Dana has asked for a link", "When she queries", "Then she sees the link", "And she gets rows"),
        ("When Dana asks for a link and searches", "Then each answer is a list"),
        ("When Dana queries", "Then the message is short"),
        ("When Dana asks for a link and searches", "Then Lee can search as Dana"),
    ],
)
def test_an_answer_that_was_asked_for(check, steps):
    assert check(*steps) == []


@pytest.mark.parametrize(
    ("steps", "line", "told"),
    [
        (
            ("When Dana asks for a link", "Then the client works"),
            5,
            'Dana has not asked for. These would: "When {persona} asks for a client"',
        ),
        (
            ("When Dana queries", "Then she sees the link"),
            5,
            'These would: "When {persona} asks for a link" | "When {persona} asks for a link and se',
        ),
        (("When Dana asks for a link", "Then each answer is a list"), 5, "Dana has not asked"),
        (("When Dana asks for a link", "Then she gets rows"), 5, '"When {persona} queries"'),
        (("Given Dana has asked for a link", "When Lee queries", "Then the client works"), 6, "Lee has not asked"),
        (("When Lee queries", "Then Dana can search as Lee"), 5, "that Lee has not asked for"),
        (("Then the message is short",), 4, "nobody was named"),
    ],
)
def test_an_answer_that_nobody_asked_for_is_found_before_anything_runs(check, steps, line, told):
    [found] = check(*steps)
    assert found.startswith(f"x.feature:{line}: ")
    assert told in found


def test_what_a_then_asks_itself_is_no_answer_for_later_sentences(check):
    [found] = check("When Lee asks for a link", "Then Dana can search as Lee")
    assert "Lee has not asked" in found


def test_operations_are_read_from_the_source(definitions):
    called = {one.function: operations_called(one) for one in definitions if one.type == "when"}
    assert called["ask_for_client"] == {"get_aws_client"}
    assert called["does_both"] == {"search_packages", "get_content_url"}
    assert called["queries"] == {"query"}
