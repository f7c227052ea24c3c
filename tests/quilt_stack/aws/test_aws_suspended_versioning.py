"""Buckets whose versioning was suspended.

AWS documentation, "Working with objects in a versioning-suspended bucket".
"""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from quilt_stack.aws.cloud import ObjectEvent

KEY = "key"


@pytest.fixture
def suspended(s3: Any, bucket: str) -> str:
    """A bucket with two versions of a key, suspended since."""
    for body in (b"first", b"second"):
        s3.put_object(Bucket=bucket, Key=KEY, Body=body)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    return bucket


def versions(s3: Any, bucket: str) -> dict[bytes, str]:
    """The versions of the key by their content, newest first."""
    listed = s3.list_object_versions(Bucket=bucket, Prefix=KEY).get("Versions", [])
    ids = [each["VersionId"] for each in listed]
    return {s3.get_object(Bucket=bucket, Key=KEY, VersionId=each)["Body"].read(): each for each in ids}


def markers(s3: Any, bucket: str) -> list[tuple[str, bool]]:
    listed = s3.list_object_versions(Bucket=bucket, Prefix=KEY).get("DeleteMarkers", [])
    return [(each["VersionId"], each["IsLatest"]) for each in listed]


def test_older_versions_stay(s3: Any, suspended: str) -> None:
    before = versions(s3, suspended)
    s3.put_object(Bucket=suspended, Key=KEY, Body=b"third")
    assert versions(s3, suspended) == {b"third": "null", **before}
    assert s3.get_object(Bucket=suspended, Key=KEY)["Body"].read() == b"third"
    assert s3.head_object(Bucket=suspended, Key=KEY, VersionId=before[b"first"])["ContentLength"] == 5


def test_there_is_one_version_null(s3: Any, suspended: str) -> None:
    before = versions(s3, suspended)
    s3.put_object(Bucket=suspended, Key=KEY, Body=b"third")
    s3.put_object(Bucket=suspended, Key=KEY, Body=b"fourth")
    upload = s3.create_multipart_upload(Bucket=suspended, Key=KEY)["UploadId"]
    part = s3.upload_part(Bucket=suspended, Key=KEY, UploadId=upload, PartNumber=1, Body=b"fifth")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(Bucket=suspended, Key=KEY, UploadId=upload, MultipartUpload=parts)
    assert versions(s3, suspended) == {b"fifth": "null", **before}


def test_an_older_version_is_brought_back_by_copying_it(s3: Any, suspended: str) -> None:
    before = versions(s3, suspended)
    s3.put_object(Bucket=suspended, Key=KEY, Body=b"third", Metadata={"a": "3"})
    source = {"Bucket": suspended, "Key": KEY, "VersionId": before[b"first"]}
    s3.copy_object(Bucket=suspended, Key=KEY, CopySource=source)
    assert s3.get_object(Bucket=suspended, Key=KEY)["Body"].read() == b"first"
    listed = s3.list_object_versions(Bucket=suspended, Prefix=KEY)["Versions"]
    assert [each["VersionId"] for each in listed] == ["null", *before.values()]


def test_a_deletion_leaves_a_marker_null(s3: Any, suspended: str) -> None:
    before = versions(s3, suspended)
    s3.put_object(Bucket=suspended, Key=KEY, Body=b"third")
    answer = s3.delete_object(Bucket=suspended, Key=KEY)
    assert (answer["VersionId"], answer["DeleteMarker"]) == ("null", True)
    assert versions(s3, suspended) == before
    assert markers(s3, suspended) == [("null", True)]
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket=suspended, Key=KEY)
    s3.put_object(Bucket=suspended, Key=KEY, Body=b"fourth")
    assert versions(s3, suspended) == {b"fourth": "null", **before}
    assert markers(s3, suspended) == []


def test_a_batch_of_deletions_leaves_markers_too(s3: Any, suspended: str) -> None:
    before = versions(s3, suspended)
    [deleted] = s3.delete_objects(Bucket=suspended, Delete={"Objects": [{"Key": KEY}]})["Deleted"]
    assert deleted == {"Key": KEY, "DeleteMarker": True, "DeleteMarkerVersionId": "null"}
    assert versions(s3, suspended) == before


def test_versions_are_deleted_one_by_one(s3: Any, suspended: str) -> None:
    before = versions(s3, suspended)
    s3.put_object(Bucket=suspended, Key=KEY, Body=b"third")
    s3.delete_object(Bucket=suspended, Key=KEY, VersionId=before[b"second"])
    s3.delete_object(Bucket=suspended, Key=KEY, VersionId="null")
    assert versions(s3, suspended) == {b"first": before[b"first"]}
    assert s3.get_object(Bucket=suspended, Key=KEY)["Body"].read() == b"first"


def test_versions_come_again_when_it_is_enabled_again(s3: Any, suspended: str) -> None:
    before = versions(s3, suspended)
    s3.put_object(Bucket=suspended, Key=KEY, Body=b"third")
    s3.put_bucket_versioning(Bucket=suspended, VersioningConfiguration={"Status": "Enabled"})
    new = s3.put_object(Bucket=suspended, Key=KEY, Body=b"fourth")["VersionId"]
    assert new != "null"
    assert versions(s3, suspended) == {b"fourth": new, b"third": "null", **before}


def test_what_comes_and_goes_is_announced(s3: Any, suspended: str, events: list[ObjectEvent]) -> None:
    first = versions(s3, suspended)[b"first"]
    s3.put_object(Bucket=suspended, Key=KEY, Body=b"third")
    s3.delete_object(Bucket=suspended, Key=KEY)
    s3.delete_object(Bucket=suspended, Key=KEY, VersionId=first)
    assert [(event.name, event.version_id) for event in events] == [
        ("ObjectCreated:Put", None),
        ("ObjectRemoved:DeleteMarkerCreated", None),
        ("ObjectRemoved:Delete", first),
    ]
