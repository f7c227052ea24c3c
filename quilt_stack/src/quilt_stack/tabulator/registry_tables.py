"""What the registry's database keeps about tables, for the query side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from quilt_stack.registry.administration import buckets, tabulator_tables
from quilt_stack.registry.database import Role

if TYPE_CHECKING:
    from quilt_stack.registry.database import Database


class RegistryTables:
    """Answers from the database at the moment of asking, so that a change counts at once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def buckets(self) -> list[str]:
        """Names of the registered buckets, sorted."""
        with self._database.reading() as session:
            return buckets.registered_names(session)

    def tables(self, bucket: str) -> dict[str, str]:
        """YAML configurations of a bucket's tables by name."""
        with self._database.reading() as session:
            return {table.name: table.config for table in tabulator_tables.tables(session, bucket)}

    def open_query(self) -> bool:
        """Whether AWS permissions alone decide who queries."""
        with self._database.reading() as session:
            return tabulator_tables.open_query(session)

    def is_stack_role(self, role_arn: str) -> bool:
        """Whether the ARN is one of the registry's roles."""
        with self._database.reading() as session:
            return session.scalar(select(Role.id).where(Role.arn == role_arn)) is not None
