"""Reading packages: ``package`` and ``packages`` (registry facts 7.9); `package_push` changes them.

Decisions on what the facts leave open: access counts are null, because nothing counts accesses here
(registry facts 3.8); a whole hash of another package of the same bucket resolves, as manifests know no names (registry
facts 7.9).
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from fnmatch import fnmatchcase
from typing import Annotated, TypeAlias, TypeVar

import strawberry

from quilt_stack.registry.graphql.context import Context, Info
from quilt_stack.registry.graphql.scalars import JsonRecord, PackageContentsFlatMap
from quilt_stack.registry.packages import layout
from quilt_stack.registry.packages.manifest import Directory, Manifest, ManifestEntry
from quilt_stack.registry.packages.store import PackageStore, Revision
from quilt_stack.settings import MissingDirectory

Item = TypeVar("Item")

# Defaults of arguments (registry facts 3.8).
_PACKAGES_ON_A_PAGE = 30
_REVISIONS_ON_A_PAGE = 10
_LARGEST_FLAT_MAP = 1000


@strawberry.enum
class PackageListOrder(Enum):
    """Order of a list of packages: by name, or the last modified first."""

    NAME = "NAME"
    MODIFIED = "MODIFIED"


@strawberry.type
class AccessCountForDate:
    """Accesses on one day (registry facts 3.8)."""

    date: datetime
    value: int


@strawberry.type
class AccessCounts:
    """Accesses over a window of days (registry facts 3.8)."""

    total: int
    counts: list[AccessCountForDate]


@strawberry.type
class PackageFile:
    """A file of a package; ``path`` is its logical key, ``size`` in bytes, ``metadata`` all of its metadata."""

    path: str
    size: float
    physical_key: str
    metadata: JsonRecord | None

    @classmethod
    def of(cls, entry: ManifestEntry) -> PackageFile:
        """Give an entry its GraphQL shape."""
        metadata = JsonRecord(dict(entry.meta)) if entry.meta else None
        return cls(path=entry.logical_key, size=entry.size, physical_key=entry.physical_key, metadata=metadata)


@strawberry.type
class PackageDir:
    """A directory of a package; ``size`` is the sum over all files below, in bytes."""

    path: str
    metadata: JsonRecord | None
    manifest: strawberry.Private[Manifest]
    directory: strawberry.Private[Directory]

    @classmethod
    def of(cls, manifest: Manifest, directory: Directory) -> PackageDir:
        """Give a directory its GraphQL shape."""
        metadata = None if directory.meta is None else JsonRecord(dict(directory.meta))
        return cls(path=directory.path, metadata=metadata, manifest=manifest, directory=directory)

    @strawberry.field
    def size(self, info: Info) -> float:
        """The sum over all files below; a setting of the deployment lets it fail (registry facts 7.9, 11)."""
        if not info.context.services.settings.directory_sizes:
            raise RuntimeError("This deployment is set to fail here.")
        return self.directory.size

    @strawberry.field
    def children(self) -> list[PackageEntry]:
        """The immediate level: directories first, then files, each sorted, with full paths."""
        found = [self.manifest.directory(path) for path in self.directory.directories]
        directories = [PackageDir.of(self.manifest, directory) for directory in found if directory is not None]
        return [*directories, *(PackageFile.of(entry) for entry in self.directory.files)]


PackageEntry: TypeAlias = Annotated[PackageFile | PackageDir, strawberry.union("PackageEntry")]


@strawberry.type
class PackageWorkflow:
    """The workflow that a revision passed (registry facts 7.2)."""

    config: str
    id: str | None


@strawberry.type
class PackageRevision:
    """One revision of a package."""

    hash: str
    modified: datetime
    manifest: strawberry.Private[Manifest]
    missing_directory: strawberry.Private[MissingDirectory]

    @strawberry.field
    def message(self) -> str | None:
        """Commit message."""
        return self.manifest.message

    @strawberry.field
    def metadata(self) -> JsonRecord:
        """The whole header of the manifest (registry facts 7.2)."""
        return JsonRecord(dict(self.manifest.header))

    @strawberry.field
    def user_meta(self) -> JsonRecord | None:
        """The user's metadata of the package."""
        meta = self.manifest.user_meta
        return None if meta is None else JsonRecord(dict(meta))

    @strawberry.field
    def workflow(self) -> PackageWorkflow | None:
        """The workflow that the revision passed (registry facts 7.2)."""
        workflow = self.manifest.workflow
        return None if workflow is None else PackageWorkflow(config=workflow["config"], id=workflow.get("id"))

    @strawberry.field
    def total_entries(self) -> int | None:
        """Number of files."""
        return len(self.manifest.entries)

    @strawberry.field
    def total_bytes(self) -> float | None:
        """Bytes of all files."""
        return self.manifest.total_bytes

    @strawberry.field
    def dir(self, path: str) -> PackageDir | None:
        """The directory at a path (registry facts 3.9, 7.9).

        Null for files and, by default, for paths that are not there.
        """
        directory = self.manifest.directory(path)
        if directory is None and self.missing_directory is MissingDirectory.EMPTY:
            directory = Directory(f"{path.rstrip('/')}/", 0, (), (), None)
        return None if directory is None else PackageDir.of(self.manifest, directory)

    @strawberry.field
    def file(self, path: str) -> PackageFile | None:
        """The file at a logical key; null for directories (registry facts 3.9, 7.9)."""
        entry = self.manifest.file(path)
        return None if entry is None else PackageFile.of(entry)

    @strawberry.field
    def contents_flat_map(self, max: int | None = _LARGEST_FLAT_MAP) -> PackageContentsFlatMap | None:
        """All files by logical key; null if there are more than ``max`` (registry facts 3.8, 7.9)."""
        if len(self.manifest.entries) > (_LARGEST_FLAT_MAP if max is None else max):
            return None
        return PackageContentsFlatMap({entry.logical_key: _flat(entry) for entry in self.manifest.entries})

    @strawberry.field
    def access_counts(self, window: int | None = 30) -> AccessCounts | None:
        """Null: nothing counts accesses here (registry facts 3.8)."""
        return None


@strawberry.type
class PackageRevisionList:
    """The revisions of a package, newest first: one per timestamp pointer."""

    bucket: strawberry.Private[str]
    package: strawberry.Private[str]

    @strawberry.field
    def total(self, info: Info) -> int:
        """Number of revisions."""
        return len(_store(info).revisions(self.bucket, self.package))

    @strawberry.field
    def page(
        self, info: Info, number: int | None = 1, per_page: int | None = _REVISIONS_ON_A_PAGE
    ) -> list[PackageRevision]:
        """One page; numbers start at 1, a page beyond the end is empty (registry facts 3.8, 7.9)."""
        store = _store(info)
        pointers = _page(store.revisions(self.bucket, self.package), number, per_page, _REVISIONS_ON_A_PAGE)
        found = [(pointer, store.pointed(self.bucket, self.package, pointer.tag)) for pointer in pointers]
        revisions = [package_revision(info.context, self.bucket, revision) for _, revision in found if revision]
        return [revision for revision in revisions if revision is not None]


@strawberry.type
class Package:
    """A package; ``modified`` is the time of its newest pointer. Its revisions are read from S3 when asked for."""

    bucket: str
    name: str
    modified: datetime

    @strawberry.field
    def revisions(self) -> PackageRevisionList:
        """All revisions."""
        return PackageRevisionList(bucket=self.bucket, package=self.name)

    @strawberry.field
    def revision(self, info: Info, hash_or_tag: str | None = layout.LATEST) -> PackageRevision | None:
        """The revision of a whole top hash, a tag or a timestamp; null if there is none (registry facts 3.8, 7.9)."""
        return package_revision(
            info.context,
            self.bucket,
            _store(info).resolve(self.bucket, self.name, layout.LATEST if hash_or_tag is None else hash_or_tag),
        )

    @strawberry.field
    def access_counts(self, window: int | None = 30) -> AccessCounts | None:
        """Null: nothing counts accesses here (registry facts 3.8)."""
        return None


@strawberry.type
class PackageList:
    """The packages of a bucket that pass a filter."""

    bucket: strawberry.Private[str]
    names: strawberry.Private[dict[str, datetime]]

    @strawberry.field
    def total(self) -> int:
        """Number of packages."""
        return len(self.names)

    @strawberry.field
    def page(
        self,
        number: int | None = 1,
        per_page: int | None = _PACKAGES_ON_A_PAGE,
        order: PackageListOrder | None = PackageListOrder.NAME,
    ) -> list[Package]:
        """One page; numbers start at 1, a page beyond the end is empty (registry facts 3.8, 7.9)."""
        names = sorted(self.names)
        if order is PackageListOrder.MODIFIED:
            names.sort(key=self.names.__getitem__, reverse=True)
        page = _page(names, number, per_page, _PACKAGES_ON_A_PAGE)
        return [Package(bucket=self.bucket, name=name, modified=self.names[name]) for name in page]


@strawberry.type
class PackageQueries:
    """Queries for packages; a bucket that is unknown or not readable answers null."""

    @strawberry.field
    def package(self, info: Info, bucket: str, name: str) -> Package | None:
        """A package; null if it has no pointers."""
        if not info.context.access.may_read(info.context.caller, bucket):
            return None
        times = [pointer.modified for pointer in _store(info).pointers(bucket, name)]
        return Package(bucket=bucket, name=name, modified=max(times)) if times else None

    @strawberry.field
    def packages(self, info: Info, bucket: str, filter: str | None = None) -> PackageList | None:
        """The packages of a bucket whose name passes the filter (registry facts 3.8, 7.9)."""
        if not info.context.access.may_read(info.context.caller, bucket):
            return None
        found = _store(info).packages(bucket)
        if found is None:
            return None
        return PackageList(bucket=bucket, names={name: time for name, time in found.items() if _passes(name, filter)})


def package_revision(context: Context, bucket: str, revision: Revision | None) -> PackageRevision | None:
    """Give a revision its GraphQL shape; None if its manifest is not there."""
    manifest = None if revision is None else context.services.packages.manifest(bucket, revision.top_hash)
    if revision is None or manifest is None:
        return None
    return PackageRevision(
        hash=revision.top_hash,
        modified=revision.modified,
        manifest=manifest,
        missing_directory=context.services.settings.missing_directory,
    )


def _passes(name: str, pattern: str | None) -> bool:
    """Case-insensitive glob of ``*`` and ``?``; without one of them a part of the name is enough."""
    if not pattern:
        return True
    wanted = pattern.lower()
    if not any(wildcard in wanted for wildcard in "*?"):
        return wanted in name.lower()
    return fnmatchcase(name.lower(), wanted.replace("[", "[[]"))


def _page(items: list[Item], number: int | None, per_page: int | None, usual: int) -> list[Item]:
    """A page; null in the place of an argument is the same as leaving it out."""
    size = max(usual if per_page is None else per_page, 0)
    first = (max(number or 1, 1) - 1) * size
    return items[first : first + size]


def _flat(entry: ManifestEntry) -> dict[str, object]:
    return {
        "physicalKey": entry.physical_key,
        "size": entry.size,
        "hash": None if entry.hash is None else entry.hash.as_dict(),
        "meta": dict(entry.meta),
    }


def _store(info: Info) -> PackageStore:
    return info.context.services.packages
