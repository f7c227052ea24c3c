"""Modules, functions and files of this project that pages, docstrings and comments name exist."""

from __future__ import annotations

import pkgutil
import re
from functools import cache
from pathlib import Path

import pytest
from shown_commands import files, name_of

from environment.settings import ROOT

ROOMS = ("steps", "authoring", "strength", "reports", "infra", "data", "environment", "quilt_stack")
STACK = ROOT / "quilt_stack" / "src"
_NAME = re.compile(r"`([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?:\(\))?`")
_FILE = re.compile(rf"(?<![\w./<-])((?:{'|'.join((*ROOMS, 'tests'))})/[\w./-]*\w\.(?:py|j2))\b")
_SUFFIXES = {"csv", "html", "json", "lock", "log", "md", "py", "txt", "yaml"}
"""What ends in one of these is the name of a file."""


def gone(path: Path, text: str) -> list[str]:
    """Names in a text of this file that lead nowhere: dotted from the top, dotted from a neighbour, or of a file."""
    names = [name for name in _NAME.findall(text) if name.rpartition(".")[2] not in _SUFFIXES]
    dotted = [name if name.partition(".")[0] in ROOMS else _from_neighbour(path, name) for name in names]
    places = [(name, [ROOT / name, path.parent / name, STACK / name]) for name in _FILE.findall(text)]
    return [
        *(name for name in dotted if name and not _leads_somewhere(name)),
        *(name for name, possible in places if not any(each.exists() for each in possible)),
    ]


def _from_neighbour(path: Path, name: str) -> str | None:
    """The whole name of what a module names by a module beside it; None if there is none of that name."""
    beside = path.with_name(f"{name.partition('.')[0]}.py")
    root = STACK if STACK in path.parents else ROOT
    is_module = path.suffix == ".py" and beside.exists() and path.relative_to(ROOT).parts[0] in ROOMS
    return ".".join((*path.relative_to(root).parent.parts, name)) if is_module else None


@cache
def _leads_somewhere(name: str) -> bool:
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


@pytest.fixture(scope="module")
def written() -> dict[Path, str]:
    """Every page and module, without those of the tests, which make names up.

    The log of changes may name what is gone by now.
    """
    named = [path for path in files() if path.suffix in (".py", ".md") and ROOT / "tests" not in path.parents]
    return {path: path.read_text(encoding="utf-8") for path in named if path.name != "CHANGELOG.md"}


def test_what_is_named_exists(written: dict[Path, str]) -> None:
    found = [f"{name_of(path)} names {name}" for path, text in written.items() for name in gone(path, text)]
    assert found == []


def test_many_places_name_code(written: dict[Path, str]) -> None:
    """Otherwise the check above would hold of nothing."""
    dotted = [name for text in written.values() for name in _NAME.findall(text) if name.partition(".")[0] in ROOMS]
    assert len(dotted) > 60
    assert sum(len(_FILE.findall(text)) for text in written.values()) > 60


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("`environment.evidence.secrecy.find_secrets` looks", "environment.evidence.secrecy.find_secrets"),
        ("see ``reports.outcomes.Nobody``", "reports.outcomes.Nobody"),
        ("(`outcomes.nobody`)", "reports.outcomes.nobody"),
        ("made by reports/nobody.py", "reports/nobody.py"),
        ("`reports/templates/nobody.html.j2`", "reports/templates/nobody.html.j2"),
    ],
)
def test_what_is_not_there_is_found(text: str, name: str) -> None:
    assert gone(ROOT / "reports" / "summary.py", text) == [name]


def test_what_is_there_is_not_found() -> None:
    text = "`reports.outcomes.RunRecord.objection`, `outcomes.RunRecord`, `reports/outcomes.py`, `summary.json`"
    assert gone(ROOT / "reports" / "summary.py", text) == []
