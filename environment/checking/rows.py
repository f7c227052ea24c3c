"""Comparing the rows of an answer with a table in a feature, in which a cell is a text.

| cell             | what is there                                     |
|------------------|---------------------------------------------------|
| `10`, `-2.25`    | this number, however it is written                |
| `(null)`         | nothing, not even an empty text                   |
| `mentions "a b"` | a text that has these words in it                 |
| anything else    | this very text; an empty cell is an empty text    |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from environment.checking.comparing import must_be_exactly

NULL = "(null)"
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:E-?\d+)?")
_MENTIONS = re.compile(r'mentions "([^"]+)"')


def must_have_rows(
    found: Sequence[Mapping[str, str | None]],
    expected: Sequence[Mapping[str, str]],
    in_words: Callable[[str], str] = str,
    *,
    in_order: bool = False,
    no_other_columns: bool = False,
) -> None:
    """Pass if the same rows are in both, each as often; in the columns that are expected.

    Args:
        found: each row column to text, None for nothing.
        expected: the rows of a feature's table.
        in_words: what a feature writes for a text that was found.
        in_order: whether the order matters.
        no_other_columns: whether there must be no others.

    Raises:
        AssertionError: it names what is missing, and what was not expected.
    """
    columns = list(expected[0])
    for row in found:
        right = row.keys() == set(columns) if no_other_columns else row.keys() >= set(columns)
        assert right, f"the columns are {', '.join(row)}; {', '.join(columns)} were expected"
    mentions = {name: {row[name] for row in expected if _MENTIONS.fullmatch(row[name])} for name in columns}

    def written(row: Mapping[str, str | None], column: str) -> str:
        text = row[column]
        if text is None:
            return NULL
        mentioned = [cell for cell in mentions[column] if _MENTIONS.sub(r"\1", cell) in text]
        return mentioned[0] if mentioned else _canonical(in_words(text))

    have = [tuple(written(row, column) for column in columns) for row in found]
    wanted = [tuple(_canonical(row[column]) for column in columns) for row in expected]
    must_be_exactly(have, wanted, "rows")
    if in_order:
        order = "; ".join(" ".join(row) for row in have)
        assert have == wanted, f"the rows come in another order: {order}"


def _canonical(cell: str) -> str:
    return f"{Decimal(cell).normalize():f}" if _NUMBER.fullmatch(cell) else cell
