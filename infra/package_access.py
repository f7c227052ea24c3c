"""Reading and writing baseline packages: through the objects in S3, the registry's GraphQL, or the product itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from environment.errors import SuiteError
from environment.observers.manifest import ManifestObserver
from environment.observers.registry import RegistryObserver
from environment.observers.storage import StorageObserver
from infra.baseline import PackageRevision, PackageWriter, PublishedEntry, PublishedRevision

_CONSTRUCT = """
mutation ($params: PackagePushParams!, $src: PackageConstructSource!) {
  packageConstruct(params: $params, src: $src) {
    __typename
    ... on PackagePushSuccess { revision { hash } }
    ... on InvalidInput { errors { path message name } }
    ... on OperationError { message name }
  }
}
"""

WITHOUT_FILES = "QO-102"
"""The entry of the known-defects ledger by which QuiltOps makes no package without files (requirement CREA-5)."""


class ManifestReader:
    """Reads the revisions of packages from a registry bucket; manifests are parsed by quilt3 (registry-facts 7.1)."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._storage = StorageObserver(s3)
        self._manifests = ManifestObserver(self._storage)
        self._bucket = bucket

    def revisions(self, package_name: str) -> Sequence[PublishedRevision]:
        """Every revision of a package by time of its pointer, oldest first; none if there is no such package."""
        return [self._revision(top_hash) for top_hash in self._storage.revision_hashes(self._bucket, package_name)]

    def _revision(self, top_hash: str) -> PublishedRevision:
        manifest = self._manifests.revision(self._bucket, top_hash)
        return PublishedRevision(
            top_hash,
            manifest.message,
            manifest.metadata,
            {key: PublishedEntry(entry.size, entry.hash_value) for key, entry in manifest.entries.items()},
        )


class RegistryWriter:
    """Writes packages through GraphQL ``packageConstruct``, with known hashes: no byte is read (registry-facts 7.5)."""

    def __init__(self, registry: RegistryObserver, bucket: str) -> None:
        self._registry = registry
        self._bucket = bucket

    def write(self, revision: PackageRevision) -> str:
        """Make it the latest revision of its package; return its top hash.

        Raises:
            SuiteError: the registry refuses it.
        """
        answer = self._registry.ask(
            _CONSTRUCT,
            params={
                "bucket": self._bucket,
                "name": revision.name,
                "message": revision.message,
                "userMeta": revision.metadata,
                "workflow": None,
            },
            src={
                "entries": [
                    {
                        "logicalKey": file.logical_key,
                        "physicalKey": file.physical_key,
                        "hash": {"type": "sha2-256-chunked", "value": file.file.quilt_hash},
                        "size": file.file.size,
                        "meta": {},
                    }
                    for file in revision.files
                ]
            },
        )["packageConstruct"]
        if answer["__typename"] != "PackagePushSuccess":
            raise SuiteError(
                f"Created package {revision.name} in {self._bucket}",
                f"the registry answered {answer}",
                "The user of the token needs write access to the bucket",
            )
        return str(answer["revision"]["hash"])


class ProductWriter:
    """Writes packages through QuiltOps, as far as it can; the rest through another writer, and says which and why.

    What it cannot do are packages without files (requirement CREA-5), and files in folders of the dataset: it either
    flattens keys to file names or keeps the whole key of the object, dataset prefix included. An update keeps what is
    there, so a new revision with all its files comes out right if no file is to go, which is so for every dataset.
    """

    def __init__(self, operations: Any, registry: str, otherwise: PackageWriter) -> None:
        """``operations`` is a QuiltOps, ``registry`` is ``s3://bucket``."""
        self._operations = operations
        self._registry = registry
        self._otherwise = otherwise
        self.written_otherwise: dict[str, str] = {}
        """Name of each package that QuiltOps cannot make, and the reason."""

    def write(self, revision: PackageRevision) -> str:
        """Make it the latest revision of its package; return its top hash.

        Raises:
            SuiteError: the product says that it did not succeed.
            Exception: what the product raises when it refuses.
        """
        if (obstacle := _obstacle(revision)) is not None:
            self.written_otherwise[revision.name] = obstacle
            return self._otherwise.write(revision)
        arguments = {
            "package_name": revision.name,
            "s3_uris": [file.uri for file in revision.files],
            "metadata": revision.metadata,
            "registry": self._registry,
            "message": revision.message,
            "auto_organize": False,
        }
        if revision.follows_another:
            result = self._operations.update_package_revision(**arguments, copy="none")
        else:
            result = self._operations.create_package_revision(**arguments, copy=False)
        if not result.success:
            raise SuiteError(f"Created package {revision.name} with QuiltOps", f"it answered {result}", "See its log")
        return str(result.top_hash)


def _obstacle(revision: PackageRevision) -> str | None:
    if not revision.files:
        return f"QuiltOps refuses a package without files (known defect {WITHOUT_FILES})"
    if any("/" in file.logical_key for file in revision.files):
        return "QuiltOps cannot place files in folders of its user's choice"
    return None
