"""Rows of an answer are held against a feature's table: the same rows, each as often, cell by cell."""

from __future__ import annotations

import pytest

from environment.checking.rows import must_have_rows


@pytest.mark.parametrize(
    ("found", "cell"),
    [
        ("10.0", "10"),
        ("1.0E1", "10"),
        ("-2.25", "-2.25"),
        ("10", "10.00"),
        ("007", "007"),
        ("", ""),
        (None, "(null)"),
        ("real", "in words"),
        ("no column grams in the file", 'mentions "grams"'),
    ],
)
def test_a_cell_as_it_is_written(found: str | None, cell: str) -> None:
    must_have_rows([{"a": found, "b": "x"}], [{"a": cell}], lambda text: "in words" if text == "real" else text)


@pytest.mark.parametrize(
    ("found", "cell"),
    [
        ("10.5", "10"),
        ("7", "007"),
        ("", "(null)"),
        (None, ""),
        (None, 'mentions "grams"'),
        ("no column plot in the file", 'mentions "grams"'),
        ("text", "(null)"),
    ],
)
def test_another_cell(found: str | None, cell: str) -> None:
    with pytest.raises(AssertionError, match="rows differ"):
        must_have_rows([{"a": found}], [{"a": cell}])


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [{"a": "1"}, {"a": "1"}],
        [{"a": "1"}, {"a": "2"}, {"a": "3"}],
        [{"a": "1"}, {"a": "2"}, {"a": "2"}],
        [{"b": "1"}, {"b": "2"}],
    ],
    ids=["none", "one twice", "one more", "one repeated", "another column"],
)
def test_other_rows(wrong: list[dict[str, str | None]]) -> None:
    expected = [{"a": "2"}, {"a": "1"}]
    must_have_rows([{"a": "1"}, {"a": "2"}], expected)
    with pytest.raises(AssertionError):
        must_have_rows(wrong, expected)


def test_rows_in_another_order() -> None:
    found: list[dict[str, str | None]] = [{"a": "2"}, {"a": "1"}]
    must_have_rows(found, [{"a": "2"}, {"a": "1"}], in_order=True)
    with pytest.raises(AssertionError, match="the rows come in another order: 2; 1"):
        must_have_rows(found, [{"a": "1"}, {"a": "2"}], in_order=True)


def test_a_column_that_nobody_expects() -> None:
    found: list[dict[str, str | None]] = [{"a": "1", "b": "2"}]
    must_have_rows(found, [{"a": "1"}])
    with pytest.raises(AssertionError, match="the columns are a, b; a were expected"):
        must_have_rows(found, [{"a": "1"}], no_other_columns=True)
