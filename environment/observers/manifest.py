"""What a package's manifest says, read by the quilt3 library from bytes that the suite fetched itself."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from environment.observers.storage import MANIFESTS, StorageObserver
from quilt_stack.patches import Patch

PATCH = Patch(
    __name__,
    "quilt3",
    reason="A revision's message and workflow are read out of the header that quilt3 keeps for itself.",
    bodies={
        "quilt3.packages:Package.__init__": "880a24aa0f55",
        "quilt3.packages:Package.load": "c328f9eee59d",
    },
    fence="tests/data/test_baseline.py::test_metadata_comes_back_as_it_is_in_the_dataset",
    until="quilt3 shows the header of a package",
)


@dataclass(frozen=True)
class ManifestEntry:
    """A file of a package: size in bytes, hash as quilt3 writes it, physical key as a URI."""

    logical_key: str
    physical_key: str
    size: int
    hash_value: str
    metadata: dict[str, Any]


@dataclass(frozen=True)
class Manifest:
    """One revision: its top hash as quilt3 computes it, package metadata, message, and entries by logical key.

    ``workflow`` is what its header records of the workflow that it has passed (registry facts 7.2); None: nothing.
    """

    top_hash: str
    metadata: dict[str, Any]
    message: str | None
    entries: dict[str, ManifestEntry]
    workflow: dict[str, Any] | None = None


class ManifestObserver:
    """Reads manifests of one S3 service."""

    def __init__(self, storage: StorageObserver) -> None:
        self._storage = storage

    def latest(self, bucket: str, package_name: str) -> Manifest | None:
        """The latest revision's manifest; None if there is no such package."""
        top_hash = self._storage.latest_top_hash(bucket, package_name)
        return None if top_hash is None else self.revision(bucket, top_hash)

    def revision(self, bucket: str, top_hash: str) -> Manifest:
        """The manifest of a revision.

        Raises:
            botocore.exceptions.ClientError: if there is no manifest of that hash.
        """
        import quilt3

        text = self._storage.content(bucket, f"{MANIFESTS}{top_hash}").decode()
        package = quilt3.Package.load(io.StringIO(text))
        entries = {
            key: ManifestEntry(key, str(entry.physical_key), entry.size, entry.hash["value"], entry.meta)
            for key, entry in package.walk()
        }
        header = package._meta
        return Manifest(package.top_hash, package.meta, header.get("message"), entries, header.get("workflow"))
