"""What can be wrong with a GraphQL document in the product: a field is not asked for, an argument is not passed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from strength.source import Change, Source

GRAPHQL = "GraphQL document"
_DOCUMENT = re.compile(r"\b(?:query|mutation)\b[^{]*\{|\.\.\. on \w+ ?\{|__typename", re.DOTALL)
_FIELD = re.compile(r"^[ \t]*(\w+)[ \t]*\n", re.MULTILINE)
_LAST_ARGUMENT = re.compile(r"\(([^()]*?),\s*\w+:\s*[^(),$]*\$?\w+\)")
_INLINE = re.compile(r"(?<!\{)\{+ (\w+) \}+(?!\})")
_PRODUCT_TEXT = 400_000


def documents(node: ast.AST, source: Source) -> Iterator[Change]:
    """Changes in a text that is a document or a part of one; the parts of an f-string that are text count, too."""
    if not isinstance(node, ast.JoinedStr) and not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return
    start, text = source.start(node), source.of(node)
    if "{" not in text or not _DOCUMENT.search(text) or len(text) > _PRODUCT_TEXT:
        return
    for found in _FIELD.finditer(text):
        if found[1] not in ("query", "mutation"):
            yield _change(source, start, text, found.start(), found.end(), "")
    for found in _LAST_ARGUMENT.finditer(text):
        yield _change(source, start, text, found.end(1), found.end() - 1, "")
    for found in _INLINE.finditer(text):
        if found[1] != "__typename":
            yield _change(source, start, text, found.start(1), found.end(1), "__typename")


def _change(source: Source, start: int, text: str, first: int, last: int, replacement: str) -> Change:
    before, gone = len(text[:first].encode()), len(text[first:last].encode())
    return Change(GRAPHQL, start + before, start + before + gone, replacement)
