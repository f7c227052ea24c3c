"""README and docs: no dead links, no commands that are gone, and a guide that a newcomer gets by with."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import typer
from shown_commands import all_commands, pages
from shown_scenarios import COOKBOOK, cookbook, guide
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from authoring import steps_command as writing
from data.datasets.dataset_list import DATASETS
from environment.command import main as command_line
from environment.gherkin.document import read_feature
from environment.gherkin.selection import at_line
from environment.settings import ROOT

PAGES = pages()
NEWCOMER = Path(__file__).with_name("ten_scenarios.feature")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def _page(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _anchors(text: str) -> set[str]:
    """Names by which GitHub links to headings."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=_page)
def test_no_link_is_dead(page: Path) -> None:
    """Links to other hosts are not followed."""
    for link in _LINK.findall(page.read_text(encoding="utf-8")):
        target, _, anchor = link.partition("#")
        if "://" in target:
            continue
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), f"{_page(page)}: {link}"
        if anchor and path.suffix == ".md":
            assert anchor in _anchors(path.read_text(encoding="utf-8")), f"{_page(page)}: {link}"


def _commands() -> list[tuple[str, str]]:
    return [(_page(page), command) for page in PAGES for command in all_commands(page)]


@pytest.fixture(scope="module")
def application() -> TyperGroup:
    whole = typer.Typer()
    whole.registered_commands = command_line.application.registered_commands
    for entry_point in entry_points(group="acceptance.commands"):
        whole.add_typer(entry_point.load(), name=entry_point.name)
    group = get_command(whole)
    assert isinstance(group, TyperGroup)
    return group


@pytest.fixture(scope="module")
def options_of_pytest() -> set[str]:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(re.findall(r"--[\w-]+", done.stdout))


def test_there_are_commands_to_check() -> None:
    assert len(_commands()) > 30


@pytest.mark.parametrize(("page", "command"), [each for each in _commands() if each[1].startswith("acceptance")])
def test_commands_and_their_options_exist(
    page: str, command: str, application: TyperGroup, options_of_pytest: set[str]
) -> None:
    """Also those that are marked as not run, and those in a sentence."""
    found: Any = application
    words = shlex.split(command)[1:]
    while words and isinstance(found, TyperGroup) and words[0] in found.commands:
        found = found.commands[words.pop(0)]
    assert found is not application, f"{page}: there is no '{command}'"
    options = {name for parameter in found.params for name in (*parameter.opts, *parameter.secondary_opts)}
    if found.name == "run":  # what it does not know goes to pytest
        options |= options_of_pytest
    unknown = [word for word in words if word.startswith("--") and word.partition("=")[0] not in {*options, "--help"}]
    assert not unknown, f"{page}: '{command}' has no {unknown}"
    takes_words = any(parameter.param_type_name == "argument" for parameter in found.params)
    assert takes_words or not words or words[0].startswith("--"), f"{page}: there is no '{command}'"


@pytest.mark.parametrize(("page", "command"), [each for each in _commands() if each[1].startswith("pytest")])
def test_features_and_options_of_pytest_exist(page: str, command: str, options_of_pytest: set[str]) -> None:
    options = {word.partition("=")[0] for word in shlex.split(command) if word.startswith("--")}
    assert options <= {*options_of_pytest, "--help"}, f"{page}: {command}"
    made_by_the_reader = "my_first_look"
    for word in shlex.split(command):
        place = re.fullmatch(r"(features/[^:]*)(?::(\d+)|::(.*))?", word)
        if place is None or made_by_the_reader in word:
            continue
        path = ROOT / place[1]
        assert path.exists(), f"{page}: {command}"
        if place[2]:
            assert at_line(read_feature(path), int(place[2]), word), f"{page}: {command}"
        if place[3]:
            assert place[3] in {scenario.name for scenario in read_feature(path).scenarios}, f"{page}: {command}"


@pytest.mark.parametrize(("page", "command"), [each for each in _commands() if each[1].startswith("make")])
def test_targets_of_make_exist(page: str, command: str) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert command.split()[1] in targets, f"{page}: {command}"


def _lint(*paths: Path) -> list[str]:
    result = CliRunner().invoke(writing.lint, [str(path) for path in paths])
    assert result.exit_code in (0, 1), result.output
    return result.output.splitlines()


def test_the_newcomers_ten_scenarios_have_no_findings() -> None:
    assert len(read_feature(NEWCOMER).scenarios) == 10
    assert _lint(NEWCOMER) == ["No findings."]


def test_the_guides_own_examples_have_no_findings(tmp_path: Path) -> None:
    path = tmp_path / "guide.feature"
    path.write_text(guide(), encoding="utf-8")
    lines = _lint(path)
    assert lines[-1] == "No findings."
    assert all(re.search(r": wished for: | does not exist yet", line) for line in lines[:-1]), lines


def test_the_cookbooks_scenarios_have_no_findings(tmp_path: Path) -> None:
    path = tmp_path / "cookbook.feature"
    path.write_text(cookbook(), encoding="utf-8")
    assert len(read_feature(path).scenarios) == COOKBOOK.read_text(encoding="utf-8").count("Scenario")
    assert _lint(path) == ["No findings."]


def test_the_table_of_datasets_names_their_files() -> None:
    """All of them, or the first and the last; a folder per month is named by its pattern."""
    text = (ROOT / "docs" / "test-data.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| `([a-z-]+)` \|[^|]+\|[^|]+\| ([^|]+) \|", text, re.MULTILINE))
    assert table.keys() == DATASETS.keys()
    for name, told in table.items():
        keys = [file.logical_key for _, file in DATASETS[name].paths()]
        named = [each for each in re.findall(r"`([^`]+)`", told) if "<" not in each]
        assert {*named} <= {*keys}, name
        assert named[-1:] == keys[-1:], name


GOOD = """\
Feature: Something of its own
  For whom it is, and why.

  Rule: It holds

    @DISC-4 @severity:normal
    Scenario: One behaviour
      Given Dana, a data scientist, is signed in
      When she asks for the details of the package "test-user/simple-csv"
      Then she sees the name, registry and bucket of the package
"""
BAD = {
    "a misspelt sentence": ("for the details", "for the detials", 9, "there is no sentence .*; nearest: .*asks for"),
    "a misspelt tag": ("@DISC-4", "@DISC-4 @smok", 6, "unknown tag @smok; did you mean @smoke?"),
    "a misspelt severity": ("normal", "norml", 6, "unknown severity .*; did you mean .normal."),
    "a misspelt requirement": ("@DISC-4", "@DICS-4", 6, "unknown requirement .*; did you mean .DISC-4."),
    "a Windows line ending": ("\n", "\r\n", 1, "Windows line ending .* save the file with LF"),
    "a tab": ("      Given", "\tGiven", 8, "there is a tab; indent with blanks"),
    "a table with a missing cell": (
        " of the package\n",
        " of the package\n\n      Examples:\n        | a | b |\n        | 1 |\n",
        14,
        "fewer or more cells than the rows above it; an empty cell is written",
    ),
    "an empty file": (GOOD, "", 1, "the file has no feature; begin with"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gets_one_line_that_says_where_and_what_to_do(tmp_path: Path, case: str) -> None:
    old, new, line, told = BAD[case]
    path = tmp_path / "bad.feature"
    text = GOOD.replace("Scenario:", "Scenario Outline:") if "Examples" in new else GOOD
    path.write_text(text.replace(old, new), encoding="utf-8", newline="")
    [finding] = _lint(path)
    assert re.match(rf"{re.escape(str(path))}:{line}: .*{told}", finding), finding


def test_two_features_with_one_name_get_one_line(tmp_path: Path) -> None:
    paths = [tmp_path / "a.feature", tmp_path / "b.feature"]
    paths[0].write_text(GOOD, encoding="utf-8")
    paths[1].write_text(GOOD.replace("One behaviour", "Another"), encoding="utf-8")
    [finding] = _lint(*paths)
    assert re.match(rf"{re.escape(str(paths[1]))}:1: there is a feature .* already, at .*a\.feature:1; give", finding)
