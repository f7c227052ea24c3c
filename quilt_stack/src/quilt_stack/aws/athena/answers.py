"""A query's answer as GetQueryResults gives it: pages of rows in which every value is text."""

from __future__ import annotations

from typing import Any

from quilt_stack.aws.athena.executions import Answer

_LARGEST_PAGE = 1000


def page_of(answer: Answer, size: int | None, token: str | None) -> dict[str, Any]:
    """One page; ``token`` is what the page before gave as ``NextToken``.

    Raises:
        ValueError: the size is not 1 to 1000, or the token is no page's.
    """
    length = _LARGEST_PAGE if size is None else int(size)
    if not 1 <= length <= _LARGEST_PAGE:
        raise ValueError(f"MaxResults is more than maximum allowed length {_LARGEST_PAGE}.")
    total = len(answer.rows) + answer.has_header
    if token is not None and (not token.isdecimal() or int(token) >= total):
        raise ValueError(f"Invalid NextToken: {token}")
    start = int(token or 0)
    page: dict[str, Any] = {
        "UpdateCount": 0,
        "ResultSet": {
            "Rows": [{"Data": [_value(text) for text in row]} for row in _rows(answer, start, length)],
            "ResultSetMetadata": {
                "ColumnInfo": [_column(*column) for column in zip(answer.names, answer.types, strict=True)]
            },
        },
    }
    if start + length < total:
        page["NextToken"] = str(start + length)
    return page


def _rows(answer: Answer, start: int, length: int) -> list[list[str | None]]:
    if isinstance(answer.rows, list):
        return answer.rows[start : start + length]
    from quilt_stack.aws.athena.result_texts import text_rows

    header: list[list[str | None]] = [list(answer.names)] if start == 0 else []
    first = max(start - 1, 0)
    return header + list(text_rows(answer.rows.slice(first, length - len(header))))


def _value(text: str | None) -> dict[str, str]:
    return {} if text is None else {"VarCharValue": text}


def _column(name: str, type_: str) -> dict[str, Any]:
    from quilt_stack.aws.athena.column_types import PRECISIONS

    return {
        "CatalogName": "hive",
        "SchemaName": "",
        "TableName": "",
        "Name": name,
        "Label": name,
        "Type": type_,
        "Precision": PRECISIONS.get(type_, 0),
        "Scale": 0,
        "Nullable": "UNKNOWN",
        "CaseSensitive": type_ == "varchar",
    }
