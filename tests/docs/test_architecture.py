"""The diagram of the architecture against the imports of the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from environment.settings import ROOT

PAGE = ROOT / "docs" / "architecture.md"
PARTS = ("steps", "environment", "infra", "reports", "authoring", "strength")
Edge = tuple[str, str]


def drawn() -> set[Edge]:
    """Arrows of the diagram; the dotted one is no import: features are text."""
    [diagram] = re.findall(r"```mermaid\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return set(re.findall(r"^\s+(\w+) --> (\w+)$", diagram, re.MULTILINE))


def imported() -> set[Edge]:
    """Imports between the top-level parts, and between the packages inside environment."""
    found: set[Edge] = set()
    for part in PARTS:
        for path in (ROOT / part).rglob("*.py"):
            here = path.relative_to(ROOT).with_suffix("").parts
            for name in _imports(path):
                there = tuple(name.split("."))
                if there[0] not in PARTS:
                    continue
                if there[0] != part:
                    found.add((part, there[0]))
                elif _package(here) and _package(there) and _package(here) != _package(there):
                    found.add((_package(here), _package(there)))
    return found


def _package(module: tuple[str, ...]) -> str:
    """The package of environment that a module belongs to; empty for modules in environment itself, and elsewhere."""
    inside = module[0] == "environment" and len(module) > 1 and (ROOT / "environment" / module[1]).is_dir()
    return module[1] if inside else ""


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_the_diagram_draws_the_imports_and_no_others() -> None:
    found, shown = imported(), drawn()
    missing = "\n".join(f"    {a} --> {b}" for a, b in sorted(found - shown))
    gone = "\n".join(f"    {a} --> {b}" for a, b in sorted(shown - found))
    assert found == shown, f"docs/architecture.md: draw\n{missing}\nand take away\n{gone}"


def test_imports_go_down_only() -> None:
    found = imported()
    assert not [edge for edge in found if edge[0] == "environment"], "environment imports nothing above it"
    lower = ("infra", "reports", "strength")
    assert not [edge for edge in found if edge[0] in lower and edge[1] in ("steps", "authoring")]
    assert not [edge for edge in found if edge[1] == "strength"], "nothing needs what measures it"
    assert not [edge for edge in found if edge[0] == "embedded"], "the deployment knows nothing of the suite"


def test_the_deployment_knows_no_module_of_the_suite_at_all() -> None:
    for path in (ROOT / "environment" / "embedded").rglob("*.py"):
        for name in _imports(path):
            first, _, rest = name.partition(".")
            assert first not in ("steps", "infra", "reports"), path
            assert first != "environment" or rest.split(".")[0] == "embedded", f"{path} imports {name}"
