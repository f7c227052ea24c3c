"""Versions of objects in S3: what there is below a prefix, and how all of it is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_MOST_AT_ONCE = 1000  # S3's limit


@dataclass(frozen=True)
class ObjectVersion:
    """A version of an object; ``etag`` is None for a delete marker."""

    key: str
    version_id: str
    etag: str | None


def versions_under(s3: Any, bucket: str, prefix: str) -> list[ObjectVersion]:
    """Every version and delete marker below a prefix.

    Raises:
        botocore.exceptions.ClientError: if S3 refuses.
    """
    found: list[ObjectVersion] = []
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        found += [ObjectVersion(item["Key"], item["VersionId"], item["ETag"]) for item in page.get("Versions", [])]
        found += [ObjectVersion(item["Key"], item["VersionId"], None) for item in page.get("DeleteMarkers", [])]
    return found


def delete_versions(s3: Any, bucket: str, versions: Sequence[ObjectVersion]) -> None:
    """Delete these versions and markers.

    Raises:
        RuntimeError: if S3 does not delete one of them.
    """
    for start in range(0, len(versions), _MOST_AT_ONCE):
        part = versions[start : start + _MOST_AT_ONCE]
        objects = [{"Key": each.key, "VersionId": each.version_id} for each in part]
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
        if answer.get("Errors"):
            raise RuntimeError(f"S3 did not delete {answer['Errors'][0]}")


def set_versioning(s3: Any, bucket: str, *, kept: bool) -> None:
    """Let a bucket keep versions of what is written from now on, or no longer; it keeps those that it has.

    Raises:
        botocore.exceptions.ClientError: if S3 refuses.
    """
    status = "Enabled" if kept else "Suspended"
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})
