"""docs/patches.md against the declarations, and the declarations against the code, the tests and the pins."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from authoring.patches_command import DECLARING, PAGE
from environment.settings import ROOT
from quilt_stack.patches_command import DECLARING as OF_THE_STACK
from quilt_stack.patches_command import Patch, declared, patches_page

ROOMS = ("steps", "authoring", "strength", "reports", "infra", "data", "environment", "quilt_stack/src/quilt_stack")
OWN = frozenset({"_leftovers", "_exit", "_current_frames", "_replace"})
"""Underscored names that are this project's, or that Python documents."""


def all_declared() -> tuple[Patch, ...]:
    return declared((*OF_THE_STACK, *DECLARING))


def modules() -> Iterator[tuple[str, Path]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield ".".join(path.relative_to((ROOT / room).parent).with_suffix("").parts), path


def private_names(tree: ast.Module) -> set[str]:
    """Private names of others that a module takes: attributes of anything but itself, and imports."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not (
            isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
        ):
            found.add(node.attr)
        elif isinstance(node, ast.ImportFrom):
            found |= {*(node.module or "").split("."), *(alias.name for alias in node.names)} - {"__future__"}
    return {name for name in found if re.match(r"_(?!_)", name)} - OWN


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == patches_page(DECLARING), "say: acceptance patches --write"


def test_whoever_takes_a_private_name_declares_it() -> None:
    declaring = {patch.module for patch in all_declared()}
    for module, path in modules():
        taken = private_names(ast.parse(path.read_text(encoding="utf-8")))
        assert not taken or module in declaring, f"{path} takes {sorted(taken)} and declares no Patch"


def test_each_declaration_is_listed() -> None:
    listed = {patch.module for patch in all_declared()}
    making = {
        module for module, path in modules() if re.search(r"^\w+ = Patch\(", path.read_text(encoding="utf-8"), re.M)
    }
    assert making == listed
    assert len(making) > 20


@pytest.mark.parametrize("patch", all_declared(), ids=lambda patch: f"{patch.module}:{patch.reason}"[:70])
def test_what_is_installed_is_what_was_declared_and_has_its_tests(patch: Patch) -> None:
    patch.check()
    for test in filter(None, (patch.fence, patch.needed)):
        path, _, name = test.partition("::")
        assert re.search(rf"^ *def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.M), test
    assert patch.reason.endswith(".")


def test_each_distribution_is_pinned_to_a_compatible_release() -> None:
    projects = [tomllib.loads((ROOT / path / "pyproject.toml").read_text())["project"] for path in ("", "quilt_stack")]
    pinned = {
        re.split(r"[\[~=]", one)[0] for each in projects for one in each["dependencies"] if re.search("[~=]=", one)
    }
    assert {patch.distribution for patch in all_declared()} <= pinned


def test_each_test_of_a_stock_library_belongs_to_a_patch() -> None:
    needed = {patch.needed for patch in all_declared()}
    for path in (ROOT / "tests" / "upstream").glob("test_*.py"):
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.M):
            assert f"tests/upstream/{path.name}::{name}" in needed
