"""A bucket whose versioning is suspended: older versions stay, what comes is the one version ``null``.

Stock moto treats it as a bucket that never had versions, and throws all versions of a key away when it is written or
deleted. AWS documentation, "Working with objects in a versioning-suspended bucket".
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.s3.models import FakeBucket, FakeDeleteMarker, S3Backend
from moto.s3.responses import S3Response

from quilt_stack.aws import moto_state
from quilt_stack.patches import Patch

_SUSPENDED, _ENABLED = "Suspended", "Enabled"
_NULL = "null"
_REPLACE = "REPLACE"

PATCH = Patch(
    __name__,
    "moto",
    reason="moto throws all versions of a key away when it is written or deleted under suspended versioning.",
    bodies={
        "moto.s3.models:S3Backend.put_object": "bb615233e004",
        "moto.s3.models:S3Backend.delete_object": "d8d4931f4339",
        "moto.s3.models:S3Backend.copy_object": "acbf1d23f423",
        "moto.s3.responses:S3Response.head_object": "861beae554bc",
    },
    fence="tests/quilt_stack/aws/test_aws_suspended_versioning.py::test_older_versions_stay",
    until="moto keeps versions under suspended versioning",
    needed="tests/upstream/test_moto.py::test_suspended_versioning_keeps_versions",
)


def install() -> None:
    """Keep versions; before `s3_events`, which announces what went."""
    PATCH.replace(S3Backend, "put_object", _beside_older_versions)
    PATCH.replace(S3Backend, "delete_object", _with_a_null_marker)
    PATCH.replace(S3Backend, "copy_object", _also_onto_itself)
    PATCH.replace(S3Response, "head_object", _by_version)


def _beside_older_versions(original: Any) -> Any:
    def put_object(self: S3Backend, bucket_name: str, key_name: str, *arguments: Any, **options: Any) -> Any:
        bucket = self.get_bucket(bucket_name)
        if bucket.versioning_status != _SUSPENDED:
            return original(self, bucket_name, key_name, *arguments, **options)
        before = list(bucket.keys.getlist(key_name, []))
        # moto's own way of replacing a list closes the files of the versions that are not in the new one.
        dict.pop(bucket.keys, key_name, None)
        try:
            new = original(self, bucket_name, key_name, *arguments, **options)
        except BaseException:
            _set(bucket, key_name, before)
            raise
        _set(bucket, key_name, [*(each for each in before if each.version_id != _NULL), new])
        for replaced in (each for each in before if each.version_id == _NULL and hasattr(each, "dispose")):
            replaced.dispose()
        return new

    return put_object


def _with_a_null_marker(original: Any) -> Any:
    def delete_object(
        self: S3Backend, bucket_name: str, key_name: str, version_id: str | None = None, bypass: bool = False
    ) -> Any:
        bucket = self.get_bucket(bucket_name)
        if bucket.versioning_status != _SUSPENDED:
            return original(self, bucket_name, key_name, version_id=version_id, bypass=bypass)
        if version_id is None:
            return _mark(bucket, key_name)
        with _taken_for_versioned(bucket):
            return original(self, bucket_name, key_name, version_id=version_id, bypass=bypass)

    return delete_object


def _also_onto_itself(original: Any) -> Any:
    """An older version can be copied onto its own key; moto allows that where versioning is enabled alone."""

    def copy_object(
        self: S3Backend, src_key: Any, dest_bucket_name: str, dest_key_name: str, *arguments: Any, **options: Any
    ) -> Any:
        bucket = self.get_bucket(dest_bucket_name)
        of_a_version = bucket.versioning_status == _SUSPENDED and options.get("provided_version_id")
        if of_a_version and options.get("mdirective") != _REPLACE:
            options |= {"mdirective": _REPLACE, "metadata": src_key.metadata}
        return original(self, src_key, dest_bucket_name, dest_key_name, *arguments, **options)

    return copy_object


def _by_version(original: Any) -> Any:
    def head_object(self: S3Response, bucket_name: str, *arguments: Any, **options: Any) -> Any:
        bucket = moto_state.find_bucket(bucket_name)
        if bucket is None or bucket.versioning_status != _SUSPENDED:
            return original(self, bucket_name, *arguments, **options)
        with _taken_for_versioned(bucket):
            return original(self, bucket_name, *arguments, **options)

    return head_object


@contextmanager
def _taken_for_versioned(bucket: FakeBucket) -> Iterator[None]:
    """For moto's own code, which knows buckets with and without versions; `s3_lock` lets nobody else see it."""
    bucket.versioning_status = _ENABLED
    try:
        yield
    finally:
        bucket.versioning_status = _SUSPENDED


def _mark(bucket: FakeBucket, key_name: str) -> tuple[bool, dict[str, Any]]:
    """Put a delete marker in the place of the version ``null``, if the key has any version."""
    before = list(bucket.keys.getlist(key_name, []))
    if not before:
        return False, {}
    marker = FakeDeleteMarker(key=before[-1])
    marker._version_id = _NULL
    bucket.keys.setlist(key_name, [*(each for each in before if each.version_id != _NULL), marker])
    return True, {"version-id": _NULL, "delete-marker": "true"}


def _set(bucket: FakeBucket, key_name: str, versions: list[Any]) -> None:
    if versions:
        dict.__setitem__(bucket.keys, key_name, versions)
