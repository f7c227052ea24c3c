"""Reading and writing baseline packages: through the objects in S3, the registry's GraphQL, or the product itself.

`data.quilt3_writer` makes what the product cannot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from data.baseline import BaselinePackage, PackageRevision, PublishedEntry, PublishedRevision
from environment.arrangement.packages import Entry, PackageArranger
from environment.clients.registry import RegistryClient
from environment.errors import SuiteError
from environment.observers.manifest import ManifestObserver
from environment.observers.storage import StorageObserver
from environment.secrecy.redaction import redact

WITHOUT_FILES = "QO-102"
"""The entry of the known-defects ledger by which QuiltOps makes no package without files (requirement CREA-5)."""


class ManifestReader:
    """Reads the revisions of packages from a registry bucket; manifests are parsed by quilt3 (registry facts 7.1)."""

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
    """Writes packages through GraphQL ``packageConstruct``, with known hashes: no byte is read (registry facts 7.5).

    For the fixture of a run, which has no time to lose; ``acceptance baseline`` writes through the product and quilt3.
    """

    def __init__(self, registry: RegistryClient, bucket: str) -> None:
        self._packages = PackageArranger(registry)
        self._bucket = bucket

    def write(self, revision: PackageRevision) -> str:
        """Make it the latest revision of its package; return its top hash.

        Raises:
            SuiteError: the registry refuses it.
        """
        entries = [
            Entry(file.logical_key, file.physical_key, file.file.size, file.file.quilt_hash, metadata={})
            for file in revision.files
        ]
        return self._packages.construct(self._bucket, revision.name, entries, revision.metadata, revision.message)


class ProductWriter:
    """Writes packages through QuiltOps: those to which there is no `obstacle`.

    An update keeps what is there, so a new revision with all its files comes out right if nothing is to go.
    """

    def __init__(self, operations: Any, registry: str) -> None:
        """``operations`` is a QuiltOps, ``registry`` is ``s3://bucket``."""
        self._operations = operations
        self._registry = registry

    def write(self, revision: PackageRevision) -> str:
        """Make it the latest revision of its package; return its top hash.

        Raises:
            SuiteError: the product refuses it, or says that it did not succeed.
        """
        from quilt_mcp.ops import exceptions

        arguments = {
            "package_name": revision.name,
            "s3_uris": [file.uri for file in revision.files],
            "metadata": revision.metadata,
            "registry": self._registry,
            "message": revision.message,
            "auto_organize": False,
        }
        refusals = (
            exceptions.AuthenticationError,
            exceptions.BackendError,
            exceptions.NotFoundError,
            exceptions.PermissionError,
            exceptions.ValidationError,
        )
        tried = f"Created package {revision.name} in {self._registry} with QuiltOps"
        try:
            if revision.follows_another:
                result = self._operations.update_package_revision(**arguments, copy="none")
            else:
                result = self._operations.create_package_revision(**arguments, copy=False)
        except refusals as error:
            refused = f"it raised {type(error).__name__}: {redact(str(error))}"
            raise SuiteError(tried, refused, "Dana's role must read the data bucket and write this one") from error
        if not result.success:
            raise SuiteError(tried, f"it answered {result}", "See its log")
        return str(result.top_hash)


def obstacle(package: BaselinePackage, published: Sequence[PublishedRevision]) -> str | None:
    """Why QuiltOps cannot make a package, with the undo log's id where that is a known defect; None if it can.

    Args:
        package: the wanted one.
        published: its revisions that are there, oldest first.
    """
    if not all(revision.files for revision in package.revisions):
        return f"QuiltOps refuses a package without files (known defect {WITHOUT_FILES})"
    if any("/" in file.logical_key for revision in package.revisions for file in revision.files):
        # It keeps the file name or the whole key of the object, as the docstring of _extract_logical_key says.
        return "QuiltOps cannot place files in folders of its user's choice (documented so: no known defect)"
    first = {file.logical_key for file in package.revisions[0].files}
    if published and not (published[-1].entries.keys() <= first and _within(published[-1].metadata, package.metadata)):
        return "QuiltOps takes nothing out of a package; what is in this one has to go (documented so: no known defect)"
    return None


def _within(found: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> bool:
    return (found or {}).keys() <= wanted.keys()
