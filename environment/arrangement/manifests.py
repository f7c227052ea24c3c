"""Manifests of packages that a run made: which ones they are, and how they are taken away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from environment.observers.storage import MANIFESTS, POINTERS, StorageObserver


def delete_manifests(s3: Any, bucket: str, package_name: str, run: str) -> None:
    """Delete the manifests of a package's revisions, also of deleted ones, whose message names the run.

    Which they are is asked of every version of the package's pointers (registry-facts 7.1), so that on a versioned
    bucket the manifest of a deleted revision is found too.

    Raises:
        botocore.exceptions.ClientError: if S3 refuses something.
    """
    pointers = _versions(s3, bucket, f"{POINTERS}{package_name}/")
    storage = StorageObserver(s3)
    top_hashes = {storage.content(bucket, key, version_id).decode() for key, version_id in pointers}
    for key in (f"{MANIFESTS}{top_hash}" for top_hash in top_hashes):
        versions = [version_id for found, version_id in _versions(s3, bucket, key) if found == key]
        if versions and run in _message(s3, bucket, key, versions[0]):
            for version_id in versions:
                s3.delete_object(Bucket=bucket, Key=key, VersionId=version_id)


def _versions(s3: Any, bucket: str, prefix: str) -> Iterator[tuple[str, str]]:
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        yield from ((item["Key"], item["VersionId"]) for item in page.get("Versions", []))


def _message(s3: Any, bucket: str, key: str, version_id: str) -> str:
    """The message in a manifest's first line, which may be long: the metadata stand there too; "" if it has none."""
    try:
        body = s3.get_object(Bucket=bucket, Key=key, VersionId=version_id)["Body"]
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "NoSuchVersion"):
            return ""  # gone since it was listed
        raise
    return json.loads(next(body.iter_lines())).get("message") or ""
