"""The text of one module of the product, addressed as `ast` addresses it: by line and by offset in UTF-8."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate


@dataclass(frozen=True)
class Change:
    """One replacement in a source: what kind of fault it is, which bytes go, and what comes in their place."""

    kind: str
    start: int
    end: int
    replacement: str


class Source:
    """A module's source.

    Raises:
        SyntaxError: if it is not Python.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.content = text.encode()
        self.tree = ast.parse(text)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *accumulate(len(line) for line in self.content.splitlines(keepends=True))]

    def start(self, node: ast.AST) -> int:
        """Where a node begins."""
        return self._line_starts[_place(node, "lineno") - 1] + _place(node, "col_offset")

    def end(self, node: ast.AST) -> int:
        """Where a node ends."""
        return self._line_starts[_place(node, "end_lineno") - 1] + _place(node, "end_col_offset")

    def of(self, node: ast.AST) -> str:
        """The text of a node."""
        return self.between(self.start(node), self.end(node))

    def between(self, start: int, end: int) -> str:
        """The text between two offsets."""
        return self.content[start:end].decode()

    def line(self, offset: int) -> int:
        """The number of the line in which an offset lies."""
        return self.content.count(b"\n", 0, offset) + 1

    def replace(self, kind: str, node: ast.AST, replacement: str) -> Change:
        """The change that puts other text in the place of a node."""
        return Change(kind, self.start(node), self.end(node), replacement)

    def changed(self, change: Change) -> str:
        """The whole text with one change."""
        return (self.content[: change.start] + change.replacement.encode() + self.content[change.end :]).decode()

    def without_item(self, kind: str, start: int, end: int) -> Change | None:
        """The change that takes an item out of a list, with one of the commas beside it; None if nothing tells which.

        ``start`` and ``end`` are those of the item: an argument, or a key with its value.
        """
        after = _skip(self.content, end)
        if self.content[after : after + 1] == b",":
            return Change(kind, start, _skip(self.content, after + 1), "")
        if self.content[after : after + 1] not in (b")", b"}"):
            return None
        before = len(self.content[:start].rstrip())
        if self.content[before - 1 : before] == b",":
            return Change(kind, before - 1, end, "")
        return Change(kind, start, end, "") if self.content[before - 1 : before] in (b"(", b"{") else None


def _skip(content: bytes, offset: int) -> int:
    """Past white space."""
    rest = content[offset:]
    return offset + len(rest) - len(rest.lstrip())


def _place(node: ast.AST, name: str) -> int:
    return int(getattr(node, name))
