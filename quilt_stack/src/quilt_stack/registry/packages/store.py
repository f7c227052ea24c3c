"""Reading packages from S3 and moving their pointers (registry facts 7.1, 7.9)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from quilt_stack.aws.s3_reading import StoredObject, stored_keys, stored_object
from quilt_stack.registry.packages import layout
from quilt_stack.registry.packages.manifest import Manifest, parse_manifest

if TYPE_CHECKING:
    from quilt_stack.aws.cloud import Cloud
    from quilt_stack.clock import Clock

_CACHED_MANIFESTS = 256
_MISSING = frozenset({"NoSuchKey", "NoSuchBucket", "NoSuchVersion", "404", "MethodNotAllowed"})


# ETag and time: a manifest that has both is the one that was parsed.
_State = tuple[str, datetime]


@dataclass(frozen=True)
class Pointer:
    """A pointer of a package; ``modified`` is the time of the pointer object in S3."""

    package: str
    tag: str
    modified: datetime


@dataclass(frozen=True)
class Revision:
    """A top hash with the time that clients see for it: the pointer's, or the manifest's when asked for by hash."""

    top_hash: str
    modified: datetime


class PackageStore:
    """Packages as they lie in S3 now; nothing but manifests is remembered, and those are checked against S3 each time.

    A top hash does not cover physical keys, so the same hash can be written again with other contents: the cache asks
    S3 whether the manifest is still the one it knows.
    """

    def __init__(self, cloud: Cloud, clock: Clock) -> None:
        self._cloud = cloud
        self._clock = clock
        self._manifests: OrderedDict[tuple[str, str], tuple[_State, Manifest]] = OrderedDict()
        self._lock = threading.Lock()

    def packages(self, bucket: str) -> dict[str, datetime] | None:
        """Names of a bucket's packages with the time of their newest pointer; None if there is no such bucket."""
        found: dict[str, datetime] = {}
        pointers = _pointers(bucket, layout.POINTER_PREFIX)
        if pointers is None:
            return None
        for pointer in pointers:
            known = found.get(pointer.package)
            found[pointer.package] = pointer.modified if known is None else max(known, pointer.modified)
        return found

    def pointers(self, bucket: str, package: str) -> list[Pointer]:
        """All pointers of a package; empty if there is no such package or bucket."""
        return _pointers(bucket, layout.pointer_prefix(package)) or []

    def all_pointers(self, bucket: str) -> list[Pointer]:
        """Those of all packages; to ask for each package alone looks at all keys of the bucket each time."""
        return _pointers(bucket, layout.POINTER_PREFIX) or []

    def revisions(self, bucket: str, package: str) -> list[Pointer]:
        """Timestamp pointers of a package, newest first (``latest`` is not counted, registry facts 7.9)."""
        return newest_first(self.pointers(bucket, package))

    def resolve(self, bucket: str, package: str, hash_or_tag: str) -> Revision | None:
        """The revision that a whole top hash, a tag or a timestamp names; None if there is none."""
        if layout.is_top_hash(hash_or_tag):
            manifest = self.manifest(bucket, hash_or_tag)
            return None if manifest is None else Revision(hash_or_tag, manifest.modified)
        return self.pointed(bucket, package, hash_or_tag)

    def pointed(self, bucket: str, package: str, tag: str) -> Revision | None:
        """The revision to which a pointer points; None if there is no such pointer, or none with a top hash in it."""
        found = stored_object(bucket, layout.pointer_key(package, tag))
        if found is None:
            return None
        top_hash = found.content.decode(errors="replace").strip()
        return Revision(top_hash, found.modified) if layout.is_top_hash(top_hash) else None

    def manifest(self, bucket: str, top_hash: str) -> Manifest | None:
        """The manifest with this top hash; None if the bucket does not hold it.

        Raises:
            ManifestError: the object is no manifest.
        """
        found = stored_object(bucket, layout.manifest_key(top_hash))
        if found is None:
            return None
        with self._lock:
            known = self._manifests.get((bucket, top_hash))
        state = (found.etag, found.modified)
        if known is not None and known[0] == state:
            return self._remember(bucket, *known)
        return self._remember(bucket, state, parse_manifest(top_hash, found.content, found.modified))

    def read(self, bucket: str, key: str) -> StoredObject | None:
        """An object as it is now; None if there is no such object or bucket."""
        return stored_object(bucket, key)

    def publish(self, bucket: str, package: str, top_hash: str, manifest: bytes) -> Revision:
        """Write a revision: the manifest, the timestamp pointer, then ``latest`` (registry facts 7.1).

        The timestamp is the deployment clock's; two pushes within one second leave one timestamp pointer.
        """
        s3 = self._cloud.client("s3")
        s3.put_object(Bucket=bucket, Key=layout.manifest_key(top_hash), Body=manifest)
        tag = str(int(self._clock.seconds()))
        self.point(bucket, package, tag, top_hash)
        self.point(bucket, package, layout.LATEST, top_hash)
        return Revision(top_hash, self._clock.now())

    def point(self, bucket: str, package: str, tag: str, top_hash: str) -> None:
        """Set one pointer."""
        self._cloud.client("s3").put_object(Bucket=bucket, Key=layout.pointer_key(package, tag), Body=top_hash.encode())

    def remove_pointer(self, bucket: str, package: str, tag: str) -> None:
        """Remove one pointer; a missing one is no error."""
        self._cloud.client("s3").delete_object(Bucket=bucket, Key=layout.pointer_key(package, tag))

    def _remember(self, bucket: str, state: _State, manifest: Manifest) -> Manifest:
        place = (bucket, manifest.top_hash)
        with self._lock:
            self._manifests[place] = (state, manifest)
            self._manifests.move_to_end(place)
            while len(self._manifests) > _CACHED_MANIFESTS:
                self._manifests.popitem(last=False)
        return manifest


def _pointers(bucket: str, prefix: str) -> list[Pointer] | None:
    """Pointers below a prefix, in the order of their keys; None if there is no such bucket."""
    found = stored_keys(bucket, prefix)
    if found is None:
        return None
    keys = ((layout.parse_pointer_key(key), modified) for key, modified in sorted(found.items()))
    return [Pointer(key.package, key.tag, modified) for key, modified in keys if key is not None]


def newest_first(pointers: list[Pointer]) -> list[Pointer]:
    """The timestamp pointers among these, newest first."""
    return sorted((pointer for pointer in pointers if layout.is_timestamp(pointer.tag)), key=_time, reverse=True)


def is_missing(error: ClientError) -> bool:
    """Whether S3 says that the object, its version or its bucket is not there."""
    return str(error.response["Error"]["Code"]) in _MISSING


def _time(pointer: Pointer) -> int:
    return int(pointer.tag)
