"""Selection by path, name and line."""

from __future__ import annotations

import pytest

from environment.gherkin.document import read_feature
from environment.gherkin.selection import at_line, select

FIVE, LOCAL, SEVERAL = "Publish five files", "Publish in local mode", "Publish several"
PATH = "features/creation.feature"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@CREA-1", [FIVE]),
        ("Scenario: Publish five", [FIVE]),
        ('"simple-csv"', [FIVE]),
        ("the package has 5", [FIVE]),
        ("1 files", [LOCAL]),
        ("Rule: What", [FIVE, LOCAL]),
        ("Feature:", [FIVE, LOCAL, SEVERAL]),
        ("relies on it", [FIVE, LOCAL, SEVERAL]),
        ("Dana is signed in", [FIVE, LOCAL, SEVERAL]),
        ("<count> files of", [SEVERAL]),
        ("| few", ["few"]),
        ("| many", ["many"]),
        ("Examples:", ["few", "many"]),
        ("| case", ["few", "many"]),
    ],
)
def test_a_line_means_the_scenarios_or_rows_there(creation, text, expected):
    document = read_feature(creation.path / PATH)
    rows = {creation.line("| few"): "few", creation.line("| many"): "many"}
    found = at_line(document, creation.line(text), PATH)
    assert [rows[row] if row else scenario.name for scenario, row in found] == expected


def test_steps_with_tables_and_texts_belong_to_their_scenario(suite):
    document = read_feature(
        suite.feature('''
            Feature: Blocks
              @CREA-1
              Scenario: First
                Given a table
                  | a |
                  | b |
                And a text
                  """
                  some

                  lines
                  """
              @CREA-1
              Scenario: Second

                This one is described
                at length.

                Given Dana is signed in
        ''')
    )
    for line, expected in [
        (suite.line("| b |"), "First"),
        (suite.line("lines") - 1, "First"),
        (suite.line("lines") + 1, "First"),
        (suite.line("lines") + 2, "Second"),
        (suite.line("at length"), "Second"),
    ]:
        assert [scenario.name for scenario, _ in at_line(document, line, PATH)] == [expected], line


def test_lines_become_names_and_add_up(creation):
    few, five = creation.line("| few"), creation.line("the package has 5")
    arguments = [f"{PATH}:{few}:{five}", f"{PATH}:{five + 1 - 1}"]
    selection = select(arguments, creation.path, ("local",))
    assert arguments == [f"{PATH}::{SEVERAL}", f"{PATH}::{FIVE}"]
    assert selection.rows == {(creation.path / PATH, SEVERAL): {few}}


@pytest.mark.parametrize("beside", ["::Publish several", ":{outline}"])
def test_the_whole_of_an_outline_beside_a_row_asks_for_all_rows(creation, beside):
    arguments = [f"{PATH}:{creation.line('| few')}", PATH + beside.format(outline=creation.line("Outline"))]
    assert select(arguments, creation.path, ("local",)).rows == {}


def test_a_run_takes_lines(creation):
    lines = f"{creation.line('| few')}:{creation.line('the package has 5')}"
    assert creation.collected(f"{PATH}:{lines}") == [
        "Publish several[local-few]",
        "Publish several[multiuser-few]",
        "Publish five files[local]",
        "Publish five files[multiuser]",
    ]


def test_a_file_beside_its_line_is_the_whole_file(creation):
    assert len(creation.collected(f"{PATH}:{creation.line('| few')}", PATH)) == 7


def test_names_with_and_without_mode(creation):
    assert creation.collected(f"{PATH}::{FIVE}") == [f"{FIVE}[local]", f"{FIVE}[multiuser]"]
    assert creation.collected(f"{PATH}::{FIVE}[local]") == [f"{FIVE}[local]"]
    assert creation.collected(f"{PATH}::{SEVERAL}[multiuser-many]") == [f"{SEVERAL}[multiuser-many]"]


def test_a_misspelt_name_names_the_nearest(creation):
    result = creation.run(f"{PATH}::Publish fife files[local]")
    assert result.ret == 4
    assert result.stderr.lines[0] == (
        'ERROR: creation.feature: unknown scenario "Publish fife files"; did you mean "Publish five files"? '
        "known: Publish five files, Publish in local mode, Publish several"
    )


def test_a_name_that_does_not_run_in_the_mode_asked_for(creation):
    result = creation.run(f"{PATH}::{LOCAL}", "--backend", "multiuser")
    assert result.ret == 4
    assert 'the scenario "Publish in local mode" does not run in multiuser mode' in result.stderr.str()


def test_ignored_files_and_folders_are_neither_checked_nor_counted(creation):
    creation.feature("nonsense", "build/generated.feature")  # a folder that pytest does not look into
    creation.feature("nonsense", "broken.feature")
    result = creation.run("--ignore", "features/broken.feature")
    result.assert_outcomes(passed=7)
    result.stdout.fnmatch_lines(["scenarios: 7 parsed, 7 collected, 7 reported"])


def test_rows_can_be_repeated(creation):
    row = creation.line("| few")
    names = creation.collected(f"{PATH}:{row}", "--count", "2", "--backend", "local")
    assert names == ["Publish several[local-few-1-2]", "Publish several[local-few-2-2]"]


def test_an_empty_line_names_the_nearest_scenarios(creation):
    line = creation.line("@CREA-2") - 1
    result = creation.run(f"{PATH}:{line}")
    assert result.ret == 4
    assert result.stderr.lines[0] == (
        f"ERROR: {PATH}:{line}: there is no scenario at this line; the nearest: "
        f'"{FIVE}" ({PATH}:{creation.line("Scenario: Publish five")}), '
        f'"{LOCAL}" ({PATH}:{creation.line("Scenario: Publish in local")})'
    )


def test_a_line_beyond_the_end(creation):
    result = creation.run(f"{PATH}:999")
    assert result.ret == 4
    assert 'no scenario at this line; the nearest: "Publish several"' in result.stderr.str()


def test_a_line_of_a_broken_file_tells_what_is_broken(suite):
    suite.feature("Feature: x\n  Scenario: y\n    Given Dana is signed in\n    nonsense\n")
    result = suite.run(f"{PATH}:3")
    assert result.ret == 4
    assert f"{PATH}:4: 'nonsense' does not belong here" in result.stderr.str()


@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_file_that_is_not_there(creation, workers):
    result = creation.run("features/creaton.feature:3", "-n", workers)
    assert result.ret == 4
    assert result.stderr.lines[0] == (
        f'ERROR: features/creaton.feature: there is no such file or folder; did you mean "{PATH}"? known: {PATH}'
    )
