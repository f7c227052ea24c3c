"""Data catalogs: where a query finds the tables that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from quilt_stack.aws.athena.caller import AWSCaller

if TYPE_CHECKING:
    import pyarrow as pa

GLUE_CATALOG = "AwsDataCatalog"
DEFAULT_DATABASE = "default"


@dataclass(frozen=True)
class Column:
    """A column; ``type`` in Hive's words (``bigint``, ``array<string>``)."""

    name: str
    type: str
    comment: str = ""


@dataclass(frozen=True)
class Table:
    """What is known of a table without reading it; ``partitions`` are the columns that come from paths.

    ``partition_values`` has a value for each of them, for every partition that is known. ``parameters`` are those that
    Athena tells of the table, such as ``location``. ``hidden`` are columns that a query can name and a star leaves out.
    """

    name: str
    columns: tuple[Column, ...]
    partitions: tuple[Column, ...] = ()
    partition_values: tuple[tuple[str, ...], ...] = ()
    type: str = "EXTERNAL_TABLE"
    created_at: float = 0.0
    parameters: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[Column, ...] = ()

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """The columns as a query sees them."""
        return self.columns + self.partitions


@dataclass(frozen=True)
class Rows:
    """A table that was read; ``scanned_bytes`` is the size of the files that it was read from."""

    table: pa.Table
    scanned_bytes: int


class DataCatalog(Protocol):
    """Databases and tables. Each method answers for one caller and raises `QueryFailure` where Athena would fail.

    A database that the caller may not see is not there.
    """

    type: str
    """GLUE or LAMBDA."""
    description: str

    def databases(self, caller: AWSCaller) -> list[str]:
        """Names of the databases, sorted."""

    def tables(self, caller: AWSCaller, database: str) -> list[Table] | None:
        """Tables of a database by name; None if there is no such database."""

    def read(self, caller: AWSCaller, database: str, table: Table) -> Rows:
        """The rows of a table, as the caller may see them.

        Raises:
            QueryFailure: a file cannot be read, by anybody or by the caller.
        """


def find_table(catalog: DataCatalog, caller: AWSCaller, database: str, name: str) -> Table | None:
    """A table by name, in any case if none has it exactly; None if the database or the table is not there."""
    alike = [table for table in catalog.tables(caller, database) or [] if table.name.lower() == name.lower()]
    return next((table for table in alike if table.name == name), next(iter(alike), None))
