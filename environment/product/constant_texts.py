"""The texts that a module's source holds, put together where they are written in parts; nothing is executed.

Parts are put together across ``+``, ``+=``, f-strings and the names of constants that were assigned
before. A part that is not constant becomes a character that no text has.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

UNKNOWN_PART = "\N{REPLACEMENT CHARACTER}"


def constant_texts(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each text in the source, parts of a longer one left out.

    Raises:
        SyntaxError: if it is no Python.
    """
    yield from _Block({}).texts(ast.parse(source).body)


class _Block:
    """Statements in which names stand for texts: a module, a function, the body of an ``if``."""

    def __init__(self, known: dict[str, str]) -> None:
        self._known = dict(known)
        self._lines: dict[str, int] = {}

    def texts(self, statements: list[ast.stmt]) -> Iterator[tuple[int, str]]:
        for statement in statements:
            yield from self._statement(statement)
        for name, line in self._lines.items():
            yield line, self._known[name]

    def _statement(self, statement: ast.stmt) -> Iterator[tuple[int, str]]:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and (name := _assigned_name(statement)):
            if statement.value is not None and _is_text(statement.value):
                if name in self._lines:  # another text under the same name: the first one is complete
                    yield self._lines[name], self._known[name]
                self._known[name], self._lines[name] = self._text(statement.value), statement.lineno
                return
        elif isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
            name = statement.target.id
            if name in self._lines and isinstance(statement.op, ast.Add):
                self._known[name] += self._text(statement.value)
                return
        yield from self._inside(statement)

    def _inside(self, node: ast.AST) -> Iterator[tuple[int, str]]:
        for field in ast.iter_fields(node):
            values = field[1] if isinstance(field[1], list) else [field[1]]
            if values and all(isinstance(value, ast.stmt) for value in values):
                yield from _Block(self._known).texts(values)
                continue
            for value in values:
                if isinstance(value, ast.expr) and _is_text(value):
                    yield value.lineno, self._text(value)
                elif isinstance(value, ast.AST):
                    yield from self._inside(value)

    def _text(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self._text(node.left) + self._text(node.right)
        if isinstance(node, ast.JoinedStr):
            return "".join(self._text(part) for part in node.values)
        if isinstance(node, ast.FormattedValue):
            return self._text(node.value)
        if isinstance(node, ast.Name):
            return self._known.get(node.id, UNKNOWN_PART)
        return UNKNOWN_PART


def _assigned_name(statement: ast.Assign | ast.AnnAssign) -> str | None:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return targets[0].id if len(targets) == 1 and isinstance(targets[0], ast.Name) else None


def _is_text(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _is_text(node.left) or _is_text(node.right)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
