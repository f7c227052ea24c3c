"""All rows of the registry's database as data for a snapshot, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DatabaseError

from quilt_stack.registry.database import Base
from quilt_stack.snapshot.errors import DamagedError

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.orm import Session

Rows = Mapping[str, Mapping[str, Any]]
"""By table: ``columns``, a list of names, and ``rows``, lists of values as SQLite has them."""


def all_rows(session: Session) -> Rows:
    """Every row of every table."""
    # SQLAlchemy has its own kind of text for names.
    return {str(table.name): {"columns": _columns(table), "rows": _rows(session, table)} for table in _tables()}


def replace_rows(session: Session, rows: Rows) -> None:
    """Put these in the place of all rows; takes effect with the session's transaction.

    Raises:
        DamagedError: they are not those of these tables.
    """
    tables = {table.name: table for table in _tables()}
    if {name: _columns(table) for name, table in tables.items()} != {name: rows[name]["columns"] for name in rows}:
        raise DamagedError("other tables or columns")
    connection = session.connection()
    try:
        for table in reversed(_tables()):
            connection.exec_driver_sql(f'DELETE FROM "{table.name}"')
        for name, table in tables.items():
            if found := [tuple(row) for row in rows[name]["rows"]]:
                places = ", ".join("?" * len(table.columns))
                connection.exec_driver_sql(f'INSERT INTO "{name}" ({_quoted(table)}) VALUES ({places})', found)
    except DatabaseError as error:
        raise DamagedError(f"rows that the database refuses ({type(error.orig).__name__})") from error


def _tables() -> list[Table]:
    """Each after those that it refers to."""
    return list(Base.metadata.sorted_tables)


def _columns(table: Table) -> list[str]:
    return [str(column.name) for column in table.columns]


def _quoted(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns)


def _rows(session: Session, table: Table) -> list[list[Any]]:
    found = session.connection().exec_driver_sql(f'SELECT {_quoted(table)} FROM "{table.name}" ORDER BY rowid')
    return [list(row) for row in found]
