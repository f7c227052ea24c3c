"""The statement that would create a table: the answer of SHOW CREATE TABLE, in the form that Hive gives it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from quilt_stack.aws.athena import failures
from quilt_stack.aws.athena.catalogs import Column, Table

_LIBRARY, _SERDE_PARAMETER = "serde.serialization.lib", "serde.param."
_STORAGE = ("location", "inputformat", "outputformat", _LIBRARY)


def own_parameters(table: Table) -> dict[str, str]:
    """The parameters of the table itself, without those that say where and how it is stored."""
    return {
        name: value
        for name, value in table.parameters.items()
        if name not in _STORAGE and not name.startswith(_SERDE_PARAMETER)
    }


def creation(table: Table) -> list[str]:
    """The statement's lines.

    Raises:
        QueryFailure: nothing is known of where the table lies, as for those of Tabulator.
    """
    stored = table.parameters
    if "location" not in stored:
        raise failures.QueryFailure(f"NOT_SUPPORTED: {table.name} is no table of the Glue catalog")
    serde = {
        name.removeprefix(_SERDE_PARAMETER): value
        for name, value in stored.items()
        if name.startswith(_SERDE_PARAMETER)
    }
    lines = [f"CREATE EXTERNAL TABLE {_quoted(table.name)}(", *_columns(table.columns)]
    if table.partitions:
        lines += ["PARTITIONED BY ( ", *_columns(table.partitions)]
    if _LIBRARY in stored:
        lines += ["ROW FORMAT SERDE ", f"  {_text(stored[_LIBRARY])} "]
    if serde:
        lines += ["WITH SERDEPROPERTIES ( ", *_properties(serde)]
    if "inputformat" in stored and "outputformat" in stored:
        lines += ["STORED AS INPUTFORMAT ", f"  {_text(stored['inputformat'])} "]
        lines += ["OUTPUTFORMAT ", f"  {_text(stored['outputformat'])}"]
    lines += ["LOCATION", f"  {_text(stored['location'])}"]
    own = own_parameters(table)
    return [*lines, "TBLPROPERTIES (", *_properties(own)] if own else lines


def _columns(columns: Iterable[Column]) -> list[str]:
    return _listed(
        f"{_quoted(column.name)} {column.type}" + (f" COMMENT {_text(column.comment)}" if column.comment else "")
        for column in columns
    )


def _properties(properties: Mapping[str, str]) -> list[str]:
    return _listed(f"{_text(name)}={_text(value)}" for name, value in sorted(properties.items()))


def _listed(items: Iterable[str]) -> list[str]:
    lines = [f"  {item}, " for item in items]
    return [*lines[:-1], lines[-1].removesuffix(", ") + ")"] if lines else ["  )"]


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
