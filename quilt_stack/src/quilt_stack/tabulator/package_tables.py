"""The stack's database of packages in ``AwsDataCatalog``: tables and views of each bucket (registry facts 9.4, 11).

Four Iceberg tables since version 1.70, and the two tables and two views that stacks had before, which were recorded. A
caller sees those of the buckets that they may list.

Decision: all are in one database, of the name that real stacks were recorded to have, although the older ones are gone
where the newer ones are; whoever asks for either finds it. They show the bucket as it is at the moment of asking, Glue
tells where the lines lie of the two older tables alone, and an entry's metadata are all that the manifest has (open:
registry facts 9.6, 11).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quilt_stack.aws.athena import failures
from quilt_stack.aws.athena.caller import AWSCaller
from quilt_stack.aws.athena.catalogs import Column, Rows, Table
from quilt_stack.registry.packages.manifest import ManifestError
from quilt_stack.tabulator import iceberg_tables, older_tables
from quilt_stack.tabulator.bucket_packages import BucketPackages

if TYPE_CHECKING:
    from quilt_stack.registry.packages.store import PackageStore
    from quilt_stack.tabulator.catalog import StoredTables

_Reading = Callable[[BucketPackages], Iterator[tuple[Any, ...]]]


@dataclass(frozen=True)
class _Kind:
    """One of the tables that each bucket has: how it is described, and where its rows come from."""

    columns: tuple[Column, ...]
    rows: _Reading
    type: str = "EXTERNAL_TABLE"
    iceberg: bool = False
    hidden: tuple[Column, ...] = ()
    prefix: str = ""

    def of(self, bucket: str, name: str) -> Table:
        """The table of one bucket, by what follows the bucket's name."""
        iceberg = {"table_type": "ICEBERG"} if self.iceberg else {}
        location = {"location": f"s3://{bucket}/{self.prefix}"} if self.prefix else {}
        return Table(
            f"{bucket}_{name}",
            self.columns,
            type=self.type,
            parameters={**iceberg, **location},
            hidden=self.hidden,
        )


_KINDS: dict[str, _Kind] = {
    **{name: _Kind(columns, rows, iceberg=True) for name, (columns, rows) in iceberg_tables.KINDS.items()},
    **{
        name: _Kind(columns, rows, hidden=(older_tables.PATH,), prefix=older_tables.PREFIXES[name])
        for name, (columns, rows) in older_tables.TABLES.items()
    },
    **{name: _Kind(columns, rows, type="VIRTUAL_VIEW") for name, (columns, rows) in older_tables.VIEWS.items()},
}


class PackageTables:
    """The database, for `Cloud.add_database`."""

    type = "GLUE"
    description = "The packages of the stack's buckets"

    def __init__(self, stored: StoredTables, packages: PackageStore) -> None:
        self._stored = stored
        self._packages = packages

    def databases(self, caller: AWSCaller) -> list[str]:
        """None besides itself."""
        return []

    def tables(self, caller: AWSCaller, database: str) -> list[Table]:
        """Those of each bucket."""
        return [
            kind.of(bucket, name)
            for bucket in self._stored.buckets()
            if caller.may_list(bucket)
            for name, kind in sorted(_KINDS.items())
        ]

    def read(self, caller: AWSCaller, database: str, table: Table) -> Rows:
        """The rows of a table.

        Raises:
            QueryFailure: the caller may not list the bucket, or a manifest of it cannot be read.
        """
        import pyarrow as pa

        from quilt_stack.aws.athena.column_types import arrow_type

        bucket, _, name = table.name.partition("_")  # no bucket's name has an underscore
        if not caller.may_list(bucket):
            raise failures.access_denied(f"s3://{bucket}/")
        kind = _KINDS[name]
        schema = pa.schema([(each.name, arrow_type(each.type)) for each in (*kind.columns, *kind.hidden)])
        try:
            found = kind.rows(BucketPackages(bucket, self._packages))
            rows = [dict(zip(schema.names, row, strict=True)) for row in found]
        except ManifestError as error:
            raise failures.QueryFailure(f"ICEBERG_BAD_DATA: {table.name}: {error}") from error
        return Rows(pa.Table.from_pylist(rows, schema=schema), scanned_bytes=0)
