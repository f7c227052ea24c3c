"""``packageConstruct``: a revision out of objects that are in S3 already (registry facts 7.5).

Objects are referenced, not copied. What the request leaves out of an entry (version, size, hash) is looked up in S3;
an object whose hash and size are given is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from quilt_stack.registry.packages import library
from quilt_stack.registry.packages.failures import (
    ENTRIES_PATH,
    FailureName,
    failed_to_fetch,
    operation_failed,
)
from quilt_stack.registry.packages.manifest import EntryHash, ManifestEntry
from quilt_stack.registry.packages.physical_key import (
    LocalPhysicalKeyError,
    ObjectLocation,
    PhysicalKeyError,
)
from quilt_stack.registry.packages.publication import check_logical_keys, publish
from quilt_stack.registry.packages.push_parameters import PushParameters, check_parameters
from quilt_stack.registry.refusals import InvalidInputRefusal, InvalidValue

if TYPE_CHECKING:
    from quilt_stack.aws.cloud import Cloud
    from quilt_stack.registry.packages.permissions import Permissions
    from quilt_stack.registry.packages.store import PackageStore, Revision


@dataclass(frozen=True)
class HashLimits:
    """What is too much to hash in one push (registry facts 7.5); sizes in bytes."""

    files: int = 5_000
    file_bytes: int = 10 * 1024**3
    total_bytes: int = 100 * 1024**3


@dataclass(frozen=True)
class EntrySource:
    """An entry as the request gives it; ``meta`` is the full metadata, ``size`` is in bytes."""

    logical_key: str
    physical_key: str
    hash: EntryHash | None = None
    size: int | None = None
    meta: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class _Located:
    source: EntrySource
    location: ObjectLocation


def construct_package(
    cloud: Cloud,
    store: PackageStore,
    parameters: PushParameters,
    sources: Sequence[EntrySource],
    permissions: Permissions,
    limits: HashLimits | None = None,
) -> Revision:
    """Push a revision of the given entries; of entries with the same logical key the last one counts.

    Raises:
        InvalidInputRefusal: something in the request is wrong, or an object is not there or not to be read.
        OperationRefusal: no write access, or too much to hash.
    """
    check_parameters(parameters, permissions)
    unique = list({source.logical_key: source for source in sources}.values())
    check_logical_keys([source.logical_key for source in unique])
    entries = _Completion(cloud, permissions, limits or HashLimits()).entries(_locate(unique))
    return publish(store, parameters, entries, permissions)


def _locate(sources: Sequence[EntrySource]) -> list[_Located]:
    located = []
    faults = []
    for source in sources:
        try:
            located.append(_Located(source, ObjectLocation.parse(source.physical_key)))
        except PhysicalKeyError as error:
            faults.append(_physical_key_fault(source, error))
    if faults:
        raise InvalidInputRefusal(*faults)
    return located


def _physical_key_fault(source: EntrySource, error: PhysicalKeyError) -> InvalidValue:
    local = isinstance(error, LocalPhysicalKeyError)
    name = FailureName.INVALID_LOCAL_PHYSICAL_KEY if local else FailureName.INVALID_S3_PHYSICAL_KEY
    context: dict[str, object] = {"logical_key": source.logical_key, "physical_key": source.physical_key}
    return InvalidValue(ENTRIES_PATH, name.value, str(error), context)


class _Completion:
    """Fills in versions, sizes and hashes.

    Decision: every source bucket has to be readable for the caller, also where no object needs to be looked at (open:
    registry facts 7.5).
    """

    def __init__(self, cloud: Cloud, permissions: Permissions, limits: HashLimits) -> None:
        self._cloud = cloud
        self._permissions = permissions
        self._limits = limits
        self._hashed_bytes = 0

    def entries(self, located: Sequence[_Located]) -> list[ManifestEntry]:
        unhashed = sum(entry.source.hash is None for entry in located)
        if unhashed > self._limits.files:
            message = f"{unhashed} files would have to be hashed, at most {self._limits.files} can be."
            raise operation_failed(FailureName.TOO_MANY_FILES_TO_HASH, message, {"num_files": unhashed})
        buckets = {entry.location.bucket for entry in located}
        closed = {bucket for bucket in buckets if not self._permissions.may_read(bucket)}
        completed = []
        faults = []
        for entry in located:
            try:
                error = "Access Denied" if entry.location.bucket in closed else None
                if error is None:
                    completed.append(self._completed(entry))
            except ClientError as failure:
                error = str(failure.response["Error"].get("Message") or failure.response["Error"]["Code"])
            if error is not None:
                faults.append(failed_to_fetch(entry.source.logical_key, entry.source.physical_key, error))
        if faults:
            raise InvalidInputRefusal(*faults)
        return completed

    def _completed(self, entry: _Located) -> ManifestEntry:
        source, location = entry.source, entry.location
        s3 = self._cloud.client("s3")
        entry_hash, size = source.hash, source.size
        if entry_hash is None:
            # One request answers all: which version it is, how large, and its bytes.
            found = s3.get_object(**_object(location))
            size = int(found["ContentLength"])
            with found["Body"] as body:
                self._check_size(size)
                entry_hash = library.chunked_hash(_chunks(body, size))
        elif size is None or location.version_id is None:
            found = s3.head_object(**_object(location))
            # A size that is given together with a hash is the client's word.
            size = int(found["ContentLength"]) if size is None else size
        else:
            found = {}
        version_id = location.version_id or found.get("VersionId")
        return ManifestEntry(
            logical_key=source.logical_key,
            physical_key=str(replace(location, version_id=version_id)),
            size=size,
            hash=entry_hash,
            meta=source.meta or {},
        )

    def _check_size(self, size: int) -> None:
        self._hashed_bytes += size
        if size > self._limits.file_bytes:
            message = f"A file of {size} bytes would have to be hashed, at most {self._limits.file_bytes} can be."
            raise operation_failed(FailureName.FILE_TOO_LARGE_FOR_HASHING, message, {"size": size})
        if self._hashed_bytes > self._limits.total_bytes:
            message = f"More than the {self._limits.total_bytes} bytes allowed would have to be hashed."
            raise operation_failed(FailureName.PACKAGE_TOO_LARGE_TO_HASH, message, {"size": self._hashed_bytes})


def _chunks(body: Any, size: int) -> Iterator[bytes]:
    chunk_size = library.chunk_size(size)
    while chunk := body.read(chunk_size):
        yield chunk


def _object(location: ObjectLocation) -> dict[str, Any]:
    version = {} if location.version_id is None else {"VersionId": location.version_id}
    return {"Bucket": location.bucket, "Key": location.key, **version}
