"""The commands for those who write scenarios, driven as a user would."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from authoring import steps_command
from environment.errors import SuiteError
from environment.gherkin.document import read_feature
from environment.gherkin.style import style_findings
from environment.settings import ROOT

FEATURE = """\
Feature: Something
  For whom it is.

  Rule: It holds
    @DISC-4 @severity:normal
    Scenario: One behaviour
      Given Dana, a data scientist, is signed in
{steps}
"""


def feature(tmp_path: Path, *steps: str) -> Path:
    path = tmp_path / "something.feature"
    path.write_text(FEATURE.format(steps="\n".join(f"      {step}" for step in steps)), encoding="utf-8")
    return path


def lint(*paths: Path) -> tuple[int, list[str]]:
    arguments = [part for path in paths for part in ("--path", str(path))]
    result = CliRunner().invoke(steps_command.lint, arguments)
    return result.exit_code, result.output.splitlines()


GOOD = (
    'When she asks for the details of the package "test-user/simple-csv"',
    "Then she sees the name, registry and bucket of the package",
)


def test_a_good_feature_has_no_findings(tmp_path: Path) -> None:
    assert lint(feature(tmp_path, *GOOD)) == (0, ["No findings."])


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (("When she asks for the detials of it", *GOOD), ["there is no sentence", "for the details of"]),
        ((*GOOD, *GOOD), ["a When after a Then"]),
        ((GOOD[0],), ["no Then"]),
        (('When she searches for "{"a": 1}"', GOOD[1]), ["JSON"]),
        (('When she calls get_package_info of "a/b"', GOOD[1]), ["get_package_info"]),
        (GOOD * 7, ["15 sentences"]),
    ],
)
def test_what_is_hard_to_read_is_told_with_its_line(tmp_path: Path, steps: tuple[str, ...], told: list[str]) -> None:
    path = feature(tmp_path, *steps)
    exit_code, lines = lint(path)
    assert exit_code == 1
    assert all(line.startswith(f"{path}:") for line in lines if "something.feature" in line)
    assert all(any(part in line for line in lines) for part in told), lines


def test_a_feature_says_for_whom_it_is(tmp_path: Path) -> None:
    path = tmp_path / "plain.feature"
    path.write_text("Feature: Plain\n  Scenario: One\n    Given something\n", encoding="utf-8")
    assert "the feature has no description" in " ".join(one.message for one in style_findings(read_feature(path)))


def test_words_of_files_and_urls_are_no_names_of_the_code(tmp_path: Path) -> None:
    path = feature(tmp_path, 'When she opens the folder "data/my_folder" of the package "a/b"', GOOD[1])
    assert not [one for one in style_findings(read_feature(path)) if "code" in one.message]


def test_every_sentence_is_in_the_list_with_its_meaning() -> None:
    chapters = steps_command.sentence_list(ROOT / "features")
    entries = [entry for chapter in chapters for entry in chapter.entries]
    functions = {definition.callback for definition in steps_command.vocabulary().definitions}
    assert {entry.definition.callback for entry in entries} == functions
    assert all(entry.definition.description for entry in entries)


def test_the_page_of_sentences_is_up_to_date() -> None:
    fresh = steps_command.page(steps_command.sentence_list(ROOT / "features"))
    assert steps_command.PAGE.read_text(encoding="utf-8") == fresh, "run 'acceptance steps --write'"


def test_steps_can_be_looked_for() -> None:
    result = CliRunner().invoke(steps_command.steps, ["--about", "link"])
    assert result.exit_code == 0
    assert "[asks|has asked] for {new link} to" in result.output


@pytest.mark.parametrize(
    "said", ["Dana publishes a package from that file", "Given Dana has published it from no files"]
)
def test_a_sentence_that_exists_is_found_first_with_its_place(said: str) -> None:
    result = CliRunner().invoke(steps_command.steps, ["--where", "--for", said])
    assert result.exit_code == 0
    told, first = result.output.splitlines()[:2]
    assert told == "You can say that:"
    assert first.startswith(f"Given/When {said.removeprefix('Given ')}")
    assert re.search(r"steps/publishing\.py:\d+$", first)


def test_each_tense_of_a_sentence_is_found_by_its_first_words_and_leads_to_its_function() -> None:
    index = steps_command.PAGE.read_text(encoding="utf-8").split("\n## All sentences by their first words\n")[1]
    rows = re.findall(r"^\| (.+) \| [\w/]+ \| \[.+\]\(#.+\) \| \[`(.+)`\]\(\.\./(.+)\), `(\w+)` \|$", index, re.M)
    assert all(shown == linked for _, shown, linked, _ in rows)
    found = Counter((file.removesuffix(".py").replace("/", "."), function) for _, file, _, function in rows)
    definitions = {(one.module, one.function, one.pattern) for one in steps_command.vocabulary().definitions}
    assert found == Counter((module, function) for module, function, _ in definitions)
    begun = [re.sub(r"^((…|{[^}]+})('s\b)?[ ,]*)*", "", text).lower() for text, *_ in rows]
    assert begun == sorted(begun)


def test_what_no_sentence_is_about_is_told_with_the_nearest_word() -> None:
    with pytest.raises(
        SuiteError, match=r'Looked for sentences about "downlod": there is none. Did you mean "download"'
    ):
        CliRunner().invoke(steps_command.steps, ["--about", "downlod"], catch_exceptions=False)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["???"], "it has no letter of a to z"),
        (["Looking", "--folder", "../elsewhere"], "features lie below features/"),
        (["Data on demand", "--folder", "aws"], "there is one already"),
    ],
)
def test_what_cannot_be_a_new_feature_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], told: str
) -> None:
    features = tmp_path / "features"
    (features / "aws").mkdir(parents=True)
    (features / "aws" / "data_on_demand.feature").write_text("Feature: Data on demand\n", encoding="utf-8")
    monkeypatch.setattr(steps_command, "FEATURES", features)
    monkeypatch.setattr(steps_command, "ROOT", tmp_path)
    with pytest.raises(SuiteError, match=told):
        CliRunner().invoke(steps_command.new, arguments, catch_exceptions=False)
    assert [path.name for path in tmp_path.rglob("*.feature")] == ["data_on_demand.feature"]


def test_a_skeleton_is_a_feature_without_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps_command, "FEATURES", tmp_path)
    monkeypatch.setattr(steps_command, "ROOT", tmp_path)
    result = CliRunner().invoke(steps_command.new, ["Citing a package", "--folder", "packages"])
    assert result.exit_code == 0, result.output
    monkeypatch.undo()
    assert lint(tmp_path / "packages" / "citing_a_package.feature") == (0, ["No findings."])


@pytest.mark.slow
def test_lint_runs_from_the_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "environment.command.main", "lint", "--path", "no/such.feature"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "there is no such file" in done.stderr
    assert "Traceback" not in done.stderr
