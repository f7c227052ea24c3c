"""Whoever reads that a sentence does not hold reads words: no assertion is left to pytest's explanation."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from environment.settings import ROOT

FOLDERS = ("steps", "environment/checking", "environment/driving")


def without_message(source: str) -> list[int]:
    """The lines of assertions that have no message, or an empty one."""
    asserts = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assert))
    return [
        each.lineno for each in asserts if not each.msg or (isinstance(each.msg, ast.Constant) and not each.msg.value)
    ]


@pytest.mark.parametrize(
    "path", [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))], ids=str
)
def test_every_assertion_has_a_message(path: Path) -> None:
    assert without_message(path.read_text(encoding="utf-8")) == []


def test_an_assertion_without_a_message_is_found() -> None:
    assert without_message("assert 1 == 2\nassert 1 == 2, ''\nassert 1 == 2, 'one is not two'") == [1, 2]
