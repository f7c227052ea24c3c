"""What is wrong with features and sentences, one line each, all at once."""

from __future__ import annotations

from textwrap import dedent

import pytest

from environment.gherkin.checks import check_features
from environment.gherkin.vocabulary import definitions_in

WORDS = """
    from pytest_bdd import given, then, when
    from environment.gherkin.references import ReferenceKind, register, parse

    def itself(text, request):
        return text

    register(
        ReferenceKind("Persona", "persona", lambda: ["Dana", "Lee"], itself, r"[A-Z][a-z]+|she", ("she",)),
        ReferenceKind("Dataset", "dataset", lambda: ["simple-csv", "nested"], itself),
    )

    @given(parse("{persona:Persona} is signed in"))
    def is_signed_in(persona): ...

    @when(parse('{persona:Persona} publishes the "{dataset:Dataset}" dataset'))
    def publishes(persona, dataset): ...

    @then(parse("the package has {size:Size} within {time:Duration}"))
    def has(size, time): ...

    @then(parse("she is refused: {kind:Refusal}"))
    def is_refused(kind): ...
"""


@pytest.fixture
def check(tmp_path, step_module):
    """Write feature files (one text, or name to text), check them, return the findings as lines."""

    def run(features: str | dict[str, str] | bytes, words: str = "", **options) -> list[str]:
        files = features if isinstance(features, dict) else {"x.feature": features}
        for name, text in files.items():
            content = text if isinstance(text, bytes) else dedent(text).lstrip("\n").encode()
            (tmp_path / name).write_bytes(content)
        definitions = definitions_in([step_module(dedent(WORDS) + dedent(words))])
        return [finding.text(tmp_path) for finding in check_features([tmp_path], definitions, root=tmp_path, **options)]

    return run


def scenario(steps: str, tags: str = "@AUTH-1", name: str = "S") -> str:
    lines = "\n".join(f"    {step.strip()}" for step in steps.strip().splitlines())
    return f"Feature: F\n  {tags}\n  Scenario: {name}\n{lines}\n"


def test_nothing_wrong(check):
    assert check(scenario('Given Dana is signed in\nWhen she publishes the "nested" dataset')) == []


def test_an_undefined_step_names_the_nearest_sentences(check):
    [line] = check(scenario("Given Dana has signed in"))
    assert line.startswith('x.feature:4: there is no sentence "Given Dana has signed in"; nearest: Given ')
    assert line.endswith(" is signed in")


def test_a_sentence_under_the_wrong_keyword(check):
    assert check(scenario("When Dana is signed in")) == ['x.feature:4: "Dana is signed in" is a Given, not a When']


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("Given Danna is signed in", 'unknown persona "Danna"; did you mean "Dana"? known: Dana, Lee, she'),
        (
            'When Lee publishes the "simple-cvs" dataset',
            'unknown dataset "simple-cvs"; did you mean "simple-csv"? known: simple-csv, nested',
        ),
        ('When Lee publishes the "zzz" dataset', 'unknown dataset "zzz"; known: simple-csv, nested'),
        (
            "Then the package has 5 within 30 s",
            'the size "5" has no unit; write 5 MB; known: bytes, byte, B, KB, MB, GB, TB, KiB, MiB, GiB, TiB',
        ),
        (
            "Then the package has 5 MB within 3 sec",
            'unknown unit of a duration "sec"; did you mean "second"? known: ms, s, second, seconds, min, '
            "minute, minutes, h, hour, hours, day, days",
        ),
        (
            "Then she is refused: not fond",
            'unknown reason for a refusal "not fond"; did you mean "not found"? known: invalid, not allowed, '
            "not found, not signed in, the service failed",
        ),
    ],
)
def test_a_sentence_that_would_match_but_for_a_word(check, step, message):
    assert check(scenario(step)) == [f"x.feature:4: {message}"]


def test_words_of_outlines_are_checked_row_by_row(check):
    findings = check("""
        Feature: F
          @AUTH-1
          Scenario Outline: S
            Given <who> is signed in
            Examples:
              | who   |
              | Dana  |
              | Danny  |
    """)
    assert findings == ['x.feature:4: unknown persona "Danny"; did you mean "Dana"? known: Dana, Lee, she']


def test_an_ambiguous_step_names_both_definitions(check):
    words = """
        @given("Dana is signed in")
        def dana(): ...
    """
    [finding] = check(scenario("Given Dana is signed in"), words)
    assert finding.startswith('x.feature:4: the step "Dana is signed in" is ambiguous: it is defined by words.py:')
    assert finding.count("words.py:") == 2


def test_a_coroutine_step(check):
    words = """
        @given("later")
        async def later(): ...
    """
    [finding] = check(scenario("Given Dana is signed in"), words)
    assert "the step function later is a coroutine" in finding


def test_unused_sentences_only_when_all_features_are_there(check):
    text = scenario("Given Dana is signed in")
    assert check(text) == []
    unused = check(text, complete=True)
    assert len(unused) == 3
    assert 'no feature uses the step "When {persona:Persona} publishes the "{dataset:Dataset}" dataset"' in unused[0]
    assert not any("unused" in line for line in check({"x.feature": text, "y.feature": ""}, complete=True))


def test_names_that_are_taken(check):
    one = scenario("Given Dana is signed in")
    twice = one + "  @AUTH-1\n  Scenario: S\n    Given Lee is signed in\n"
    assert check({"a.feature": one, "b.feature": twice}) == [
        'b.feature:1: there is a feature "F" already, at a.feature:1; give this one a name of its own',
        'b.feature:6: there is a scenario "S" at line 3 already; give this one a name of its own',
    ]


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ("@AUTH-1 @smok", "x.feature:2: unknown tag @smok; did you mean @smoke? known: @smoke, @slow"),
        ("@AUTH-1 @skip", "x.feature:2: a skip needs a reason: @skip:why-it-is-not-run"),
        ("@AUTH-1 @skip:-", "x.feature:2: a skip needs a reason"),
        ("@AUTH-1 @severity:hgih", 'x.feature:2: unknown severity "hgih"'),
        ("@AUTH-1 @owner:", "x.feature:2: @owner needs a value: @owner:NAME"),
        ("@smoke", 'x.feature:3: the scenario "S" names no requirement; tag it with one, such as @AUTH-1'),
        ("@AUTH-1 @local_mode @multiuser_mode", "x.feature:3: @local_mode and @multiuser_mode exclude each other"),
        ("@a tag", "x.feature:2: a tag has no blanks and begins with @; put hyphens in place of the blanks"),
    ],
)
def test_tags(check, tags, message):
    [finding] = check(scenario("Given Dana is signed in", tags))
    assert finding.startswith(message)


def test_requirements_are_checked_against_the_known_ones(check):
    [finding] = check(scenario("Given Dana is signed in", "@AUTH-11"), requirements=["AUTH-1", "DISC-1"])
    assert finding == 'x.feature:2: unknown requirement "AUTH-11"; did you mean "AUTH-1"? known: AUTH-1, DISC-1'


def test_a_tag_with_a_value_on_examples(check):
    [finding] = check("""
        Feature: F
          @AUTH-1
          Scenario Outline: S
            Given <who> is signed in
            @severity:minor
            Examples:
              | who  |
              | Dana |
    """)
    assert finding == ("x.feature:5: @severity:minor: a tag with a value belongs to the scenario, not to its Examples")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 'x.feature:1: the file has no feature; begin with "Feature: " and a name, or delete the file'),
        ("# nothing\n", 'x.feature:1: the file has no feature; begin with "Feature: " and a name, or delete the file'),
        ("Feature: F\n", "x.feature:1: the feature has no scenario"),
        ("Feature: F\n  @AUTH-1\n  Scenario: S\n", 'x.feature:3: the scenario "S" has no steps'),
        (b"Feature: F\n  Scenario: \xff\n", "x.feature:1: not UTF-8 text (byte 23); save the file as UTF-8"),
        (
            scenario("And Dana is signed in"),
            "x.feature:4: And continues nothing; begin with Given, When or Then",
        ),
        (
            scenario("Given Dana is signed in\n| a | b |\n| 1 |"),
            "x.feature:6: this table row has fewer or more cells than the rows above it; an empty cell is written | |",
        ),
        (
            scenario("Given Dana is signed in\nWhn she waits"),
            "x.feature:5: 'Whn she waits' does not belong here; a line with Feature:, Rule:, Scenario:, Given, When, "
            "Then was expected",
        ),
        (
            scenario("Whn she waits\nGiven Dana is signed in"),
            'x.feature:3: "Whn she waits" is not a step but part of the description; did you mean When?',
        ),
        (
            scenario("Given Dana is signed in", name="A::B"),
            "x.feature:3: a scenario's name must not contain :: or [, which select scenarios on the command line",
        ),
        (
            "Feature: F\n  @AUTH-1\n  Scenario Outline: S\n    Given Dana is signed in\n",
            'x.feature:3: the outline "S" has no Examples with rows, so that it would never run',
        ),
    ],
)
def test_form(check, text, expected):
    assert check(text) == [expected]


def test_an_unknown_column(check):
    findings = check("""
        Feature: F
          @AUTH-1
          Scenario Outline: S
            Given <whom> is signed in
            Examples:
              | who  |
              | Dana |
    """)
    assert findings[0] == "x.feature:4: <whom> is no column of the Examples at line 6; did you mean <who>? known: who"


def test_what_editors_do_is_told_but_does_not_block(tmp_path, step_module):
    path = tmp_path / "x.feature"
    text = scenario("Given Dana is signed in").replace("    Given", "\tGiven").replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    findings = check_features([path], definitions_in([step_module(WORDS)]))
    assert [(finding.line, finding.message.partition(";")[0], finding.blocks) for finding in findings] == [
        (1, "Windows line ending (CRLF)", False),
        (1, "the file begins with a byte order mark", False),
        (4, "there is a tab", False),
    ]


def test_a_run_tells_everything_at_once_and_stops(creation):
    creation.feature("", "empty.feature")
    creation.feature("Feature: Other\n  @AUTH-1 @smok\n  Scenario: S\n    Given Danna is signed in\n", "other.feature")
    result = creation.run()
    assert result.ret == 4
    assert result.stderr.lines[:5] == [
        "ERROR: 3 problems in the features and their steps, nothing was run:",
        'features/empty.feature:1: the file has no feature; begin with "Feature: " and a name, or delete the file',
        *[line for line in result.stderr.lines if line.startswith("features/other.feature:2: unknown tag @smok;")],
        'features/other.feature:4: unknown persona "Danna"; did you mean "Dana"? known: Dana, Lee, she, he',
        "",
    ]
    assert "Traceback" not in result.stderr.str() + result.stdout.str()
    assert "test session starts" not in result.stdout.str()


def test_unused_sentences_stop_a_run_of_all_features_only(creation):
    creation.sentences("""
        @given("nobody says this")
        def nobody(): ...
    """)
    result = creation.run()
    assert result.ret == 4
    assert 'no feature uses the step "Given nobody says this"; use it or delete it' in result.stderr.str()
    for narrowed in (["-m", "smoke"], ["-k", "five"], ["features/creation.feature"], ["--deselect", "x"]):
        assert creation.run("--collect-only", *narrowed).ret == 0, narrowed


def test_requirements_come_from_a_plugin(creation):
    creation.pytester.makeconftest("""
        def pytest_scenario_requirements(config):
            return ["CREA-1", "CREA-2"]
    """)
    result = creation.run()
    assert result.ret == 4
    assert 'unknown requirement "CREA-3"; did you mean "CREA-1"? known: CREA-1, CREA-2' in result.stderr.str()


def test_what_does_not_block_is_told_by_a_run(suite):
    suite.feature("Feature: F\n\t@AUTH-1\n\tScenario: S\n\t\tGiven Dana is signed in\n")
    result = suite.run("features/creation.feature")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["features/creation.feature:2: there is a tab; indent with blanks"])


EMBEDDED = """
    from environment.gherkin.embedded import embedded_only

    @given("search fails")
    @embedded_only
    def fails(): ...
"""


def test_a_sentence_that_only_the_embedded_deployment_can_do_asks_for_the_tag(check):
    wrong = check(scenario("Given search fails"), EMBEDDED)
    assert wrong == ['x.feature:4: only the embedded deployment can do "search fails"; tag the scenario @embedded_only']
    assert check(scenario("Given search fails", "@AUTH-1 @embedded_only"), EMBEDDED) == []


def test_the_tag_is_not_there_for_nothing(check):
    wrong = check(scenario("Given Dana is signed in", "@AUTH-1 @embedded_only"))
    assert wrong == ["x.feature:3: nothing here needs the embedded deployment; remove @embedded_only"]


def test_each_table_of_examples_has_the_tag_that_it_needs(check):
    outline = """
        Feature: F
          @AUTH-1
          Scenario Outline: S
            Given <what>

            Examples:
              | what         |
              | search fails |

            @embedded_only
            Examples: Others
              | what              |
              | Dana is signed in |
        """
    assert check(outline, EMBEDDED) == [
        'x.feature:4: only the embedded deployment can do "search fails"; tag the scenario @embedded_only',
        "x.feature:12: nothing here needs the embedded deployment; remove @embedded_only",
    ]
