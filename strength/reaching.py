"""Which scenarios reach a fault, by the lines that they were recorded to run, and in which order to run them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from itertools import zip_longest
from pathlib import Path

from reports.product_coverage import CoverageRecord
from strength.faults import Fault


class Reaching:
    """Finds the scenarios of a fault.

    A fault inside a function is reached by running its statement. What stands in a module or a class (a constant, a
    field, a document) runs once, at import: it is reached by running a line of a function that uses its name, or the
    name of something that is made of it.
    """

    def __init__(self, record: CoverageRecord, root: Path) -> None:
        self._record = record
        self._uses: dict[str, set[tuple[str, int]]] = {}
        self._made_of: dict[str, set[str]] = {}
        for path in sorted(root.rglob("*.py")):
            self._read(path.relative_to(root).as_posix(), ast.parse(path.read_bytes()))

    def scenarios(self, fault: Fault) -> set[str]:
        """Node ids."""
        if not fault.scope.names:
            lines = range(fault.scope.first_line, fault.scope.last_line + 1)
            return self._record.scenarios_reaching(fault.file, lines)
        by_module: dict[str, set[int]] = {}
        for name in self._with_what_is_made_of(fault.scope.names):
            for module, line in self._uses.get(name, ()):
                by_module.setdefault(module, set()).add(line)
        return {
            nodeid for module, lines in by_module.items() for nodeid in self._record.scenarios_reaching(module, lines)
        }

    def _with_what_is_made_of(self, names: Iterable[str]) -> set[str]:
        found: set[str] = set()
        waiting = set(names)
        while waiting:
            name = waiting.pop()
            found.add(name)
            waiting |= self._made_of.get(name, set()) - found
        return found

    def _read(self, module: str, tree: ast.Module) -> None:
        for statement in tree.body:
            if isinstance(statement, ast.Assign | ast.AnnAssign):
                names = [(each.id, each.ctx) for each in ast.walk(statement) if isinstance(each, ast.Name)]
                for used in (name for name, context in names if isinstance(context, ast.Load)):
                    made = {name for name, context in names if isinstance(context, ast.Store)}
                    self._made_of.setdefault(used, set()).update(made)
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for statement in function.body:
                    for node in ast.walk(statement):
                        name = _name(node)
                        if name:
                            self._uses.setdefault(name, set()).add((module, int(getattr(node, "lineno", 0))))


def in_order(nodeids: Iterable[str], seconds: Mapping[str, float]) -> list[str]:
    """The quickest first, but of each feature one before the second of any: scenarios of one feature see the same."""
    by_feature: dict[str, list[str]] = {}
    for nodeid in sorted(nodeids, key=lambda each: (seconds[each], each)):
        by_feature.setdefault(nodeid.partition("::")[0], []).append(nodeid)
    return [
        nodeid
        for turn in zip_longest(*by_feature.values())
        for nodeid in sorted(filter(None, turn), key=lambda each: (seconds[each], each))
    ]


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    return (node.arg or "") if isinstance(node, ast.keyword) else ""
