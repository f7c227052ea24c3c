"""``information_schema``: what a data catalog holds, as tables to be queried.

Clients fall back on it, SQLAlchemy's dialect to tell whether a table is there (AWS documentation, "Query the Glue Data
Catalog"). It shows a caller what the catalog itself shows: databases that the caller may not see are not in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from quilt_stack.aws.athena.caller import AWSCaller
from quilt_stack.aws.athena.catalogs import Column, DataCatalog, Rows, Table

if TYPE_CHECKING:
    import pyarrow as pa

NAME = "information_schema"

Row = tuple[str | int | None, ...]

_TABLES = {
    "schemata": ("catalog_name", "schema_name"),
    "tables": ("table_catalog", "table_schema", "table_name", "table_type"),
    "columns": (
        *("table_catalog", "table_schema", "table_name", "column_name", "ordinal_position"),
        *("column_default", "is_nullable", "data_type", "comment", "extra_info"),
    ),
    "views": ("table_catalog", "table_schema", "table_name", "view_definition"),
}
_NUMBERS = ("ordinal_position",)
_KINDS = {"VIRTUAL_VIEW": "VIEW"}


class InformationSchema:
    """The database ``information_schema`` of one data catalog."""

    type = "GLUE"
    description = ""

    def __init__(self, name: str, catalog: DataCatalog) -> None:
        self._name = name.lower()
        self._catalog = catalog

    def databases(self, caller: AWSCaller) -> list[str]:
        """Its own name alone."""
        return [NAME]

    def tables(self, caller: AWSCaller, database: str) -> list[Table]:
        """Its four tables."""
        return [
            Table(name, tuple(Column(column, "bigint" if column in _NUMBERS else "string") for column in columns))
            for name, columns in _TABLES.items()
        ]

    def read(self, caller: AWSCaller, database: str, table: Table) -> Rows:
        """What the caller sees of the catalog; nothing is scanned for it."""
        sources: dict[str, Callable[[AWSCaller], Iterable[Row]]] = {
            "schemata": lambda who: ((self._name, each) for each in [*self._catalog.databases(who), NAME]),
            "tables": self._described_tables,
            "columns": self._described_columns,
            "views": lambda who: (row for row in self._described_tables(who) if row[3] == "VIEW"),
        }
        return Rows(_arrow_table(table, list(sources[table.name](caller))), scanned_bytes=0)

    def _described_tables(self, caller: AWSCaller) -> Iterator[Row]:
        for database, table in self._all(caller):
            yield self._name, database, table.name, _KINDS.get(table.type, "BASE TABLE")

    def _described_columns(self, caller: AWSCaller) -> Iterator[Row]:
        from quilt_stack.aws.athena.column_types import engine_type

        for database, table in self._all(caller):
            for position, column in enumerate(table.all_columns, 1):
                kind = "partition key" if column in table.partitions else None
                place = (self._name, database, table.name, column.name, position)
                yield (*place, None, "YES", engine_type(column.type), column.comment or None, kind)

    def _all(self, caller: AWSCaller) -> Iterator[tuple[str, Table]]:
        for database in self._catalog.databases(caller):
            for table in self._catalog.tables(caller, database) or ():
                yield database, table


def _arrow_table(table: Table, rows: list[Row]) -> pa.Table:
    import pyarrow as pa

    from quilt_stack.aws.athena.column_types import arrow_type

    columns = [
        pa.array([row[position] for row in rows], arrow_type(column.type))
        for position, column in enumerate(table.columns)
    ]
    return pa.table(columns, names=[column.name for column in table.columns])
