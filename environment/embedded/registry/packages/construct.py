"""``packageConstruct``: a revision out of objects that are in S3 already (registry-facts 7.5).

Objects are referenced, not copied. What the request leaves out of an entry (version, size, hash) is looked up in S3;
an object whose hash and size are given is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from environment.embedded.registry.administration.refusals import InvalidInputRefusal, InvalidValue
from environment.embedded.registry.packages import library
from environment.embedded.registry.packages.failures import (
    ENTRIES_PATH,
    FailureName,
    failed_to_fetch,
    operation_failed,
)
from environment.embedded.registry.packages.manifest import EntryHash, ManifestEntry
from environment.embedded.registry.packages.physical_key import (
    LocalPhysicalKeyError,
    ObjectLocation,
    PhysicalKeyError,
)
from environment.embedded.registry.packages.publication import (
    PushParameters,
    check_logical_keys,
    check_parameters,
    publish,
)

if TYPE_CHECKING:
    from environment.embedded.aws.cloud import Cloud
    from environment.embedded.registry.packages.permissions import Permissions
    from environment.embedded.registry.packages.store import PackageStore, Revision


@dataclass(frozen=True)
class HashLimits:
    """What is too much to hash in one push (registry-facts 7.5); sizes in bytes."""

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
    located = _complete(cloud, _locate(unique), permissions)
    _check_limits([entry.source for entry in located if entry.source.hash is None], limits or HashLimits())
    return publish(store, parameters, [_entry(cloud, entry) for entry in located], permissions)


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


def _complete(cloud: Cloud, entries: Sequence[_Located], permissions: Permissions) -> list[_Located]:
    """Fill in versions and sizes.

    Decision: every source bucket has to be readable for the caller, also where no object needs to be looked at.
    """
    readable = {bucket: permissions.may_read(bucket) for bucket in {entry.location.bucket for entry in entries}}
    completed = []
    faults = []
    for entry in entries:
        try:
            error = None if readable[entry.location.bucket] else "Access Denied"
            completed.append(_looked_at(cloud, entry) if error is None else entry)
        except ClientError as failure:
            error = str(failure.response["Error"].get("Message") or failure.response["Error"]["Code"])
        if error is not None:
            faults.append(failed_to_fetch(entry.source.logical_key, entry.source.physical_key, error))
    if faults:
        raise InvalidInputRefusal(*faults)
    return completed


def _looked_at(cloud: Cloud, entry: _Located) -> _Located:
    source, location = entry.source, entry.location
    if location.version_id is not None and source.size is not None and source.hash is not None:
        return entry
    head = cloud.client("s3").head_object(**_object(location))
    # A size that was given together with a hash is the client's word; without a hash the object's own size counts.
    size = head["ContentLength"] if source.hash is None or source.size is None else source.size
    version_id = location.version_id or head.get("VersionId")
    return _Located(replace(source, size=size), replace(location, version_id=version_id))


def _check_limits(unhashed: Sequence[EntrySource], limits: HashLimits) -> None:
    sizes = [source.size or 0 for source in unhashed]
    if len(sizes) > limits.files:
        message = f"{len(sizes)} files would have to be hashed, at most {limits.files} can be."
        raise operation_failed(FailureName.TOO_MANY_FILES_TO_HASH, message, {"num_files": len(sizes)})
    if sizes and max(sizes) > limits.file_bytes:
        message = f"A file of {max(sizes)} bytes would have to be hashed, at most {limits.file_bytes} can be."
        raise operation_failed(FailureName.FILE_TOO_LARGE_FOR_HASHING, message, {"size": max(sizes)})
    if sum(sizes) > limits.total_bytes:
        message = f"{sum(sizes)} bytes would have to be hashed, at most {limits.total_bytes} can be."
        raise operation_failed(FailureName.PACKAGE_TOO_LARGE_TO_HASH, message, {"size": sum(sizes)})


def _entry(cloud: Cloud, entry: _Located) -> ManifestEntry:
    size = entry.source.size or 0
    return ManifestEntry(
        logical_key=entry.source.logical_key,
        physical_key=str(entry.location),
        size=size,
        hash=entry.source.hash or library.chunked_hash(_chunks(cloud, entry.location, size)),
        meta=entry.source.meta or {},
    )


def _chunks(cloud: Cloud, location: ObjectLocation, size: int) -> Iterator[bytes]:
    body = cloud.client("s3").get_object(**_object(location))["Body"]
    chunk_size = library.chunk_size(size)
    with body:
        while chunk := body.read(chunk_size):
            yield chunk


def _object(location: ObjectLocation) -> dict[str, Any]:
    version = {} if location.version_id is None else {"VersionId": location.version_id}
    return {"Bucket": location.bucket, "Key": location.key, **version}
