"""Types by their names in Hive (Glue, Tabulator), in Arrow, in DuckDB and in Athena's answers."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyarrow as pa

from quilt_stack.aws.athena.catalogs import Column
from quilt_stack.aws.athena.failures import QueryFailure

_SIMPLE: dict[str, pa.DataType] = {
    "boolean": pa.bool_(),
    "tinyint": pa.int8(),
    "smallint": pa.int16(),
    "int": pa.int32(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "string": pa.string(),
    "binary": pa.binary(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
_DECIMAL = re.compile(r"decimal(?:\((\d+)(?:,\s*(\d+))?\))?")
_TEXT = re.compile(r"(?:var)?char\(\d+\)")

# DuckDB's name at the start of a type, and Athena's for it; the first that matches counts.
_ANSWERED = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r".*\]$", "array"),
        (r"MAP", "map"),
        (r"STRUCT", "row"),
        (r"DECIMAL", "decimal"),
        (r"TIMESTAMP WITH TIME ZONE", "timestamp with time zone"),
        (r"TIMESTAMP", "timestamp"),
        (r"TIME", "time"),
        (r"DATE", "date"),
        (r"INTERVAL", "interval day to second"),
        (r"HUGEINT|UHUGEINT|BIGINT|UBIGINT|UINTEGER", "bigint"),
        (r"INTEGER|USMALLINT", "integer"),
        (r"SMALLINT|UTINYINT", "smallint"),
        (r"TINYINT", "tinyint"),
        (r"DOUBLE", "double"),
        (r"FLOAT", "float"),
        (r"BOOLEAN", "boolean"),
        (r"BLOB", "varbinary"),
        (r"JSON", "json"),
    )
)

_ENGINE_NAMES = {
    "string": "varchar",
    "int": "integer",
    "float": "real",
    "binary": "varbinary",
    "timestamp": "timestamp(3)",
}

PRECISIONS = {
    "tinyint": 3,
    "smallint": 5,
    "integer": 10,
    "bigint": 19,
    "float": 17,
    "double": 17,
    "timestamp": 3,
    "varchar": 2147483647,
    "varbinary": 1073741824,
}
"""The ``Precision`` of a column in Athena's answers; 0 for other types."""


class UnknownTypeError(ValueError):
    """The text names no Hive type."""


def arrow_type(hive: str) -> pa.DataType:
    """The Arrow type for a Hive type.

    Raises:
        UnknownTypeError: there is no such type.
    """
    text = hive.strip().lower()
    if text in _SIMPLE:
        return _SIMPLE[text]
    if found := _DECIMAL.fullmatch(text):
        return pa.decimal128(int(found[1] or 10), int(found[2] or 0))
    if _TEXT.fullmatch(text):
        return pa.string()
    kind, _, inner = text.partition("<")
    parts = split_outside_brackets(inner[:-1]) if inner.endswith(">") else []
    if kind == "array" and len(parts) == 1:
        return pa.list_(arrow_type(parts[0]))
    if kind == "map" and len(parts) == 2:
        return pa.map_(arrow_type(parts[0]), arrow_type(parts[1]))
    if kind == "struct" and parts:
        fields = [part.partition(":") for part in parts]
        return pa.struct([(name.strip(), arrow_type(type_text)) for name, _, type_text in fields])
    raise UnknownTypeError(f"{hive!r} is no type of a Hive table")


def empty_table(columns: Iterable[Column]) -> pa.Table:
    """A table of these columns without rows.

    Raises:
        QueryFailure: one has no Hive type.
    """
    try:
        return pa.schema([(column.name, arrow_type(column.type)) for column in columns]).empty_table()
    except UnknownTypeError as error:
        raise QueryFailure(f"HIVE_INVALID_METADATA: {error}") from error


def engine_type(hive: str) -> str:
    """The name that Athena's engine has for a Hive type (Trino documentation, "Hive connector", type mapping)."""
    text = hive.strip().lower()
    kind, _, inner = text.partition("<")
    if not inner.endswith(">"):
        return _ENGINE_NAMES.get(text, text)
    parts = split_outside_brackets(inner[:-1])
    if kind == "struct":
        fields = [part.partition(":") for part in parts]
        return f"row({', '.join(f'{name.strip()} {engine_type(type_text)}' for name, _, type_text in fields)})"
    return f"{kind}({', '.join(map(engine_type, parts))})"


def answered_type(duckdb_type: str) -> str:
    """The name that Athena gives a result column of this DuckDB type."""
    return next((name for pattern, name in _ANSWERED if pattern.match(duckdb_type)), "varchar")


def split_outside_brackets(text: str) -> list[str]:
    """Parts of ``a:int,b:array<int>`` between those commas that are in no brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "<(") - (character in ">)")
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts
