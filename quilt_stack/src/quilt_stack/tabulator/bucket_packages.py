"""The packages of one bucket as tables show them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from quilt_stack.registry.packages.manifest import Manifest
    from quilt_stack.registry.packages.store import PackageStore


class Pointed(NamedTuple):
    """A pointer with what it points to."""

    package: str
    tag: str
    top_hash: str


class BucketPackages:
    """The pointers and manifests of one bucket, for one query, which reads each manifest once."""

    def __init__(self, bucket: str, packages: PackageStore) -> None:
        self.bucket = bucket
        self._packages = packages
        self.manifest = cache(self._manifest)

    def pointers(self) -> Iterator[Pointed]:
        """All pointers that have a top hash in them, by package."""
        for pointer in sorted(self._packages.all_pointers(self.bucket), key=lambda each: (each.package, each.tag)):
            found = self._packages.pointed(self.bucket, pointer.package, pointer.tag)
            if found is not None:
                yield Pointed(pointer.package, pointer.tag, found.top_hash)

    def manifests(self) -> Iterator[Manifest]:
        """Those to which a pointer points, by top hash.

        Raises:
            ManifestError: one cannot be read.
        """
        return filter(None, map(self.manifest, sorted({each.top_hash for each in self.pointers()})))

    def _manifest(self, top_hash: str) -> Manifest | None:
        return self._packages.manifest(self.bucket, top_hash)
