"""The diagrams of the architecture against the imports of the code, room by room."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pathlib import Path

import pytest

from environment.settings import ROOT

PAGE = ROOT / "docs" / "architecture.md"
STACK = "quilt_stack"
FOLDERS = {STACK: ROOT / STACK / "src" / STACK}
HOUSE = ("steps", "authoring", "strength", "reports", "infra", "data", "environment", STACK)
"""The top-level rooms; none imports one that stands before it."""
Edge = tuple[str, str]


def folder(package: str) -> Path:
    """Where a package of this project lies, by its dotted name."""
    first, *rest = package.split(".")
    return Path(FOLDERS.get(first, ROOT / first), *rest)


def drawn(heading: str) -> set[Edge]:
    """Arrows of a section's diagram; dotted ones are no imports: features are text."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    [diagram] = re.findall(r"```mermaid\n(.*?)```", section, re.DOTALL)
    return set(re.findall(r"^\s+(\w+) --> (\w+)$", diagram, re.MULTILINE))


def house() -> set[Edge]:
    """Imports between the top-level rooms."""
    return {
        (room, name.partition(".")[0])
        for room in HOUSE
        for path in folder(room).rglob("*.py")
        for name in _imports(path)
        if name.partition(".")[0] in HOUSE and name.partition(".")[0] != room
    }


def rooms(package: str) -> set[Edge]:
    """Imports between what lies directly in a package: its subpackages and its own modules."""
    found = set()
    for path in folder(package).rglob("*.py"):
        here = path.relative_to(folder(package)).with_suffix("").parts[0]
        for name in _imports(path):
            if name.startswith(f"{package}."):
                there = name.removeprefix(f"{package}.").partition(".")[0]
                if there != here and here != "__init__" and _is_module(package, there):
                    found.add((here, there))
    return found


def subpackages(package: str) -> set[str]:
    """Names of the packages directly in a package."""
    return {path.parent.name for path in folder(package).glob("*/__init__.py")}


def all_packages() -> list[str]:
    """Every package that has packages or modules in it, by its dotted name."""
    found = []
    for room in HOUSE:
        for path in sorted(folder(room).rglob("__init__.py")):
            found.append(".".join((room, *path.parent.relative_to(folder(room)).parts)))
    return found


def circle(edges: set[Edge]) -> list[str]:
    """A circle of imports, if there is one."""
    graph: dict[str, set[str]] = defaultdict(set)
    for importer, imported in edges:
        graph[importer].add(imported)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def _is_module(package: str, name: str) -> bool:
    place = folder(package) / name
    return place.is_dir() or place.with_suffix(".py").exists()


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def must_be_drawn(found: set[Edge], shown: set[Edge]) -> None:
    """The diagram has these arrows and no others."""
    missing = "\n".join(f"    {a} --> {b}" for a, b in sorted(found - shown))
    gone = "\n".join(f"    {a} --> {b}" for a, b in sorted(shown - found))
    assert found == shown, f"docs/architecture.md: draw\n{missing}\nand take away\n{gone}"


def test_the_house_is_drawn_as_it_is() -> None:
    must_be_drawn(house(), drawn("The house"))


@pytest.mark.parametrize(("package", "heading"), [("environment", "Inside environment"), (STACK, "Inside quilt_stack")])
def test_the_rooms_are_drawn_as_they_are(package: str, heading: str) -> None:
    inside = subpackages(package)
    must_be_drawn({edge for edge in rooms(package) if set(edge) <= inside}, drawn(heading))


def test_arrows_go_down_only() -> None:
    order = {room: number for number, room in enumerate(HOUSE)}
    assert not [edge for edge in house() if order[edge[0]] > order[edge[1]]]
    assert not [edge for edge in house() if edge[1] == "strength"], "nothing needs what measures it"


@pytest.mark.parametrize("package", all_packages())
def test_no_package_has_a_circle_of_imports(package: str) -> None:
    assert circle(rooms(package)) == []


def test_the_house_is_small_enough_to_be_seen_at_a_glance() -> None:
    assert len(HOUSE) <= 8
    assert len(subpackages("environment")) <= 14


def test_the_stack_knows_nothing_of_the_suite() -> None:
    for path in folder(STACK).rglob("*.py"):
        for name in _imports(path):
            assert name.partition(".")[0] not in set(HOUSE) - {STACK}, f"{path} imports {name}"


def test_the_suite_uses_the_public_names_of_the_stack_alone() -> None:
    public = {STACK}
    for module in (STACK, f"{STACK}.patches", f"{STACK}.patches_command"):
        public |= {f"{module}.{name}" for name in import_module(module).__all__}
    for room in HOUSE[:-1]:
        for path in folder(room).rglob("*.py"):
            used = {name for name in _imports(path) if name.partition(".")[0] == STACK}
            assert used <= public, f"{path} imports {used - public}"


def test_no_module_is_longer_than_400_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for place in (*map(folder, HOUSE), ROOT / "tests")
        for path in place.rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long
