"""The four Iceberg tables of a bucket's packages, since version 1.70 (registry facts 9.4)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from quilt_stack.aws.athena.catalogs import Column
from quilt_stack.registry.packages import layout
from quilt_stack.tabulator.bucket_packages import BucketPackages


def _revisions(packages: BucketPackages) -> Iterator[tuple[Any, ...]]:
    for package, tag, top_hash in packages.pointers():
        if layout.is_timestamp(tag):
            yield package, datetime.fromtimestamp(int(tag), UTC).replace(tzinfo=None), top_hash


def _tags(packages: BucketPackages) -> Iterator[tuple[Any, ...]]:
    return (found for found in packages.pointers() if found.tag == layout.LATEST)


def _manifests(packages: BucketPackages) -> Iterator[tuple[Any, ...]]:
    for each in packages.manifests():
        yield each.top_hash, each.message, None if each.user_meta is None else json.dumps(each.user_meta)


def _entries(packages: BucketPackages) -> Iterator[tuple[Any, ...]]:
    for manifest in packages.manifests():
        for each in manifest.entries:
            hashed = (None, None) if each.hash is None else (each.hash.type, each.hash.value)
            yield (
                manifest.top_hash,
                each.logical_key,
                each.physical_key,
                *hashed,
                each.size,
                json.dumps(dict(each.meta)),
            )


def _strings(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "string") for name in names)


KINDS: dict[str, tuple[tuple[Column, ...], Callable[[BucketPackages], Iterator[tuple[Any, ...]]]]] = {
    "package_revision": (
        (Column("pkg_name", "string"), Column("timestamp", "timestamp"), Column("top_hash", "string")),
        _revisions,
    ),
    "package_tag": (_strings("pkg_name", "tag_name", "top_hash"), _tags),
    "package_manifest": (_strings("top_hash", "message", "metadata"), _manifests),
    "package_entry": (
        (
            *_strings("top_hash", "logical_key", "physical_key", "hash_type", "hash_value"),
            Column("size", "bigint"),
            Column("metadata", "string"),
        ),
        _entries,
    ),
}
"""Columns and rows, by what follows the bucket's name and an underscore."""
