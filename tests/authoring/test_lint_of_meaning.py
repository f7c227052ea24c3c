"""What lint tells of scenarios in the suite's own sentences that would fail, or say nothing, when they run."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from authoring.sentence_list import fixtures, vocabulary
from environment.gherkin.checks import check_features
from environment.gherkin.document import read_feature
from environment.gherkin.style import style_findings

Lint = Callable[[str], list[str]]
PUBLISHED = """\
Given Dana has published the package "yields" with these files:
  | file       | content |
  | plot-1.csv | 12 rows |
"""
MEASURED = """\
Given a package "north" with these measurements:
  | plot | grams |
  | A1   | 1.5   |
And a table "harvest" over the package "north"
"""
USERS = """\
Given a new colleague Nora with the role "viewer"
When Ada lists the users
Then the registry's users include:
  | name | active |
  | Nora | {}     |
"""
WORKFLOW = """\
Given the packages bucket has a workflow "clinical" that requires this metadata of every package:
  | field |
  | study |
When Dana publishes a package from the "single-file" dataset, with "ST-17" as its study
Then it has passed the workflow "{}"
"""


@pytest.fixture(scope="module")
def lint(tmp_path_factory: pytest.TempPathFactory) -> Lint:
    """The messages about a scenario of these steps, whose people are signed in."""
    definitions, known = vocabulary().definitions, fixtures()

    def messages(steps: str, tags: str = "@DISC-4 @severity:normal") -> list[str]:
        path: Path = tmp_path_factory.mktemp("lint") / "x.feature"
        background = "".join(
            f"    Given {who}, is signed in\n" for who in ("Ada, an administrator", "Dana, a data scientist")
        )
        scenario = f"  {tags}\n  Scenario: S\n" + "".join(f"    {line}\n" for line in steps.splitlines())
        path.write_text(f"Feature: F\n  For whom it is.\n\n  Background:\n{background}\n{scenario}", encoding="utf-8")
        found = [*check_features([path], definitions, fixtures=known), *style_findings(read_feature(path))]
        return [finding.message for finding in found if "only the embedded deployment can do" not in finding.message]

    return messages


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        pytest.param(
            PUBLISHED + 'When Dana asks for a link to "plot-2.csv" in it\nThen she is refused: not found',
            'the package "yields" has no file "plot-2.csv"; did you mean "plot-1.csv"? known: plot-1.csv; '
            'if that is meant, write: the missing file "plot-2.csv"',
            id="a file that the package does not have",
        ),
        pytest.param(
            "When Ada lists the users\nThen Dana cannot sign in",
            "Dana cannot stand here: scenarios may not use this person's password; introduce a new colleague, who has "
            "one of their own",
            id="somebody whose password no scenario may use",
        ),
        pytest.param(
            'When Dana replaces "file9.csv" in the package "test-user/simple-csv" with a corrected file\n'
            "Then she is refused",
            'no file "file9.csv"; did you mean "file1.csv"? known: file1.csv, file2.csv',
            id="a file that a package of the test environment does not have",
        ),
        pytest.param(
            'When Dana opens the folder "meta" of the package "test-user/nested-structure"\nThen she is refused',
            'has no folder "meta"; did you mean "metadata"? known: data, data/processed',
            id="a folder that the package does not have",
        ),
        pytest.param(
            MEASURED
            + 'When Dana queries:\n  """\n  SELECT plot FROM harvests\n  """\nThen she gets exactly these rows:\n'
            "  | plot |\n  | A1   |",
            'there is no table "harvests"; did you mean "harvest"? known here: harvest',
            id="a table that the scenario does not have",
        ),
        pytest.param(
            "When Dana lists the buckets\nThen she sees no files as added",
            'that Dana has not asked for. These would: "When {persona} compares {',
            id="no comparison",
        ),
        pytest.param(
            PUBLISHED
            + "When Dana browses it\n"
            + 'Then the link gives "plot-1.csv" of it to anyone, without signing in, until it expires',
            'These would: "Given {persona} has asked for {new link} to {file name} in {package}"',
            id="no link",
        ),
        pytest.param(
            "When Dana lists the buckets\nThen the client works",
            'These would: "When {persona} asks for a client',
            id="no client",
        ),
        pytest.param(
            'When Dana publishes a package from the file "a.csv"\nThen the package does not exist',
            'there is no file "a.csv"; known here: none. These would: "Given ',
            id="a file that is nowhere",
        ),
        pytest.param(USERS.format("maybe"), 'unknown active "maybe"; known: yes, no', id="neither yes nor no"),
        pytest.param(
            USERS.replace("active", "further roles").format("editor"),
            'there is no role "editor"',
            id="an unknown further role",
        ),
        pytest.param(
            'Given a new colleague Nora with the role "viewer"\nWhen Nora signs in\nThen Nora has this access to S3:\n'
            "  | bucket | access |\n  | scratch | write only |",
            'unknown access "write only"; ',
            id="an unknown access",
        ),
        pytest.param(
            "Given these tables:\n  | table | configuration |\n  | wheat | CSV files |\nWhen Ada lists the tables\n"
            "Then she sees no tables",
            'unknown configuration "CSV files"; did you mean',
            id="a configuration that means nothing",
        ),
        pytest.param(
            WORKFLOW.format("clinicl"),
            'there is no workflow "clinicl"; did you mean "clinical"? known here: clinical',
            id="a misspelt workflow",
        ),
        pytest.param(
            "When Rita, a new administrator, lists the users\nThen Rita is refused",
            'there is no sentence "When Rita, a new administrator, lists the users"',
            id="an administrator who is not introduced",
        ),
        pytest.param(
            PUBLISHED.replace("12 rows", "lots") + "When Dana browses it\nThen she is refused",
            'unknown content "lots"; known: 12 rows, "some text", empty',
            id="a content that means nothing",
        ),
    ],
)
def test_what_cannot_be_meant_is_told(lint: Lint, steps: str, told: str) -> None:
    [message] = lint(steps)
    assert told in message


def test_an_unknown_sentence_does_not_hide_whom_nobody_introduced(lint: Lint) -> None:
    found = lint("Given the moon is green\nWhen Bob signs in\nThen Bob cannot sign in")
    assert len(found) == 3 and 'no sentence "Given the moon is green"' in found[0]
    assert all('there is no colleague "Bob"' in each for each in found[1:])
    [only] = lint("Given Bob has come back\nWhen Bob signs in\nThen Bob cannot sign in")
    assert 'no sentence "Given Bob has come back"' in only


@pytest.mark.parametrize(
    "steps",
    [
        PUBLISHED + 'When Dana asks for a link to the missing file "plot-2.csv" in it\nThen she is refused: not found',
        'When Dana asks for a link to "schema.json" in the package "test-user/nested-structure"\nThen she is refused',
        'When Dana opens the folder "data/raw" of the package "test-user/nested-structure"\nThen she is refused',
        'When Dana asks for a link to "x.csv" in the package called "any/name"\nThen she is refused',
        MEASURED + 'When Dana queries:\n  """\n  WITH own AS (SELECT * FROM harvest) SELECT * FROM own, no_such_table\n'
        '  """\nThen the query fails, and Athena\'s reason mentions "no_such_table"',
        MEASURED + 'When Dana queries:\n  """\n  SELECT table_name FROM information_schema.tables\n  """\n'
        'Then the query fails, and Athena\'s reason mentions "denied"',
        USERS.replace("active", "further roles").format("user, service"),
        USERS.format(""),
        WORKFLOW.format("clinical"),
        "Given Rita, a new administrator, is signed in\nWhen Rita lists the users\nThen Rita sees that only Rita is "
        "an administrator",
    ],
)
def test_what_can_be_meant_is_not(lint: Lint, steps: str) -> None:
    assert lint(steps) == []


def test_a_scenario_says_how_much_it_matters(lint: Lint) -> None:
    [message] = lint("When Dana lists the buckets\nThen she is refused", tags="@DISC-4")
    assert re.match("it does not say how much it matters; .*@severity:blocker, @severity:critical", message)
