"""People of a scenario's own have names like those of the cast, and somebody whom nobody introduced is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from types import ModuleType, SimpleNamespace

import pytest

from environment.gherkin.checks import check_features
from environment.gherkin.named_people import PeopleKind, PersonKind
from environment.gherkin.things import ThingKind, World
from environment.gherkin.vocabulary import definitions_in

PERSON = ThingKind("Person", "person", lambda thing, request: thing.name, standing=lambda: ("Dana", "Lee"))
NEW_PERSON = ThingKind("NewPerson", "person", lambda thing, request: thing.name, brings=True)
PERSONA = PersonKind("Persona", PERSON, lambda words, request: words, " in the other mode", ("she", "he"))
USER = PersonKind("User", PERSON)
NEW_USER = PersonKind("NewUser", NEW_PERSON)
KINDS = (PERSONA, USER, NEW_USER, PeopleKind("Users", USER), PeopleKind("NewUsers", NEW_USER))
WORDS = """
    from pytest_bdd import given, then, when
    from environment.gherkin.following import brings, mentions
    from environment.gherkin.references import parse, register
    from environment.gherkin.step_arguments import columns
    import test_named_people
    register(*test_named_people.KINDS)

    @given(parse("a new colleague {user:NewUser}"))
    def joins(user): user

    @given(parse("these new colleagues:"))
    @columns("name")
    @brings("person", column="name")
    def join(datatable): datatable

    @when(parse("{persona:Persona} greets {users:Users}"))
    def greets(persona, users): persona.ops.greet(users)

    @then(parse("{persona:Persona} is content"))
    def is_content(persona): persona.last_outcome()

    @then(parse("the guests include:"))
    @columns("name", optional=("note",))
    @mentions("User", column="name")
    def guests(datatable): datatable
"""


@pytest.fixture
def findings(tmp_path: Path, step_module: Callable[[str], ModuleType]) -> Callable[..., list[str]]:
    def check(*steps: str) -> list[str]:
        text = "Feature: F\n  @AUTH-1\n  Scenario: S\n" + "\n".join(f"    {step}" for step in steps)
        (tmp_path / "x.feature").write_text(text, encoding="utf-8")
        found = check_features(
            [tmp_path], definitions_in([step_module(dedent(WORDS), tmp_path / "words.py")]), root=tmp_path
        )
        return [finding.text(tmp_path).partition(": ")[2] for finding in found]

    return check


@pytest.mark.parametrize(
    "steps",
    [
        ("When Dana greets Lee", "Then she is content"),
        ("Given a new colleague Nora", "When Dana greets Nora", "Then Dana is content"),
        ("Given a new colleague Nora", "When Nora greets Dana and Lee", "Then Nora is content"),
        ("Given these new colleagues:", "  | name |", "  | Nora |", "When Nora greets Lee", "Then Nora is content"),
        ("Given a new colleague Nora", "Then the guests include:", "  | name |", "  | Nora |", "  | Dana |"),
        ("When Dana in the other mode greets Lee", "Then Dana in the other mode is content"),
        (
            "Given a new colleague Nora",
            "And a new colleague Mira",
            "When Nora greets those persons",
            "Then Nora is content",
        ),
    ],
)
def test_people_who_are_there(findings: Callable[..., list[str]], steps: tuple[str, ...]) -> None:
    assert findings(*steps) == []


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (("When Dana greets Nora",), 'there is no person "Nora"; known here: Dana, Lee.'),
        (("When Nora greets Dana",), 'there is no person "Nora"; known here: Dana, Lee'),
        (("Given a new colleague Nora", "When Dana greets Lee, Nora and Mira"), 'there is no person "Mira"'),
        (("Then the guests include:", "  | name |", "  | Nora |"), 'there is no person "Nora"'),
    ],
)
def test_people_whom_nobody_introduced(
    findings: Callable[..., list[str]], steps: tuple[str, ...], message: str
) -> None:
    [found] = findings(*steps)
    assert message in found
    assert "These would: " in found
    assert '"Given a new colleague {new user}"' in found


def test_a_new_colleague_who_has_asked_for_nothing(findings: Callable[..., list[str]]) -> None:
    [found] = findings("Given a new colleague Nora", "When Dana greets Nora", "Then Nora is content")
    assert "checks what Nora was told, but" in found


def test_a_misspelt_name(findings: Callable[..., list[str]]) -> None:
    [found] = findings("When Danna greets Lee")
    assert found.endswith('there is no person "Danna"; did you mean "Dana"? known here: Dana, Lee')


def test_those_people_are_all_whom_the_scenario_brought_in_and_no_others() -> None:
    world = World()
    for name in ("Dana", "Nora", "Mira"):
        world.meant(PERSON if name == "Dana" else NEW_PERSON, f'the person "{name}"')
    those = PeopleKind("Users", USER).convert("those persons")
    request = SimpleNamespace(getfixturevalue={"world": world}.__getitem__)
    assert those.resolve(request) == ("Nora", "Mira")  # type: ignore[arg-type]  # all of a request that it needs


def test_those_people_are_several(findings: Callable[..., list[str]]) -> None:
    [found] = findings("When Dana greets those persons")
    assert '"those persons" needs several' in found
