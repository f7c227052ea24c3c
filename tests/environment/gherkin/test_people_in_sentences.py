"""Who is named in a Then has asked for something, step functions use all of their sentences, a Then leaves nothing."""

from __future__ import annotations

from textwrap import dedent

import pytest

from environment.errors import SuiteError
from environment.gherkin.checks import check_features
from environment.gherkin.vocabulary import definitions_in
from environment.people.personas import Mentions

WORDS = """
    from functools import partial

    from pytest_bdd import given, then, when
    from environment.gherkin.references import ReferenceKind, register, parse

    NAMES = ["Dana", "Nora", "Lee", "Dana in the other mode"]
    PATTERN = "[A-Z][a-z]+(?: in the other mode)?|she|he"
    register(ReferenceKind("Persona", "persona", lambda: NAMES, lambda text, request: text, PATTERN, ("she", "he")))

    def attempt(operation): ...

    @given(parse("{persona:Persona} is signed in"))
    def is_signed_in(persona): persona.sign_in()

    @given(parse("{persona:Persona} has searched"))
    def has_searched(persona): attempt(persona.ops.search)

    @when(parse("{persona:Persona} searches"))
    def searches(persona): _search(persona)

    @when(parse("{persona:Persona} administers"))
    def administers(persona): attempt(partial(list, persona.admin))

    @when(parse("{persona:Persona} signs in again"))
    def signs_in_again(persona): persona.sign_in()

    @then(parse("{persona:Persona} finds nothing"))
    def finds_nothing(persona): persona.last_outcome()

    @then(parse("{persona:Persona} can search"))
    def can_search(persona): attempt(partial(_search, persona))

    @then(parse("{persona:Persona} sees what {publisher:Persona} published"))
    def sees(persona, publisher): assert _search(persona) == publisher.last_outcome()

    def _search(someone): return attempt(someone.ops.search)
"""


@pytest.fixture
def check(tmp_path, step_module):
    """Check a scenario of these steps, with more sentences; return the findings as lines."""

    def run(*steps: str, words: str = "", background: str = "") -> list[str]:
        lines = [f"  Background:\n    {background}\n"] if background else []
        lines += ["  @AUTH-1\n  Scenario: S\n", *(f"    {step}\n" for step in steps)]
        (tmp_path / "x.feature").write_text("Feature: F\n" + "".join(lines))
        definitions = definitions_in([step_module(dedent(WORDS) + dedent(words), tmp_path / "words.py")])
        return [finding.text(tmp_path) for finding in check_features([tmp_path], definitions, root=tmp_path)]

    return run


@pytest.mark.parametrize(
    "steps",
    [
        ("When Dana searches", "Then Dana finds nothing", "And she finds nothing"),
        ("Given Lee has searched", "When Dana searches", "Then he finds nothing"),
        ("When Lee administers", "Then Lee finds nothing"),
        ("When Dana in the other mode searches", "Then Dana in the other mode finds nothing"),
        ("Given Lee is signed in", "When Dana searches", "Then Lee can search"),
        ("Given Lee is signed in", "When Dana searches", "Then he sees what Dana published"),
        ("When Dana searches", "Then she finds nothing", "When Lee searches", "Then he finds nothing"),
    ],
)
def test_a_person_with_an_answer(check, steps):
    assert check(*steps) == []


@pytest.mark.parametrize(
    ("steps", "line", "person", "who_did"),
    [
        (("When Dana searches", "Then Lee finds nothing"), 5, "Lee", " (only Dana has)"),
        (("Given Lee is signed in", "When Dana searches", "Then he finds nothing"), 6, "Lee", " (only Dana has)"),
        (("Given Lee is signed in", "Then Lee finds nothing"), 5, "Lee", ""),
        (("When Lee signs in again", "Then he finds nothing"), 5, "Lee", ""),
        (("When Dana searches", "Then Dana in the other mode finds nothing"), 5, "Dana in the other mode", None),
        (("When Dana searches", "Then she sees what Lee published"), 5, "Lee", None),
        (("Given Lee is signed in", "Then Lee can search", "And he finds nothing"), 6, "Lee", ""),
    ],
)
def test_a_person_without_an_answer_is_found_before_anything_runs(check, steps, line, person, who_did):
    [found] = check(*steps)
    assert found.startswith(f"x.feature:{line}: ")
    assert f"checks what {person} was told, but" in found
    assert who_did is None or f"yet{who_did}: give {person} a When, or name whom you mean" in found


INTRODUCTIONS = """
    from environment.gherkin.references import ValueKind
    register(ValueKind("Description", "a [a-z ]+", str, ("a data scientist",)))

    @given(parse("{persona:Persona}, {description:Description}, is signed in"))
    def introduced(persona, description): persona.sign_in(description)

    @given(parse("{persona:Persona}, {description:Description}, is not signed in"))
    def left_out(persona, description): persona.introduce(description)
"""
NEWCOMERS = """
    @given(parse("a new colleague {persona:Persona}"))
    def hired(persona): persona.join()
"""
DANA, LEE = "Given Dana, a data scientist, is signed in", "Given Lee, a reviewer, is not signed in"


def test_somebody_described_as_somebody_else_is_told_before_anything_runs(check):
    [found] = check(
        "Given Dana, a reviewer, is signed in", "When she searches", "Then she finds nothing", words=INTRODUCTIONS
    )
    assert found == (
        'x.feature:4: it says "Dana, a reviewer", but Dana is a data scientist: '
        "name somebody else, or correct the description"
    )


@pytest.mark.parametrize(
    "steps",
    [
        ("When Dana searches", "Then she finds nothing"),
        (DANA, "And Lee has searched", "When she searches"),
        (DANA, "When she searches", "Then Lee can search"),
    ],
)
def test_people_of_the_cast_act_without_being_introduced(check, steps):
    assert check(*steps, words=INTRODUCTIONS) == []


def test_a_new_colleague_signs_in_before_they_act(check):
    told = 'before "Nora searches", Nora has not signed in; add "And Nora signs in"'
    hired, words, then = "Given a new colleague Nora", INTRODUCTIONS + NEWCOMERS, "Then Nora finds nothing"
    assert check(hired, "When Nora searches", then, words=words) == [f"x.feature:5: {told}"]
    assert check(hired, "When Nora signs in again", "And Nora searches", then, words=words) == []


def test_how_somebody_is_signed_in_is_said_before_they_act(check):
    assert check(DANA, "And Lee has searched", LEE, "When she searches", words=INTRODUCTIONS) == [
        'x.feature:6: "Lee, a reviewer, is not signed in" comes after Lee has acted, signed in as usual; begin with it'
    ]


@pytest.mark.parametrize(
    ("background", "steps"),
    [
        (DANA, ("When Dana in the other mode searches", "Then Dana in the other mode finds nothing")),
        ("", (DANA, LEE, "When he searches", "And she searches", "Then Lee can search")),
        (LEE, (DANA, "When she searches", "Then she sees what Dana published")),
    ],
)
def test_nobody_is_introduced_twice(check, background, steps):
    assert check(*steps, words=INTRODUCTIONS, background=background) == []


def test_the_background_counts(check):
    assert check("Then Lee finds nothing", background="When Lee searches") == []


def test_a_pronoun_of_nobody_is_found_before_anything_runs(check):
    [found] = check("When Dana searches", "Then he finds nothing")
    assert "whom 'he' means: it can only mean Lee, who was not named before" in found


@pytest.mark.parametrize(
    "function",
    [
        "def gets(persona, count): persona.last_outcome()",
        "def gets(persona): persona.last_outcome()",
        "def gets(persona, count):\n        '''Say {count}.'''\n        count = persona.last_outcome()",
    ],
)
def test_a_placeholder_that_the_function_does_not_use(check, function):
    words = f"""
    @then(parse("{{persona:Persona}} gets {{count:Count}} results"))
    {function}
    """
    [found] = check("When Dana searches", "Then she gets 5 results", words=words)
    assert "the step function gets does not use {count} of its sentence" in found


@pytest.mark.parametrize("body", ["assert persona == count", "return [lambda: count, persona]"])
def test_a_placeholder_that_is_used_somewhere(check, body):
    words = f"""
    @then(parse("{{persona:Persona}} gets {{count:Count}} results"))
    def gets(persona, count): {body}
    """
    assert check("When Dana searches", "Then she gets 5 results", words=words) == []


def test_a_then_that_leaves_something_to_later_steps(check):
    words = """
    @then(parse("{persona:Persona} is refused"), target_fixture="refusal")
    def is_refused(persona): return persona.last_outcome()
    """
    [found] = check("When Dana searches", "Then she is refused", words=words)
    assert "the Then is_refused leaves refusal to later steps" in found


def test_a_pronoun_means_the_last_one_named_whom_it_fits():
    mentions = Mentions()
    dana, lee = mentions.meant_by("Dana"), mentions.meant_by("Lee")
    assert mentions.meant_by("she") is dana
    assert mentions.meant_by("his") is lee
    with pytest.raises(SuiteError, match="who was not named before"):
        mentions.meant_by("its")


CONFINED = """
    from environment.gherkin.confined import confines, frees

    @given(parse("{persona:Persona} is a guest"))
    @confines(["search"], "guests only search")
    def is_guest(persona): persona.be_a_guest()

    @when(parse("{persona:Persona} is a guest no longer"))
    @frees
    def is_no_guest(persona): persona.be_at_home()

    @when(parse("{persona:Persona} asks for a link"))
    def asks_for_link(persona): attempt(persona.ops.get_link)
"""


def test_what_somebody_cannot_do_is_told_before_a_run(check) -> None:
    signed_in = "Given Dana is signed in", "And Lee is signed in"
    assert check(*signed_in, "And Dana is a guest", "When she searches", "Then she finds nothing", words=CONFINED) == []
    assert check(*signed_in, "And Dana is a guest", "When Lee asks for a link", words=CONFINED) == []
    [line] = check(*signed_in, "And Dana is a guest", "When she asks for a link", words=CONFINED)
    assert 'Dana cannot do "she asks for a link": guests only search' in line
    assert (
        check(
            *signed_in,
            "And Dana is a guest",
            "When she is a guest no longer",
            "And she asks for a link",
            words=CONFINED,
        )
        == []
    )
