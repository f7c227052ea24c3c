"""What stacks before version 1.70 show of a bucket's packages: two tables and two views (registry facts 9.6, 11).

The tables are what lies below ``.quilt`` in the bucket, line by line; the views put names and contents together.

Decision: lines of a manifest that are no JSON objects are left out; a package's metadata are there both by themselves,
as clients of real stacks read them, and inside of ``meta``, as the documentation did; an object has one physical key
(open: registry facts 9.6).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from quilt_stack.aws.athena.catalogs import Column
from quilt_stack.aws.s3_reading import stored_keys, stored_object
from quilt_stack.registry.packages import layout
from quilt_stack.tabulator.bucket_packages import BucketPackages

_Kinds = dict[str, tuple[tuple[Column, ...], Callable[[BucketPackages], Iterator[tuple[Any, ...]]]]]

PATH = Column("$path", "string")
"""The file of a row, for queries that name it."""
_FROM_LINES = "from deserializer"  # recorded (registry facts 11)
_HASH = "struct<type:string,value:string>"


def _lines(bucket: str, prefix: str) -> Iterator[tuple[str, str]]:
    """The place of each object below a prefix with each line in it."""
    for key in sorted(stored_keys(bucket, prefix) or ()):
        found = stored_object(bucket, key)
        for line in [] if found is None else found.content.decode(errors="replace").split("\n"):
            if line.strip():
                yield f"s3://{bucket}/{key}", line


def _manifests(packages: BucketPackages) -> Iterator[tuple[Any, ...]]:
    for place, line in _lines(packages.bucket, layout.MANIFEST_PREFIX):
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict):
            yield *(_value(row.get(column.name), column.type) for column in TABLES["manifests"][0]), place


def _value(found: Any, type_: str) -> Any:
    """A value as the column has it: text as it is, anything else that a text column gets as JSON."""
    return json.dumps(found) if type_ == "string" and not isinstance(found, str | None) else found


def _packages(packages: BucketPackages) -> Iterator[tuple[Any, ...]]:
    return ((line, place) for place, line in _lines(packages.bucket, layout.POINTER_PREFIX))


def _packages_view(packages: BucketPackages) -> Iterator[tuple[Any, ...]]:
    for package, tag, top_hash in packages.pointers():
        manifest = packages.manifest(top_hash)
        if manifest is not None:
            about: Mapping[str, Any] = {} if manifest.user_meta is None else {"user_meta": manifest.user_meta}
            user_meta = None if manifest.user_meta is None else json.dumps(manifest.user_meta)
            yield package, tag, top_hash, manifest.message, user_meta, json.dumps(about)


def _objects_view(packages: BucketPackages) -> Iterator[tuple[Any, ...]]:
    for package, tag, top_hash in packages.pointers():
        manifest = packages.manifest(top_hash)
        for each in () if manifest is None else manifest.entries:
            hashed = None if each.hash is None else each.hash.as_dict()
            meta = json.dumps(dict(each.meta))
            yield package, tag, top_hash, each.logical_key, each.physical_key, each.size, hashed, meta


def _columns(comment: str = "", **types: str) -> tuple[Column, ...]:
    return tuple(Column(name, type_, comment) for name, type_ in types.items())


_TEXTS = dict.fromkeys(("meta", "user_meta", "message", "version"), "string")
TABLES: _Kinds = {
    "manifests": (
        _columns(_FROM_LINES, logical_key="string", physical_keys="array<string>", size="bigint", hash=_HASH, **_TEXTS),
        _manifests,
    ),
    "packages": (_columns(hash="string"), _packages),
}
"""Columns and rows, by what follows the bucket's name and an underscore; each row has its file besides."""
PREFIXES = {"manifests": layout.MANIFEST_PREFIX, "packages": layout.POINTER_PREFIX}
"""Where in the bucket the lines of a table lie (registry facts 9.6)."""

_NAMED = {"pkg_name": "string", "timestamp": "string", "top_hash": "string"}
_OBJECT = {"logical_key": "string", "physical_key": "string", "size": "bigint", "hash": _HASH, "meta": "string"}
VIEWS: _Kinds = {
    "packages-view": (_columns(**_NAMED, message="string", user_meta="string", meta="string"), _packages_view),
    "objects-view": (_columns(**_NAMED, **_OBJECT), _objects_view),
}
"""The same; a row for each pointer of a package, whose last part is the ``timestamp``."""
