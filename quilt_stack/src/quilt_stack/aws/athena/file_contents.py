"""CSV and Parquet files as columns of Arrow arrays.

Parsing is Arrow's alone: no file's content, name or header reaches DuckDB as anything but values.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as arrow_parquet

_ESCAPED_NULL = r"\N"
_BLOCK_BYTES = 4 * 1024 * 1024


class ContentError(ValueError):
    """A file's content is not what its table says; the message tells what is wrong, without the file's name."""


def csv_columns(content: bytes, *, delimiter: str, header_lines: int = 0, quote: str | None = '"') -> list[pa.Array]:
    """The columns of a CSV file by position, as text.

    Raises:
        ContentError: lines differ in the number of their fields, or the text is not UTF-8.
    """
    width = _width(content, delimiter, header_lines, quote)
    if not width:
        return []
    names = [f"f{position}" for position in range(width)]
    try:
        table = arrow_csv.read_csv(
            io.BytesIO(content),
            read_options=arrow_csv.ReadOptions(
                column_names=names, skip_rows=header_lines, block_size=max(_BLOCK_BYTES, _longest_line(content))
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, quote_char=quote or False, newlines_in_values=quote is not None
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise ContentError(_first_line(error)) from None
    return [column.combine_chunks() for column in table.columns]


def csv_columns_of_any_length(
    content: bytes, *, delimiter: str, header_lines: int, quote: str | None, width: int
) -> list[pa.Array]:
    """The first ``width`` columns as Hive reads them: what a line lacks is null, what it has beyond them is ignored."""
    try:
        columns = csv_columns(content, delimiter=delimiter, header_lines=header_lines, quote=quote)
    except ContentError:
        rows = list(_rows(content, delimiter, quote))[header_lines:]
        columns = [
            pa.array([row[position] if position < len(row) else None for row in rows], pa.string())
            for position in range(width)
        ]
    length = len(columns[0]) if columns else 0
    missing = [pa.nulls(length, pa.string())] * (width - len(columns))
    return columns[:width] + missing


def parquet_columns(content: bytes, names: Iterable[str]) -> tuple[int, dict[str, pa.Array]]:
    """Number of rows, and the columns with these names in whatever case; keys are the names as they were asked for.

    Raises:
        ContentError: the content is no Parquet file.
    """
    try:
        file = arrow_parquet.ParquetFile(io.BytesIO(content))
        stored = {name.lower(): name for name in reversed(file.schema_arrow.names)}
        wanted = {name: stored[name.lower()] for name in names if name.lower() in stored}
        table = file.read(columns=list(wanted.values()))
    except (pa.ArrowException, OSError) as error:
        raise ContentError(f"not a Parquet file that can be read: {_first_line(error)}") from None
    rows = int(file.metadata.num_rows)
    return rows, {name: _plain(table.column(source).combine_chunks()) for name, source in wanted.items()}


def strict_cast(values: pa.Array, type_: pa.DataType) -> pa.Array:
    """Values in another type, without loss.

    Raises:
        ContentError: the types have nothing in common, or a value does not fit.
    """
    if values.type == type_ or pa.types.is_null(values.type):
        return values.cast(type_)
    if not _are_related(values.type, type_):
        raise ContentError(f"expected {type_}, found {values.type}")
    try:
        return values.cast(type_)
    except pa.ArrowException as error:
        raise ContentError(_first_line(error)) from None


def parse_text(values: pa.Array, type_: pa.DataType) -> pa.Array:
    """Text of a CSV file in the type of its column; an empty field of another type than text is null.

    Raises:
        ContentError: a value is not of the type.
    """
    if pa.types.is_string(type_):
        return values
    if pa.types.is_binary(type_):
        return values.cast(type_)
    trimmed = pc.utf8_trim_whitespace(values)
    filled = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)
    try:
        return filled.cast(type_)
    except (pa.ArrowException, NotImplementedError) as error:
        raise ContentError(_first_line(error)) from None


def parse_text_or_null(values: pa.Array, type_: pa.DataType) -> pa.Array:
    """Text as Hive reads it: ``\\N`` and what is not of the column's type are null."""
    values = pc.if_else(pc.equal(values, _ESCAPED_NULL), pa.scalar(None, pa.string()), values)
    try:
        return parse_text(values, type_)
    except ContentError:
        return _each(values, lambda value: parse_text(value, type_), type_)


def _each(values: pa.Array, parse: Callable[[pa.Array], pa.Array], type_: pa.DataType) -> pa.Array:
    parsed: dict[str | None, object] = {}
    for value in pc.unique(values):
        try:
            parsed[value.as_py()] = parse(pa.array([value.as_py()], pa.string()))[0].as_py()
        except ContentError:
            parsed[value.as_py()] = None
    return pa.array([parsed[value] for value in values.to_pylist()], type_)


def _width(content: bytes, delimiter: str, header_lines: int, quote: str | None) -> int:
    """Number of fields in the first line that is no header."""
    for number, row in enumerate(_rows(content, delimiter, quote)):
        if number >= header_lines:
            return len(row)
    return 0


def _rows(content: bytes, delimiter: str, quote: str | None) -> Iterable[list[str]]:
    lines = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", errors="replace", newline="")
    form = {"delimiter": delimiter} if quote else {"delimiter": delimiter, "quoting": csv.QUOTE_NONE}
    try:
        for row in csv.reader(lines, quotechar=quote or '"', **form):
            if row:
                yield row
    except csv.Error as error:
        raise ContentError(_first_line(error)) from None


def _longest_line(content: bytes) -> int:
    return max(map(len, content.split(b"\n"))) + 1


def _plain(values: pa.Array) -> pa.Array:
    return values.dictionary_decode() if pa.types.is_dictionary(values.type) else values


def _are_related(found: pa.DataType, wanted: pa.DataType) -> bool:
    def number(type_: pa.DataType) -> bool:
        return bool(pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_))

    def text(type_: pa.DataType) -> bool:
        return bool(pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_string_view(type_))

    def data(type_: pa.DataType) -> bool:
        return bool(
            pa.types.is_binary(type_) or pa.types.is_large_binary(type_) or pa.types.is_fixed_size_binary(type_)
        )

    def moment(type_: pa.DataType) -> bool:
        return bool(pa.types.is_timestamp(type_) or pa.types.is_date(type_))

    return any(kind(found) and kind(wanted) for kind in (number, text, data, moment, pa.types.is_nested))


def _first_line(error: BaseException) -> str:
    return str(error).split("\n", maxsplit=1)[0]
