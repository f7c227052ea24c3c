"""Features as people save them: handled as in Gherkin, or reported with file and line; never passed over."""

from __future__ import annotations

import pytest

from environment.gherkin.checks import check_features
from environment.gherkin.vocabulary import definitions_in

PATH = "features/creation.feature"
WORDS = """
    from pytest_bdd import given, then, when
    from environment.gherkin.references import parse
    from environment.gherkin.step_arguments import columns

    @given("nothing")
    def nothing(): ...

    @given("these files:")
    @columns("file", "content", optional=("size",))
    def files(datatable): ...

    @given("this account:")
    @columns("title", one_row=True)
    def account(datatable): ...

    @given("files, or these:")
    @columns("file")
    def files_or_these(datatable=None): ...

    @when("she asks:")
    def asks(docstring): ...

    @then(parse('"{text:Text}" is there'))
    def is_there(text): ...
"""


@pytest.fixture
def findings(tmp_path, step_module):
    """Write the steps of a scenario, or whole files, and return what is wrong with them."""

    def check(steps: str = "", *, files: dict[str, bytes] | None = None, words: str = WORDS) -> list[str]:
        text = f"Feature: F\n  @AUTH-1\n  Scenario: S\n    Given nothing\n{steps}"
        for name, content in (files or {"x.feature": text.encode()}).items():
            (tmp_path / name).write_bytes(content)
        found = check_features([tmp_path], definitions_in([step_module(words)]), root=tmp_path)
        return [finding.text(tmp_path) for finding in found if finding.blocks]

    return check


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("And these files:\n| file | content |\n| a | 1 |\n", []),
        ("And these files:\n| content | size | file |\n| a | 1 | b |\n", []),
        ("And files, or these:\n", []),
        ('When she asks:\n"""\nwhat\n"""\n', []),
        ("And nothing\n| a |\n| 1 |\n", ['x.feature:6: "nothing" takes no table; remove it, or use another sentence']),
        (
            'And nothing\n"""\na\n"""\n',
            ['x.feature:6: "nothing" takes no doc string; remove it, or use another sentence'],
        ),
        (
            "And these files:\n",
            ['x.feature:5: "these files:" needs a table with the columns file, content, size (optional)'],
        ),
        (
            'And these files:\n"""\na\n"""\n',
            [
                'x.feature:5: "these files:" needs a table with the columns file, content, size (optional)',
                'x.feature:6: "these files:" takes no doc string; remove it, or use another sentence',
            ],
        ),
        ("When she asks:\n", ['x.feature:5: "she asks:" needs a doc string: a text between two lines of """']),
        (
            "And these files:\n| file | contnet |\n| a | 1 |\n",
            [
                'x.feature:6: the table has no column "content"; it needs: file, content, size (optional)',
                'x.feature:6: unknown column "contnet"; did you mean "content"? known: file, content, size',
            ],
        ),
        (
            "And these files:\n| file | file | content |\n| a | b | 1 |\n",
            ['x.feature:6: the table has 2 columns named "file"'],
        ),
        ("And these files:\n| file | content | |\n| a | b | 1 |\n", ["x.feature:6: a column of the table has no name"]),
        (
            "And these files:\n| file | content |\n",
            ["x.feature:6: the table has a header and no rows; write at least one"],
        ),
        ("And this account:\n| title |\n| a |\n| b |\n", ['x.feature:8: "this account:" takes one row']),
    ],
)
def test_tables_and_doc_strings(findings, steps, expected):
    assert findings(steps) == expected


def test_a_step_function_says_which_columns_its_table_has(findings):
    words = """
        from pytest_bdd import given
        from environment.gherkin.step_arguments import columns

        @given("nothing")
        @columns("file")
        def nothing(): ...

        @given("rows:")
        def rows(datatable): ...
    """
    first, second = findings(words=words)
    assert "the step function nothing declares columns, and has no parameter datatable" in first
    assert "the step function rows takes a table and does not say which columns it has" in second


def outline(body: str, examples: str, name: str = "S", more: str = "") -> dict[str, bytes]:
    text = (
        f"Feature: F\n{more}\n  @AUTH-1\n  Scenario Outline: {name}\n    Given nothing\n{body}\nExamples:\n{examples}"
    )
    return {"x.feature": text.encode()}


@pytest.mark.parametrize(
    ("body", "examples", "name", "expected"),
    [
        ('Then "<what>" is there', "| what |\n| a |", "S", []),
        ("", "| what |\n| a |", "The <what>", []),
        ("And these files:\n| file | content |\n| <what> | 1 |", "| what |\n| a |", "S", []),
        ('When she asks:\n"""\nSELECT <what>\nWHERE a < 3 and b > 2 or c <> 4\n"""', "| what |\n| a |", "S", []),
        ('Then "<what>" is there', "| case | what |\n| first | a |", "S", []),
        (
            'Then "<what>" is there',
            "| what |\n| a |",
            "The <waht>",
            ["x.feature:4: <waht> is no column of the Examples at line 8; did you mean <what>? known: what"],
        ),
        (
            "And these files:\n| file | content |\n| <what> | <wht> |",
            "| what |\n| a |",
            "S",
            ["x.feature:8: <wht> is no column of the Examples at line 10; did you mean <what>? known: what"],
        ),
        (
            'When she asks:\n"""\nSELECT\n<wht>\n"""',
            "| what |\n| a |",
            "<what>",
            ["x.feature:9: <wht> is no column of the Examples at line 12; did you mean <what>? known: what"],
        ),
        (
            'Then "<what>" is there',
            "| what | else |\n| a | b |",
            "S",
            ['x.feature:8: nothing uses the column "else" of the Examples; write <else>, or delete it'],
        ),
        (
            'Then "<what>" is there',
            "| what |\n| a |\nExamples:\n| wat |\n| b |",
            "S",
            [
                "x.feature:6: <what> is no column of the Examples at line 11; did you mean <wat>? known: wat",
                'x.feature:11: nothing uses the column "wat" of the Examples; write <wat>, or delete it',
            ],
        ),
        (
            'Then "<what>" is there',
            "| what | what |\n| a | b |",
            "S",
            ['x.feature:8: the Examples have 2 columns named "what"'],
        ),
        (
            'Then "<what>" is there',
            "| what |\n| a |\n| b |\n| a |",
            "S",
            ["x.feature:11: this row of the Examples is the same as that at line 9; delete one"],
        ),
        (
            'Then "<what>" is there',
            "| what |\n| a |\n@multiuser_mode\nExamples:\n| what |\n| a |",
            "S",
            ["x.feature:13: this row of the Examples is the same as that at line 9; delete one"],
        ),
    ],
)
def test_columns_of_outlines(findings, body, examples, name, expected):
    found = [
        line for line in findings(files=outline(body, examples, name)) if 'there is no sentence "Then "<' not in line
    ]
    assert found == expected


def test_equal_rows_in_different_modes_are_different(findings):
    examples = "| what |\n| a |\n\n@multiuser_mode\nExamples:\n| what |\n| a |"
    body = 'Then "<what>" is there\n\n@local_mode'
    assert findings(files=outline(body, examples)) == []


def test_columns_where_there_are_no_examples(findings):
    background = "  Background:\n    Given <what>\n"
    found = findings(files=outline('Then "<what>" is there', "| what |\n| nothing |", more=background))
    assert "x.feature:3: <what> stands for nothing in a background, which has no Examples" in found
    assert findings('Then "<what>" is there\n') == [
        "x.feature:5: <what> stands for nothing: the scenario has no Examples"
    ]
    assert findings('When she asks:\n"""\n<b>\n"""\n') == []


@pytest.mark.parametrize(
    ("language", "keywords"),
    [
        ("de", ("Funktionalität", "Szenariogrundriss", "Angenommen")),
        ("fr", ("Fonctionnalité", "Plan du scénario", "Soit")),
        ("ja", ("フィーチャ", "シナリオアウトライン", "前提")),
    ],
)
def test_an_outline_without_examples_in_any_language(findings, language, keywords):
    feature, scenario, given = keywords
    text = f"# language: {language}\n{feature}: F\n  @AUTH-1\n  {scenario}: S\n    {given} nothing\n"
    assert findings(files={"x.feature": text.encode()}) == [
        'x.feature:4: the outline "S" has no Examples with rows, so that it would never run'
    ]


def test_misspelt_keywords_of_another_language(findings):
    text = "# language: de\nFunktionalität: F\n  @AUTH-1\n  Szenario: S\n    Dan ist es da\n    Angenommen nothing\n"
    assert findings(files={"x.feature": text.encode()}) == [
        'x.feature:4: "Dan ist es da" is not a step but part of the description; did you mean Dann?'
    ]


def test_a_language_that_there_is_not(findings):
    [finding] = findings(files={"x.feature": b"# language: xx\nFeature: F\n"})
    assert finding == "x.feature:1: Language not supported: xx"


@pytest.mark.parametrize("name", ["y.FEATURE", "y.Feature", "y.feature.md", "y.feature.txt", "y.FEATURE.MD"])
def test_names_under_which_a_feature_does_not_run(findings, name):
    files = {"x.feature": b"Feature: F\n  @AUTH-1\n  Scenario: S\n    Given nothing\n", name: b"# Feature: G\n"}
    assert findings(files=files) == [f"{name}:1: no scenario of this file runs; save it as y.feature"]


def test_one_bad_file_does_not_hide_what_is_wrong_with_the_others(findings, tmp_path):
    (tmp_path / "gone.feature").symlink_to("nowhere")
    (tmp_path / "folder.feature").mkdir()
    files = {
        "a.feature": "Feature: F\n".encode("utf-16"),
        "b.feature": b"\xef\xbb\xbfFeature: G\r\n  @AUTH-1\r\n  Scenario: S\r\n    Given nobody\r\n",
        "c.feature": b"",
        "d.feature": b"Feature: H\n  Scenario: S\n    Given nothing\n    nonsense\n",
    }
    assert [line.partition(";")[0] for line in findings(files=files)] == [
        "a.feature:1: not UTF-8 text (byte 0)",
        'b.feature:4: there is no sentence "Given nobody"',
        "c.feature:1: the file has no feature",
        "d.feature:4: 'nonsense' does not belong here",
        "gone.feature:1: the file cannot be read: No such file or directory",
    ]


def test_a_byte_order_mark_and_windows_line_endings_run(creation):
    path = creation.path / PATH
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    result = creation.run()
    result.assert_outcomes(passed=7)
    for told in ("Windows line ending (CRLF)", "the file begins with a byte order mark"):
        assert f"{PATH}:1: {told}" in result.stdout.str()


TABLES = """
    Feature: Tables
      @CREA-1
      Scenario Outline: Rows
        Given these files:
          | file   | content |
          | <file> | 1       |
          | b      |         |
        Then they are "[{{'file': '<file>', 'content': '1'}}, {{'file': 'b', 'content': ''}}]"

        Examples:
          | file |
          | a    |
"""


def test_a_step_function_gets_rows(suite):
    suite.feature(TABLES.replace("{{", "{").replace("}}", "}"))
    suite.sentences("""
        from environment.gherkin.step_arguments import columns

        @given("these files:", target_fixture="files")
        @columns("file", "content")
        def these_files(datatable):
            return datatable

        @then(parse('they are "{text:Text}"'))
        def they_are(files, text):
            assert str(files) == text
    """)
    suite.run(PATH).assert_outcomes(passed=2)


def test_a_run_reports_files_that_would_be_passed_over(creation):
    creation.feature("Feature: F\n", "other.FEATURE")
    result = creation.run()
    assert result.ret == 4
    assert "features/other.FEATURE:1: no scenario of this file runs; save it as other.feature" in result.stderr.str()
    creation.run(PATH).assert_outcomes(passed=7)


@pytest.fixture
def with_bad_ones(creation):
    creation.feature("Feature: F\n  nonsense\n  @AUTH-1\n  Scenario: S\n    Given\n      oh\n", "broken.feature")
    creation.feature("Feature: G\n  @AUTH-1\n  Scenario: S\n    Given nobody\n", "undefined.feature")
    return creation


def test_pytest_continues_without_bad_files_if_it_is_told_to(with_bad_ones):
    assert with_bad_ones.run().ret == 4
    result = with_bad_ones.run("--continue-on-collection-errors")
    result.assert_outcomes(passed=7, errors=2)
    assert result.ret == 1
    assert 'features/undefined.feature:4: there is no sentence "Given nobody"' in result.stdout.str()
    assert "scenarios: 7 parsed, 7 collected, 7 reported" in result.outlines


def test_workers_continue_without_bad_files(with_bad_ones):
    result = with_bad_ones.run_with_workers("--continue-on-collection-errors")
    assert result.ret == 1
    assert "7 passed, 2 errors" in result.stdout.str()


def test_a_bad_file_that_was_not_asked_for_stops_nothing(with_bad_ones):
    with_bad_ones.run(PATH).assert_outcomes(passed=7)
