"""What may stand under a step: a data table or a doc string, and which of them a sentence takes.

A step function takes a table as its parameter `datatable` and a doc string as `docstring` (pytest-bdd's names); with a
default value it can do without. `@columns` says which columns the table has: what the function gets is a list of rows,
each column to cell, and every table in the features is held against it before anything runs.
"""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

from environment.gherkin.document import StepLine, TableRow
from environment.nearest import unknown

TABLE = "datatable"
DOC_STRING = "docstring"
Rows = Sequence[Mapping[str, str]]
"""A table as a step function gets it: each row column to cell, without the empty cells of optional columns."""

_Function = TypeVar("_Function", bound=Callable[..., Any])
_COLUMNS = "table_columns"


class Takes(Enum):
    """Whether a sentence takes something."""

    NEVER = "never"
    MAYBE = "maybe"
    ALWAYS = "always"


@dataclass(frozen=True)
class CellWords:
    """What may stand in the cells of a column: these words, or what the pattern takes as well.

    `examples` show what the pattern takes.
    """

    words: tuple[str, ...]
    pattern: str = ""
    examples: tuple[str, ...] = ()

    def problem(self, column: str, cell: str) -> str | None:
        """Return in one line what is wrong with a cell, or None."""
        if cell in self.words or (self.pattern and re.fullmatch(self.pattern, cell, re.DOTALL)):
            return None
        return unknown(column, cell, self.shown)

    @property
    def shown(self) -> list[str]:
        """The words as lists and messages show them."""
        return [word or "an empty cell" for word in (*self.examples, *self.words)]


YES_OR_NO = CellWords(("yes", "no"))
ANYTHING = CellWords(("",), ".*")
"""Of an optional column in which an empty cell says something, too."""


@dataclass(frozen=True)
class Columns:
    """The columns of a table; `others`: any more may follow; `one_row`: there is one row under the header.

    `cells` has what may stand in a column, of those in which not anything may. An empty cell of an optional column
    says nothing, unless it is one of the column's words.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    others: bool = False
    one_row: bool = False
    cells: Mapping[str, CellWords] = field(default_factory=dict)

    def __str__(self) -> str:
        named = (*self.required, *(f"{each} (optional)" for each in self.optional))
        return ", ".join((*named, *(["any columns, named in the first row"] if self.others else [])))

    def says_nothing(self, column: str, cell: str) -> bool:
        """Whether a cell is as good as none: empty, where that is no word of an optional column."""
        means_something = column in self.cells and self.cells[column].problem(column, cell) is None
        return not cell and column in self.optional and not means_something

    def cell_problems(self, rows: Sequence[TableRow]) -> Iterator[tuple[int, str]]:
        """Yield (line, message) for each cell that means nothing."""
        for row in rows[1:]:
            for column, cell in zip(rows[0].cells, row.cells, strict=False):
                if column in self.cells and not self.says_nothing(column, cell):
                    wrong = self.cells[column].problem(column, cell)
                    if wrong:
                        yield row.line, wrong

    def said(self, header: Sequence[str], row: Sequence[str]) -> dict[str, str]:
        """A row as column to cell, without the cells that say nothing."""
        cells = zip(header, row, strict=True)
        return {column: cell for column, cell in cells if not self.says_nothing(column, cell)}

    def problems(self, header: Sequence[str]) -> Iterator[str]:
        """Yield in one line each what is wrong with the first row of a table."""
        yield from header_problems(header)
        known = (*self.required, *self.optional)
        for column in dict.fromkeys(header):
            if column and column not in known and not self.others:
                yield unknown("column", column, known)
        for column in self.required:
            if column not in header:
                yield f'the table has no column "{column}"; it needs: {self}'


def columns(
    *required: str,
    optional: Sequence[str] = (),
    others: bool = False,
    one_row: bool = False,
    cells: Mapping[str, CellWords] | None = None,
) -> Callable[[_Function], _Function]:
    """Say which columns the table of a step function has (see `Columns`), between `@when(...)` and the function."""

    def declare(function: _Function) -> _Function:
        setattr(function, _COLUMNS, Columns(required, tuple(optional), others, one_row, cells or {}))
        return function

    return declare


def columns_of(function: Callable[..., object]) -> Columns | None:
    """Return what `@columns` says of a step function, or None."""
    return getattr(function, _COLUMNS, None)


def takes(function: Callable[..., object], parameter: str) -> Takes:
    """Return whether a step function takes a table or a doc string, from its parameters."""
    found = inspect.signature(function).parameters.get(parameter)
    if found is None:
        return Takes.NEVER
    return Takes.ALWAYS if found.default is inspect.Parameter.empty else Takes.MAYBE


def read_table(function: Callable[..., object], arguments: dict[str, Any]) -> None:
    """Put rows in place of pytest-bdd's lists of cells, in the arguments of a step function that declares columns."""
    declared = columns_of(function)
    if arguments.get(TABLE) and declared is not None:
        header, *rows = arguments[TABLE]
        arguments[TABLE] = [declared.said(header, row) for row in rows]


def header_problems(header: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with any table's first row: a column without a name, or two of one name."""
    for column, number in Counter(header).items():
        if not column:
            yield "a column of the table has no name"
        elif number > 1:
            yield f'the table has {number} columns named "{column}"'


def argument_problems(
    step: StepLine, table: Takes, doc_string: Takes, declared: Columns | None
) -> Iterator[tuple[int, str]]:
    """Yield (line, message) for what stands under a step and should not, or should and does not."""
    if step.table and table is Takes.NEVER:
        yield step.table[0].line, f'"{step.text}" takes no table; remove it, or use another sentence'
    if not step.table and table is Takes.ALWAYS:
        which = f" with the columns {declared}" if declared else ""
        yield step.line, f'"{step.text}" needs a table{which}'
    if step.table and table is not Takes.NEVER and declared:
        for problem in declared.problems(step.table[0].cells):
            yield step.table[0].line, problem
        yield from declared.cell_problems(step.table)
        if len(step.table) == 1:
            yield step.table[0].line, "the table has a header and no rows; write at least one"
        if declared.one_row and len(step.table) > 2:
            yield step.table[2].line, f'"{step.text}" takes one row'
    if step.doc_string and doc_string is Takes.NEVER:
        yield step.doc_string.line, f'"{step.text}" takes no doc string; remove it, or use another sentence'
    if not step.doc_string and doc_string is Takes.ALWAYS:
        yield step.line, f'"{step.text}" needs a doc string: a text between two lines of """'
