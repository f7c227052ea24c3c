"""Removing objects with all their versions, in this process and past the wire: what a test made is gone at once.

IAM and faults have no say in it; the search index learns of it as of any deletion.
"""

from __future__ import annotations

from moto.s3.models import FakeDeleteMarker, FakeKey, s3_backends

from quilt_stack.aws.moto_state import find_bucket
from quilt_stack.aws.s3_lock import STATE_LOCK
from quilt_stack.aws.s3_reading import stored_object


def purge(bucket: str, prefix: str) -> None:
    """Delete every version and delete marker below a prefix; a bucket that is not there holds none."""
    with STATE_LOCK:
        for key in _keys(bucket, prefix):
            _delete(bucket, key, _versions(bucket, key))


def purge_object(bucket: str, key: str) -> None:
    """Delete every version of one object; its delete markers stay."""
    with STATE_LOCK:
        _delete(bucket, key, [each for each in _versions(bucket, key) if isinstance(each, FakeKey)])


def contents_ever(bucket: str, prefix: str) -> set[bytes]:
    """What any version below a prefix says, also of objects that are deleted."""
    with STATE_LOCK:
        found = (
            stored_object(bucket, key, version.version_id)
            for key in _keys(bucket, prefix)
            for version in _versions(bucket, key)
            if isinstance(version, FakeKey)
        )
        return {each.content for each in found if each is not None}


def content_ever(bucket: str, key: str) -> bytes | None:
    """What the newest version of an object says, also if it is deleted; None if there is none."""
    with STATE_LOCK:
        newest = next((each for each in reversed(_versions(bucket, key)) if isinstance(each, FakeKey)), None)
        if newest is None:
            return None
        found = stored_object(bucket, key, newest.version_id)
        return None if found is None else found.content


def _keys(bucket: str, prefix: str) -> list[str]:
    found = find_bucket(bucket)
    return [] if found is None else [key for key in found.keys if key.startswith(prefix)]


def _versions(bucket: str, key: str) -> list[FakeKey | FakeDeleteMarker]:
    found = find_bucket(bucket)
    return [] if found is None else list(found.keys.getlist(key, []))


def _delete(bucket: str, key: str, versions: list[FakeKey | FakeDeleteMarker]) -> None:
    if not versions:
        return
    partition, account_id = s3_backends.bucket_accounts[bucket]
    backend, found = s3_backends[account_id][partition], find_bucket(bucket)
    keeps_versions = found is not None and found.versioning_status is not None
    for version in versions:
        backend.delete_object(bucket, key, version_id=version.version_id if keeps_versions else None)
