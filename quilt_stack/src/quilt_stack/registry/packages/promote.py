"""``packagePromote``: a revision of one bucket as a new revision of another, or of the same (registry facts 7.7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from quilt_stack.registry.packages import layout
from quilt_stack.registry.packages.failures import (
    FailureName,
    forbidden,
    invalid_value,
    operation_failed,
)
from quilt_stack.registry.packages.manifest import Manifest, ManifestEntry
from quilt_stack.registry.packages.physical_key import ObjectLocation, PhysicalKeyError
from quilt_stack.registry.packages.publication import MAXIMUM_MANIFEST_BYTES, publish
from quilt_stack.registry.packages.push_parameters import PushParameters, check_parameters
from quilt_stack.registry.packages.workflows import workflows_configuration

if TYPE_CHECKING:
    from quilt_stack.aws.cloud import Cloud
    from quilt_stack.registry.packages.permissions import Permissions
    from quilt_stack.registry.packages.store import PackageStore, Revision


@dataclass(frozen=True)
class CopyLimits:
    """What is too much to copy in one promotion (registry facts 7.5); sizes in bytes."""

    files: int = 5_000
    total_bytes: int = 100 * 1024**3
    manifest_bytes: int = MAXIMUM_MANIFEST_BYTES


@dataclass(frozen=True)
class PromotionSource:
    """The revision to promote; ``top_hash`` has to be whole."""

    bucket: str
    name: str
    top_hash: str


def promote_package(
    cloud: Cloud,
    store: PackageStore,
    parameters: PushParameters,
    source: PromotionSource,
    destination_prefix: str | None,
    permissions: Permissions,
    limits: CopyLimits | None = None,
) -> Revision:
    """Push the entries of a revision to a bucket that its own bucket names as a successor.

    Message and metadata of the package are the parameters'; entries keep theirs. Objects are copied as the successor
    says, to ``[destination_prefix/]<name>/<logical key>``, unless they lie in the destination bucket already.

    Raises:
        InvalidInputRefusal: something in the request is wrong.
        OperationRefusal: no access, no such successor or revision, or too much to copy.
    """
    limits = limits or CopyLimits()
    if not layout.is_top_hash(source.top_hash):
        message = f"{source.top_hash!r} is no top hash: 64 lower-case hexadecimal digits are needed."
        raise invalid_value("src.hash", FailureName.INVALID_INPUT_PARAMETERS, message)
    check_parameters(parameters, permissions)
    if not permissions.may_read(source.bucket):
        raise forbidden(source.bucket, "read")
    copied = _copies_data(store, source.bucket, parameters.bucket, permissions)
    entries = _entries(cloud, store, source, limits)
    if copied:
        prefix = f"{destination_prefix.strip('/')}/" if destination_prefix and destination_prefix.strip("/") else ""
        entries = _copied(cloud, entries, parameters.bucket, f"{prefix}{parameters.name}/", permissions, limits)
    return publish(store, parameters, entries, permissions)


def _copies_data(store: PackageStore, bucket: str, destination: str, permissions: Permissions) -> bool:
    """Whether promotion to the destination copies objects.

    Decision: a bucket without a workflows configuration has no successors, so it fails with the same name (open:
    registry facts 7.7).
    """
    configuration = workflows_configuration(store, bucket, permissions)
    successors = {} if configuration is None else configuration.config.get("successors") or {}
    for uri, successor in successors.items():
        if uri.rstrip("/") == f"s3://{destination}":
            return bool(successor.get("copy_data", True))
    message = f"The workflows configuration of {bucket!r} does not name s3://{destination} as a successor."
    raise operation_failed(FailureName.INVALID_SUCCESSOR, message, {"successor": f"s3://{destination}"})


def _entries(cloud: Cloud, store: PackageStore, source: PromotionSource, limits: CopyLimits) -> Sequence[ManifestEntry]:
    manifest = store.manifest(source.bucket, source.top_hash)
    if manifest is None:
        message = f"The bucket {source.bucket!r} has no manifest {source.top_hash}."
        raise operation_failed(FailureName.AWS_ERROR, message, {"code": "NoSuchKey"})
    key = layout.manifest_key(source.top_hash)
    size = cloud.client("s3").head_object(Bucket=source.bucket, Key=key)["ContentLength"]
    if size > limits.manifest_bytes:
        message = f"The manifest takes {size} bytes, at most {limits.manifest_bytes} can be promoted."
        raise operation_failed(FailureName.MANIFEST_TOO_LARGE, message, {"size": size})
    _refuse_local_keys(manifest)
    return manifest.entries


def _refuse_local_keys(manifest: Manifest) -> None:
    for entry in manifest.entries:
        try:
            ObjectLocation.parse(entry.physical_key)
        except PhysicalKeyError as error:
            context: dict[str, object] = {"logical_key": entry.logical_key, "physical_key": entry.physical_key}
            raise operation_failed(FailureName.MANIFEST_HAS_LOCAL_KEYS, str(error), context) from None


def _copied(
    cloud: Cloud,
    entries: Sequence[ManifestEntry],
    bucket: str,
    prefix: str,
    permissions: Permissions,
    limits: CopyLimits,
) -> list[ManifestEntry]:
    foreign = [entry for entry in entries if ObjectLocation.parse(entry.physical_key).bucket != bucket]
    if len(foreign) > limits.files:
        message = f"{len(foreign)} files would have to be copied, at most {limits.files} can be."
        raise operation_failed(FailureName.TOO_MANY_FILES_TO_COPY, message, {"num_files": len(foreign)})
    total = sum(entry.size for entry in foreign)
    if total > limits.total_bytes:
        message = f"{total} bytes would have to be copied, at most {limits.total_bytes} can be."
        raise operation_failed(FailureName.PACKAGE_TOO_LARGE_TO_COPY, message, {"size": total})
    for source_bucket in sorted({ObjectLocation.parse(entry.physical_key).bucket for entry in foreign}):
        if not permissions.may_read(source_bucket):
            raise forbidden(source_bucket, "read")
    copies = {entry.logical_key: _copy(cloud, entry, bucket, prefix + entry.logical_key) for entry in foreign}
    return [copies.get(entry.logical_key, entry) for entry in entries]


def _copy(cloud: Cloud, entry: ManifestEntry, bucket: str, key: str) -> ManifestEntry:
    source = ObjectLocation.parse(entry.physical_key)
    version = {} if source.version_id is None else {"VersionId": source.version_id}
    try:
        answer = cloud.client("s3").copy_object(
            Bucket=bucket, Key=key, CopySource={"Bucket": source.bucket, "Key": source.key, **version}
        )
    except ClientError as error:
        message = f"The object {entry.physical_key} of the entry {entry.logical_key!r} could not be copied: {error}."
        raise operation_failed(FailureName.AWS_ERROR, message, {"logical_key": entry.logical_key}) from error
    return replace(entry, physical_key=str(ObjectLocation(bucket, key, answer.get("VersionId"))))
