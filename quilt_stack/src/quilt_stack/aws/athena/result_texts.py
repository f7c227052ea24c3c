"""Values as Athena writes them, in its answers and in result files: everything is text, null is nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH_ROWS = 8192
_DAY_MILLISECONDS = 86_400_000
# Java, in which Athena is written, uses exponents outside of these bounds (Java documentation, "Double.toString").
_PLAIN_FROM, _PLAIN_BELOW = 1e-3, 1e7


def text_rows(table: pa.Table) -> Iterator[list[str | None]]:
    """The rows of a result as texts, in batches so that a large one does not stand in memory twice."""
    for batch in table.to_batches(max_chunksize=_BATCH_ROWS):
        columns = [_column_texts(column) for column in batch.columns]
        yield from (list(row) for row in zip(*columns, strict=True))


def _column_texts(column: pa.Array) -> list[str | None]:
    import pyarrow as pa

    values = column.to_pylist()
    if pa.types.is_float32(column.type):
        return [None if value is None else _float_text(value, "f") for value in values]
    return [value_text(value) for value in values]


def value_text(value: Any) -> str | None:
    """The text of one value; None for null."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_text(value, "d")
    if isinstance(value, datetime):
        zone = "" if value.tzinfo is None else " UTC"
        return f"{value:%Y-%m-%d %H:%M:%S}.{value.microsecond // 1000:03d}{zone}"
    if isinstance(value, time):
        return f"{value:%H:%M:%S}.{value.microsecond // 1000:03d}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex(" ")
    if isinstance(value, dict):
        return _braced(value.items())
    if isinstance(value, tuple) and hasattr(value, "nanoseconds"):
        return _interval_text(value)
    if isinstance(value, list):
        return _list_text(value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _interval_text(value: Any) -> str:
    """``1-2`` for years and months, ``3 04:05:06.007`` for days and less (Trino documentation, "Data types")."""
    if value.months:
        years, months = divmod(abs(value.months), 12)
        return f"{'-' if value.months < 0 else ''}{years}-{months}"
    milliseconds = value.days * _DAY_MILLISECONDS + value.nanoseconds // 1_000_000
    sign = "-" if milliseconds < 0 else ""
    days, rest = divmod(abs(milliseconds), _DAY_MILLISECONDS)
    seconds, thousandths = divmod(rest, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{days} {hours:02d}:{minutes:02d}:{seconds:02d}.{thousandths:03d}"


def _list_text(value: list[Any]) -> str:
    """An array, or a map, which Arrow hands out as pairs."""
    if value and all(isinstance(each, tuple) for each in value):
        return _braced(value)
    return "[" + ", ".join(_inner(each) for each in value) + "]"


def _braced(items: Any) -> str:
    return "{" + ", ".join(f"{_inner(key)}={_inner(value)}" for key, value in items) + "}"


def _inner(value: Any) -> str:
    text = value_text(value)
    return "null" if text is None else text


def _float_text(value: float, width: str) -> str:
    """A number as Java writes it; ``width`` is ``f`` for one of 32 bits, whose shortest form is another one."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    shortest = _shortest_single(value) if width == "f" else repr(value)
    if value == 0 or _PLAIN_FROM <= abs(value) < _PLAIN_BELOW:
        plain = f"{Decimal(shortest):f}"
        return plain if "." in plain else f"{plain}.0"
    sign, digits, exponent = Decimal(shortest).as_tuple()
    stripped = "".join(map(str, digits)).rstrip("0") or "0"
    magnitude = len(digits) + int(exponent) - 1
    return f"{'-' if sign else ''}{stripped[0]}.{stripped[1:] or '0'}E{magnitude}"


def _shortest_single(value: float) -> str:
    import numpy as np

    return str(np.float32(value))
