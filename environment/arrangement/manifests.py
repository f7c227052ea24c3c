"""Manifests of packages that a run made: which ones they are, and how they are taken away."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from botocore.exceptions import ClientError

from environment.arrangement.versions import ObjectVersion, delete_versions, versions_under
from environment.observers.storage import MANIFESTS, StorageObserver


def delete_manifests(s3: Any, bucket: str, pointers: Iterable[ObjectVersion], run: str) -> None:
    """Delete the manifests to which versions of a package's pointers point, if their message or metadata name the run.

    All versions, because on a versioned bucket they lead to the manifests of deleted revisions too (registry facts
    7.8). Versions with one ETag say the same, so that one of them is read.

    Raises:
        botocore.exceptions.ClientError: if S3 refuses something.
    """
    storage = StorageObserver(s3)
    different = {pointer.etag: pointer for pointer in pointers if pointer.etag is not None}
    top_hashes = {storage.content(bucket, each.key, each.version_id).decode() for each in different.values()}
    for key in (f"{MANIFESTS}{top_hash}" for top_hash in top_hashes):
        versions = [found for found in versions_under(s3, bucket, key) if found.key == key and found.etag is not None]
        if versions and run in _words(s3, bucket, key, versions[0].version_id):
            delete_versions(s3, bucket, versions)


def _words(s3: Any, bucket: str, key: str, version_id: str) -> str:
    """What its author says in a manifest's first line: message and metadata; "" if there is none."""
    try:
        body = s3.get_object(Bucket=bucket, Key=key, VersionId=version_id)["Body"]
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "NoSuchVersion"):
            return ""  # gone since it was listed
        raise
    header = json.loads(next(body.iter_lines()))
    return f"{header.get('message')} {header.get('user_meta')}"
