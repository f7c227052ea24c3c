"""From S3 events to changes of the index, with the rules of Quilt's published indexers (registry facts 1.5).

Every object is indexed as an object, pointers and manifests too. A pointer or a manifest is looked up in S3 when its
event is handled, so that the index shows what is there now and not what was there then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from quilt_stack.aws.s3_reading import stored_object
from quilt_stack.registry.packages import layout
from quilt_stack.registry.packages.manifest import ManifestError
from quilt_stack.registry.packages.store import is_missing
from quilt_stack.registry.search.documents import (
    Document,
    IndexedObject,
    extension,
    manifest_documents,
    manifest_id,
    object_document,
    object_id,
    package_index,
    pointer_document,
    pointer_id,
)

if TYPE_CHECKING:
    from quilt_stack.aws.cloud import Cloud, ObjectEvent
    from quilt_stack.registry.packages.store import PackageStore

# Decision: formats that need a reader of their own (notebooks, Parquet, PDF, spreadsheets) are indexed by key alone,
# and of texts the first 10,000 bytes (open: registry facts 1.5).
CONTENT_EXTENSIONS = frozenset({".csv", ".html", ".json", ".md", ".rmd", ".rst", ".tab", ".tsv", ".txt"})
"""Plain-text formats whose content is indexed."""

CONTENT_BYTES = 10_000
"""Bytes from the start of an object that are indexed as its content."""

_CREATED = "ObjectCreated:"
_MARKED = "ObjectRemoved:DeleteMarkerCreated"


@dataclass(frozen=True)
class Change:
    """What an event does to the index: first ``removed``, then ``added``.

    ``removed`` names documents by index and id, ``orphaned`` manifests whose entries go, ``packaged`` the documents of
    objects that are now part of a package.
    """

    added: tuple[Document, ...] = ()
    removed: tuple[tuple[str, str], ...] = ()
    orphaned: tuple[tuple[str, str], ...] = ()
    packaged: tuple[tuple[str, str], ...] = ()


class Indexer:
    """Looks things up in S3 and makes documents of them."""

    def __init__(self, cloud: Cloud, packages: PackageStore) -> None:
        self._cloud = cloud
        self._packages = packages

    def changes(self, event: ObjectEvent) -> Iterator[Change]:
        """What an event does to the index."""
        yield self._object_change(event)
        yield from self._package_change(event.bucket, event.key)

    def bucket_changes(self, bucket: str) -> Iterator[Change]:
        """What the present state of a bucket adds to an empty index; nothing if there is no such bucket."""
        pages = self._cloud.client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket)
        try:
            for page in pages:
                for version in page.get("Versions", []):
                    yield self._version_change(bucket, version)
                for marker in page.get("DeleteMarkers", []):
                    yield self._version_change(bucket, marker, delete_marker=True)
        except ClientError as error:
            if not is_missing(error):
                raise

    def package_changes(self, bucket: str, keys: Iterable[str]) -> Iterator[Change]:
        """What the pointers and manifests among these keys of a bucket add."""
        for key in keys:
            yield from self._package_change(bucket, key)

    def pointer_change(self, bucket: str, pointer: layout.PointerKey) -> Change:
        """The pointer as it is now."""
        revision = self._packages.pointed(bucket, pointer.package, pointer.tag)
        if revision is None:
            return Change(removed=((package_index(bucket), pointer_id(pointer)),))
        return Change(added=(pointer_document(bucket, pointer, revision.top_hash, revision.modified),))

    def manifest_change(self, bucket: str, top_hash: str) -> Change:
        """The manifest as it is now, with its entries; what is no manifest is not indexed."""
        place = (package_index(bucket), manifest_id(top_hash))
        try:
            manifest = self._packages.manifest(bucket, top_hash)
        except ManifestError:
            manifest = None
        if manifest is None:
            return Change(removed=(place,), orphaned=(place,))
        documents = tuple(manifest_documents(bucket, manifest))
        return Change(added=documents, orphaned=(place,), packaged=tuple(_packaged(documents)))

    def _package_change(self, bucket: str, key: str) -> Iterator[Change]:
        pointer = layout.parse_pointer_key(key)
        if pointer is not None and _is_indexed(pointer):
            yield self.pointer_change(bucket, pointer)
        top_hash = layout.parse_manifest_key(key)
        if top_hash is not None:
            yield self.manifest_change(bucket, top_hash)

    def _object_change(self, event: ObjectEvent) -> Change:
        marked = event.name == _MARKED
        if not (event.name.startswith(_CREATED) or marked):
            return Change(removed=((event.bucket, object_id(event.key, event.version_id)),))
        found = IndexedObject(
            bucket=event.bucket,
            key=event.key,
            version_id=event.version_id,
            event=event.name,
            size=event.size,
            etag=event.etag,
            modified=event.time,
            delete_marker=marked,
            content="" if marked else _content(event.bucket, event.key, event.version_id, event.size),
        )
        return Change(added=(object_document(found, was_packaged=False, updated=datetime.now(UTC)),))

    def _version_change(self, bucket: str, version: dict[str, Any], *, delete_marker: bool = False) -> Change:
        version_id = None if version["VersionId"] == "null" else version["VersionId"]
        size = int(version.get("Size", 0))
        found = IndexedObject(
            bucket=bucket,
            key=version["Key"],
            version_id=version_id,
            event=_MARKED if delete_marker else "ObjectCreated:Put",
            size=size,
            etag=str(version.get("ETag", "")).strip('"'),
            modified=version["LastModified"],
            delete_marker=delete_marker,
            content="" if delete_marker else _content(bucket, version["Key"], version_id, size),
        )
        return Change(added=(object_document(found, was_packaged=False, updated=datetime.now(UTC)),))


def _is_indexed(pointer: layout.PointerKey) -> bool:
    """Numeric tags before 2016 are not taken for timestamps, and not indexed (registry facts 7.1)."""
    return not pointer.tag.isdecimal() or layout.is_timestamp(pointer.tag)


def _content(bucket: str, key: str, version_id: str | None, size: int) -> str:
    if size == 0 or extension(key) not in CONTENT_EXTENSIONS:
        return ""
    found = stored_object(bucket, key, version_id, limit=CONTENT_BYTES)
    return "" if found is None else found.content.decode("utf-8", errors="ignore")


def _packaged(documents: tuple[Document, ...]) -> Iterator[tuple[str, str]]:
    for document in documents:
        location = document.source.get("entry_pk_parsed.s3")
        if location is not None:
            yield location["bucket"], object_id(location["key"], location["version_id"])
