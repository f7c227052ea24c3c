"""What an empty cell of a table says: nothing in an optional column, unless the column has a word for it."""

from __future__ import annotations

from typing import Any

from environment.gherkin.document import TableRow
from environment.gherkin.step_arguments import ANYTHING, YES_OR_NO, CellWords, Columns, Rows, columns, read_table

COLUMNS: dict[str, Any] = {
    "optional": ("signed in", "content", "role", "tags"),
    "cells": {"sure": YES_OR_NO, "signed in": YES_OR_NO, "content": CellWords(("empty", "")), "tags": ANYTHING},
}


@columns("name", "sure", **COLUMNS)
def people(datatable: Rows) -> None:
    """A step function."""


def test_an_empty_cell_is_as_if_the_column_were_not_there() -> None:
    arguments = {
        "datatable": [
            ["name", "sure", "signed in", "content", "role", "tags"],
            ["Nora", "yes", "", "", "", ""],
            ["", "no", "yes", "empty", "viewer", "a, b"],
        ]
    }
    read_table(people, arguments)
    nora, nobody = arguments["datatable"]
    assert nora == {"name": "Nora", "sure": "yes", "content": "", "tags": ""}
    assert nobody == {
        "name": "",
        "sure": "no",
        "signed in": "yes",
        "content": "empty",
        "role": "viewer",
        "tags": "a, b",
    }


def test_lint_takes_an_empty_cell_for_a_word_only_where_something_must_be_said() -> None:
    table = Columns(("name", "sure"), **COLUMNS)
    rows = [TableRow(("name", "sure", "signed in"), 1), TableRow(("Nora", "yes", ""), 2), TableRow(("M", "", "no"), 3)]
    assert list(table.cell_problems(rows)) == [(3, 'unknown sure ""; known: yes, no')]
    assert list(table.cell_problems([rows[0], TableRow(("Nora", "yes", "maybe"), 4)])) == [
        (4, 'unknown signed in "maybe"; known: yes, no')
    ]
