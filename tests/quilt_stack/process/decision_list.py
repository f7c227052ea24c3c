"""Collects the decisions that the deployment's code takes where the facts are open, and writes them into its document.

``python tests/quilt_stack/process/decision_list.py`` renews the list in docs/embedded-deployment.md. A decision is

- a comment that begins with ``# Decision:``, with the comment lines that follow it,
- a paragraph of a docstring that begins with ``Decision:``,
- in a docstring, what follows ``Decisions on what the facts leave open:``: the rest of the paragraph, or a list.
"""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CODE = ROOT / "quilt_stack" / "src" / "quilt_stack"
DOCUMENT = ROOT / "docs" / "embedded-deployment.md"
BEGIN, END = "<!-- decisions: begin -->", "<!-- decisions: end -->"

_ONE = "Decision:"
_MANY = "Decisions on what the facts leave open:"
_BULLET = re.compile(r"(?m)^- ")


def decisions_of(source: str) -> list[str]:
    """The decisions of a module, each on one line."""
    return [*_of_comments(source), *_of_docstrings(source)]


def section() -> str:
    """The list for the document, by module."""
    lines: list[str] = []
    for path in sorted(CODE.rglob("*.py")):
        found = decisions_of(path.read_text(encoding="utf-8"))
        if found:
            lines += [f"### `{path.relative_to(CODE)}`", "", *(f"- {decision}" for decision in found), ""]
    return "\n".join([BEGIN, "", *lines, END])


def documented() -> str:
    """The list as the document has it."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return text[text.index(BEGIN) : text.index(END) + len(END)]


def _of_comments(source: str) -> Iterator[str]:
    comments = [
        token for token in tokenize.generate_tokens(io.StringIO(source).readline) if token.type == tokenize.COMMENT
    ]
    whole_lines = [token for token in comments if token.line.strip() == token.string]
    # Comments on consecutive lines at the same column are one text.
    numbered = enumerate(whole_lines)
    for _, block in groupby(numbered, lambda item: (item[1].start[0] - item[0], item[1].start[1])):
        text = "\n".join(token.string.removeprefix("#").strip() for _, token in block)
        for part in re.split(rf"(?m)^(?={_ONE})", text):
            if part.startswith(_ONE):
                yield _one_line(part.removeprefix(_ONE))


def _of_docstrings(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        paragraphs = [textwrap.dedent(text) for text in (ast.get_docstring(node) or "").split("\n\n")]
        for index, paragraph in enumerate(paragraphs):
            if paragraph.startswith(_ONE):
                yield _one_line(paragraph.removeprefix(_ONE))
            elif paragraph.startswith(_MANY):
                rest = paragraph.removeprefix(_MANY).strip()
                listed = rest or (paragraphs[index + 1] if index + 1 < len(paragraphs) else "")
                yield from (_one_line(item) for item in _BULLET.split(listed) if item.strip())


def _one_line(text: str) -> str:
    return " ".join(text.split())


def main() -> None:
    """Renew the list in the document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(text.replace(documented(), section()), encoding="utf-8")


if __name__ == "__main__":
    main()
