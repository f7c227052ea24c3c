"""The stack's database of packages in ``AwsDataCatalog``: four Iceberg tables for each bucket (registry facts 9.4, 11).

A caller sees the tables of the buckets that they may list.

Decision: a stack of version 1.70 keeps these four alone, in a database of the name that real stacks were recorded to
have; the older tables and views are not kept (recorded otherwise: registry facts 11). They show the bucket
as it is at the moment of asking, Athena alone shows them and Glue does not, and an entry's metadata are all that the
manifest has (open: registry facts 11).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from quilt_stack.aws.athena import failures
from quilt_stack.aws.athena.caller import AWSCaller
from quilt_stack.aws.athena.catalogs import Column, Rows, Table
from quilt_stack.registry.packages import layout
from quilt_stack.registry.packages.manifest import Manifest, ManifestError

if TYPE_CHECKING:
    from quilt_stack.registry.packages.store import PackageStore
    from quilt_stack.tabulator.catalog import StoredTables

_COLUMNS: dict[str, dict[str, str]] = {
    "package_revision": {"pkg_name": "string", "timestamp": "timestamp", "top_hash": "string"},
    "package_tag": {"pkg_name": "string", "tag_name": "string", "top_hash": "string"},
    "package_manifest": {"top_hash": "string", "message": "string", "metadata": "string"},
    "package_entry": {
        **{"top_hash": "string", "logical_key": "string", "physical_key": "string", "hash_type": "string"},
        **{"hash_value": "string", "size": "bigint", "metadata": "string"},
    },
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
        """Four of each bucket."""
        return [
            Table(
                f"{bucket}_{kind}",
                tuple(Column(name, type_) for name, type_ in columns.items()),
                parameters={"table_type": "ICEBERG"},
            )
            for bucket in self._stored.buckets()
            if caller.may_list(bucket)
            for kind, columns in sorted(_COLUMNS.items())
        ]

    def read(self, caller: AWSCaller, database: str, table: Table) -> Rows:
        """The rows of a table.

        Raises:
            QueryFailure: the caller may not list the bucket, or a manifest of it cannot be read.
        """
        import pyarrow as pa

        from quilt_stack.aws.athena.column_types import arrow_type

        bucket, kind = next((table.name.removesuffix(f"_{each}"), each) for each in _COLUMNS if _is(table, each))
        if not caller.may_list(bucket):
            raise failures.access_denied(f"s3://{bucket}/")
        schema = pa.schema([(name, arrow_type(type_)) for name, type_ in _COLUMNS[kind].items()])
        read: dict[str, Callable[[str], Iterator[tuple[Any, ...]]]] = {
            "package_revision": self._revisions,
            "package_tag": self._tags,
            "package_manifest": self._manifests,
            "package_entry": self._entries,
        }
        try:
            rows = [dict(zip(schema.names, row, strict=True)) for row in read[kind](bucket)]
        except ManifestError as error:
            raise failures.QueryFailure(f"ICEBERG_BAD_DATA: {table.name}: {error}") from error
        return Rows(pa.Table.from_pylist(rows, schema=schema), scanned_bytes=0)

    def _pointers(self, bucket: str) -> Iterator[tuple[str, str, str]]:
        """Package, tag and top hash."""
        for package in self._packages.packages(bucket) or ():
            for pointer in self._packages.pointers(bucket, package):
                found = self._packages.pointed(bucket, package, pointer.tag)
                if found is not None:
                    yield package, pointer.tag, found.top_hash

    def _revisions(self, bucket: str) -> Iterator[tuple[Any, ...]]:
        for package, tag, top_hash in self._pointers(bucket):
            if layout.is_timestamp(tag):
                yield package, datetime.fromtimestamp(int(tag), UTC).replace(tzinfo=None), top_hash

    def _tags(self, bucket: str) -> Iterator[tuple[Any, ...]]:
        return (found for found in self._pointers(bucket) if found[1] == layout.LATEST)

    def _known(self, bucket: str) -> Iterator[Manifest]:
        for top_hash in sorted({top_hash for _, _, top_hash in self._pointers(bucket)}):
            manifest = self._packages.manifest(bucket, top_hash)
            if manifest is not None:
                yield manifest

    def _manifests(self, bucket: str) -> Iterator[tuple[Any, ...]]:
        for each in self._known(bucket):
            yield each.top_hash, each.message, None if each.user_meta is None else json.dumps(each.user_meta)

    def _entries(self, bucket: str) -> Iterator[tuple[Any, ...]]:
        for manifest in self._known(bucket):
            for each in manifest.entries:
                hashed = (None, None) if each.hash is None else (each.hash.type, each.hash.value)
                meta = json.dumps(dict(each.meta))
                yield manifest.top_hash, each.logical_key, each.physical_key, *hashed, each.size, meta


def _is(table: Table, kind: str) -> bool:
    return table.name.endswith(f"_{kind}")
