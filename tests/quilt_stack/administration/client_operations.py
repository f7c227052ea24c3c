"""Every GraphQL operation that the installed clients hold, found in their sources."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graphql import DocumentNode, GraphQLSyntaxError, OperationDefinitionNode, parse


@dataclass(frozen=True)
class ClientOperation:
    """An operation as a client sends it, with the fragments it needs."""

    source: str
    name: str
    document: DocumentNode

    def __str__(self) -> str:
        return f"{self.source}:{self.name}"


def operations(package: str) -> list[ClientOperation]:
    """The operations in the string constants of a package, f-strings and concatenations included.

    A string that grows by ``+=`` is followed statement by statement, as quilt-mcp builds some of its queries.
    """
    spec = importlib.util.find_spec(package)
    assert spec is not None and spec.origin is not None
    root = Path(spec.origin).parent
    found: dict[str, ClientOperation] = {}
    for path in sorted(root.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        for text in _Texts(tree).texts():
            document = _document(text)
            if document is not None:
                source = path.relative_to(root.parent).as_posix()
                name = _name(document)
                found.setdefault(f"{source}:{name}:{text}", ClientOperation(source, name, document))
    return list(found.values())


class _Texts:
    """Evaluates the string expressions of a module, as far as they are constant."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._module: dict[str, str] = {}

    def texts(self) -> Iterator[str]:
        """Complete strings: what is assigned or passed, after its last ``+=``."""
        self._module = {}
        yield from self._scope(self._tree.body, self._module)

    def _scope(self, body: list[ast.stmt], names: dict[str, str]) -> Iterator[str]:
        grown: dict[str, str] = {}
        for statement in _in_order(body):
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from self._scope(statement.body, dict(names))
                continue
            for node in ast.walk(statement):
                if isinstance(node, ast.Call):
                    yield from filter(None, (self._value(argument, names) for argument in node.args))
            if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                target, value = statement.targets[0], self._value(statement.value, names)
                if isinstance(target, ast.Name) and value is not None:
                    names[target.id] = grown[target.id] = value
            elif isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
                addition = self._value(statement.value, names)
                if addition is not None and statement.target.id in names:
                    names[statement.target.id] += addition
                    grown[statement.target.id] = names[statement.target.id]
        yield from grown.values()

    def _value(self, node: ast.expr, names: dict[str, str]) -> str | None:
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.Name(id=name):
                return names.get(name)
            case ast.JoinedStr(values=values):
                parts = [self._value(value, names) for value in values]
                return None if None in parts else "".join(part for part in parts if part is not None)
            case ast.FormattedValue(value=value):
                return self._value(value, names)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                first, second = self._value(left, names), self._value(right, names)
                return None if first is None or second is None else first + second
        return None


def _in_order(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements in source order, those inside of ``try``, ``if``, ``with`` and ``for`` included."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for part in ("body", "orelse", "finalbody"):
            yield from _in_order(getattr(statement, part, []))
        for handler in getattr(statement, "handlers", []):
            yield from _in_order(handler.body)


def _document(text: str) -> DocumentNode | None:
    if "{" not in text:
        return None
    try:
        document = parse(text)
    except GraphQLSyntaxError:
        return None
    has_operation = any(isinstance(node, OperationDefinitionNode) for node in document.definitions)
    return document if has_operation else None


def _name(document: DocumentNode) -> str:
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            return node.name.value if node.name is not None else "(unnamed)"
    return "(none)"
