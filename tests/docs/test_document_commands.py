"""Each command in README and docs is run here, or carries a mark that says why not (CONTRIBUTING explains them)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from shown_commands import MARKS, TESTED_BY, Block, blocks, files, name_of, pages, unfenced
from shown_scenarios import cookbook, guide

from environment.settings import ROOT

LIMIT_SECONDS = 300
NEWCOMER = Path(__file__).with_name("ten_scenarios.feature")
SHOWN = [block for page in pages() for block in blocks(page)]
TO_RUN = {page: [each for each in SHOWN if each.page == page and not each.mark] for page in map(name_of, pages())}


def test_every_command_stands_in_a_block() -> None:
    """Only there it can be run or marked."""
    assert [place for page in pages() for place in unfenced(page)] == []


@pytest.mark.parametrize("block", [each for each in SHOWN if each.mark], ids=lambda each: each.place)
def test_a_block_that_is_not_run_says_why_in_a_known_word(block: Block) -> None:
    if not block.mark.startswith(TESTED_BY):
        assert block.mark in MARKS, f"{block.place}: '{block.mark}' is no mark; known are {', '.join(MARKS)}"
        assert f"`{block.mark}`" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
        return
    test = ROOT / block.mark.removeprefix(TESTED_BY)
    assert test.is_file(), f"{block.place}: there is no {test}"
    text = test.read_text(encoding="utf-8")
    for command in block.commands:
        telling = re.findall(r"--[\w-]+", command) or re.findall(r"[a-z-]+", command)[1:3]
        assert all(word in text for word in telling), f"{block.place}: {test.name} does not run '{command}'"


def test_most_commands_of_an_embedded_run_are_run() -> None:
    count = sum(len(block.commands) for each in TO_RUN.values() for block in each)
    assert count >= 20, "has somebody marked them all?"


@dataclass(frozen=True)
class Sandbox:
    """A copy of the repository in which commands may write what they like, beside a deployment that stands."""

    folder: Path
    variables: dict[str, str]
    done: set[str] = field(default_factory=set)

    def run_once(self, blocks: list[Block]) -> subprocess.CompletedProcess[str]:
        """Run the commands of blocks, but for those that another page showed, too, and that have succeeded."""
        new = [command for block in blocks for command in block.commands if command not in self.done]
        finished = self.run("\n".join(new))
        if finished.returncode == 0:
            self.done.update(new)
        return finished

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        shell = ["bash", "--noprofile", "--norc", "-euxo", "pipefail", "-c", script]
        return subprocess.run(
            shell,
            cwd=self.folder,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("documents") / "project"
    for path in files():
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QUILT_", "AWS_", "PYTEST_"))}
    programs = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    # The copy's own modules, though the installed ones are those of the repository.
    variables = {**kept, "PATH": programs, "PYTHONPATH": str(folder), "AWS_CONFIG_FILE": os.devnull, "COLUMNS": "160"}
    sandbox = Sandbox(folder, variables)
    started = sandbox.run("acceptance up")
    assert started.returncode == 0, started.stdout
    assert str(folder) in started.stdout, "it does not keep its state in the copy"
    yield sandbox
    stopped = sandbox.run("acceptance down")
    assert stopped.returncode == 0, stopped.stdout


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page, found in TO_RUN.items() if found])
def test_the_commands_of_a_page_succeed_one_after_the_other(sandbox: Sandbox, page: str) -> None:
    done = sandbox.run_once(TO_RUN[page])
    assert done.returncode == 0, f"{page}: {done.stdout}"


@pytest.mark.slow
def test_a_command_that_fails_would_be_noticed(sandbox: Sandbox) -> None:
    done = sandbox.run("acceptance lint features/nowhere.feature\ntrue")
    assert done.returncode != 0


# What keeps some of the newcomer's scenarios from passing, by the id of the project's own ledger.
NEWCOMERS_DEFECTS: dict[str, dict[str, list[str]]] = {
    "QO-002": {"A token that somebody changed is refused": ["he is refused: not signed in"]},
    "QO-009": {
        "The <name> reference package has details": [
            "she sees the name, registry and bucket of the package",
        ],
        "A reference package can be cited by its top hash": [
            "she sees the top hash of the package",
            "she sees when the package was last changed, in ISO 8601",
        ],
    },
    "QO-010": {"A package that was never there is reported as such": ["she is refused: not found"]},
    "QO-108": {
        "A second package of one name is refused": [
            "she is refused: invalid",
            "the package is unchanged",
        ],
    },
}


# What keeps scenarios of the pages from passing.
COOKBOOKS_DEFECTS: dict[str, dict[str, list[str]]] = {
    "QO-004": {"A package is found by its tag": ['Dana finds it by "winterbarley"']},
    "QO-017": {
        "A link that was sent out still gives the file as it was": ['she has asked for a link to "yields.csv" in it'],
        "A file that is gone from S3 is reported as gone": [
            "he is refused: not found",
            'he can download "plot-2.csv" from the package, byte for byte',
        ],
    },
}
GUIDES_DEFECTS: dict[str, dict[str, list[str]]] = {
    "QO-017": {"A corrected file replaces the published one": ['Lee can download "plot-2.csv" from it, byte for byte']}
}


def _ways(entry: dict[str, Any]) -> list[dict[str, str]]:
    """Every way to fail that an entry of the ledger has."""
    own = [entry, *entry["claims"]]
    found = [each["fails_with"] for each in own if "fails_with" in each]
    return [way for ways in found for way in (ways if isinstance(ways, list) else [ways])]


def _run_apart(sandbox: Sandbox, name: str, text: str, defects: dict[str, dict[str, list[str]]]) -> str:
    """Run a feature that is not of the suite, in both modes, with these of the ledger's defects; what was printed."""
    feature = sandbox.folder / "features" / "apart" / f"{name}.feature"
    feature.parent.mkdir(exist_ok=True)
    feature.write_text(text, encoding="utf-8")
    entries = {
        each["id"]: each for each in yaml.safe_load((ROOT / "reports" / "known_defects.yaml").read_text("utf-8"))
    }
    ledger = sandbox.folder / f"{name}.yaml"
    known = [
        {
            **entries[id],
            "claims": [
                {"scenario": f"features/apart/{feature.name}::{title}", "sentence": sentences}
                for title, sentences in scenarios.items()
            ],
            "fails_with": _ways(entries[id]),
        }
        for id, scenarios in defects.items()
    ]
    ledger.write_text(yaml.safe_dump(known, allow_unicode=True), encoding="utf-8")
    done = sandbox.run(f"pytest features/apart/{feature.name} --known-defects {ledger.name}")
    feature.unlink()
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.slow
def test_the_ten_scenarios_of_a_newcomer_run(sandbox: Sandbox) -> None:
    """Written without Python, with the guide alone (docs/writing-scenarios.md links them); in both modes."""
    printed = _run_apart(sandbox, NEWCOMER.stem, NEWCOMER.read_text(encoding="utf-8"), NEWCOMERS_DEFECTS)
    assert "21 parsed, 21 collected, 21 reported" in printed
    assert "14 passed, 7 xfailed" in printed


@pytest.mark.slow
def test_the_cookbook_runs(sandbox: Sandbox) -> None:
    printed = _run_apart(sandbox, "cookbook", cookbook(), COOKBOOKS_DEFECTS)
    assert "54 parsed, 54 collected, 54 reported" in printed
    assert "51 passed, 3 xfailed" in printed


@pytest.mark.slow
def test_the_guides_own_scenarios_run(sandbox: Sandbox) -> None:
    """But for the wish, which is not run."""
    printed = _run_apart(sandbox, "guide", guide(), GUIDES_DEFECTS)
    assert "xfailed" in printed
