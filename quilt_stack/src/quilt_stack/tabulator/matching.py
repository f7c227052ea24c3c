"""The files of a table: those whose names match, in the latest revisions of the packages whose names match."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quilt_stack.registry.administration.tabulator_configuration import TableConfiguration
from quilt_stack.registry.packages.layout import LATEST

if TYPE_CHECKING:
    from quilt_stack.registry.packages.store import PackageStore


@dataclass(frozen=True)
class MatchedFile:
    """A file of a package; ``groups`` are the values of the columns that named groups give."""

    package: str
    top_hash: str
    logical_key: str
    physical_key: str
    groups: tuple[str | None, ...]


def matched_files(packages: PackageStore, bucket: str, configuration: TableConfiguration) -> Iterator[MatchedFile]:
    """The files, by package and logical key.

    Raises:
        ManifestError: a latest revision cannot be read.
    """
    names = sorted(packages.packages(bucket) or {})
    for name, of_package in zip(names, configuration.package_name.search(names), strict=True):
        latest = None if of_package is None else packages.pointed(bucket, name, LATEST)
        manifest = None if latest is None else packages.manifest(bucket, latest.top_hash)
        if of_package is None or manifest is None:
            continue
        entries = sorted(manifest.entries, key=lambda entry: entry.logical_key)
        found = configuration.logical_key.search([entry.logical_key for entry in entries])
        for entry, of_file in zip(entries, found, strict=True):
            if of_file is not None:
                groups = (*of_package.values(), *of_file.values())
                yield MatchedFile(name, manifest.top_hash, entry.logical_key, entry.physical_key, groups)
