"""Objects, versions and delete markers as boto3 sees them."""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from aws_callers import refused
from botocore.exceptions import ClientError

ODD_KEYS = ["a%20b", "a//b", "q?x", "a+b", "a b", "%", "#tag", "日本語/ü.txt", "a&b=c;d", "trailing/", "a%2Fb"]


@pytest.mark.parametrize("key", ODD_KEYS)
def test_odd_keys_come_back_as_they_were(s3: Any, bucket: str, key: str) -> None:
    version = s3.put_object(Bucket=bucket, Key=key, Body=key.encode())["VersionId"]
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    assert s3.get_object(Bucket=bucket, Key=key, VersionId=version)["Body"].read() == key.encode()
    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": key, "VersionId": version})
    assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == key.encode()


@pytest.mark.parametrize("size", [0, 1, 262_143, 262_144, 262_145, 3_000_000])
def test_bodies_come_back_whole_whatever_the_blocks_they_are_sent_in(s3: Any, bucket: str, size: int) -> None:
    body = random.Random(size).randbytes(size)
    s3.put_object(Bucket=bucket, Key="blocks.bin", Body=body)

    found = s3.get_object(Bucket=bucket, Key="blocks.bin")

    assert found["ContentLength"] == size
    assert found["Body"].read() == body


def test_metadata_names_keep_their_underscores(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=b"", Metadata={"a_b": "1", "c-d": "2"})
    assert s3.head_object(Bucket=bucket, Key="key")["Metadata"] == {"a_b": "1", "c-d": "2"}


def test_a_delete_marker_is_not_readable_by_its_version_id(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=b"one")
    marker = s3.delete_object(Bucket=bucket, Key="key")["VersionId"]
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=bucket, Key="key", VersionId=marker)
    response = caught.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == ("MethodNotAllowed", 405)
    assert response["ResponseMetadata"]["HTTPHeaders"]["allow"] == "DELETE"
    assert response["ResponseMetadata"]["HTTPHeaders"]["x-amz-delete-marker"] == "true"


def test_a_deleted_key_is_missing_and_says_why(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=b"one")
    s3.delete_object(Bucket=bucket, Key="key")
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=bucket, Key="key")
    assert caught.value.response["Error"]["Code"] == "NoSuchKey"
    assert caught.value.response["ResponseMetadata"]["HTTPHeaders"]["x-amz-delete-marker"] == "true"
    assert refused(lambda: s3.head_object(Bucket=bucket, Key="key")) == "404"


def test_delete_objects_answers_for_each_version(s3: Any, bucket: str) -> None:
    version = s3.put_object(Bucket=bucket, Key="key", Body=b"one")["VersionId"]
    marker = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "key"}]})["Deleted"][0]
    assert marker["DeleteMarker"] is True
    gone = s3.delete_objects(
        Bucket=bucket,
        Delete={
            "Objects": [
                {"Key": "key", "VersionId": version},
                {"Key": "key", "VersionId": marker["DeleteMarkerVersionId"]},
            ]
        },
    )["Deleted"]
    assert [each.get("DeleteMarker", False) for each in gone] == [False, True]
    assert "Versions" not in s3.list_object_versions(Bucket=bucket)


def test_quiet_delete_objects_answers_errors_alone(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=b"one")
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "key"}], "Quiet": True})
    assert "Deleted" not in answer
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_listing_versions_does_not_disturb_their_bodies(s3: Any, bucket: str) -> None:
    versions = [s3.put_object(Bucket=bucket, Key="key", Body=bytes([n]))["VersionId"] for n in range(3)]
    for _ in range(2):
        listed = s3.list_object_versions(Bucket=bucket)["Versions"]
        assert [each["VersionId"] for each in listed if each["IsLatest"]] == [versions[-1]]
    bodies = [s3.get_object(Bucket=bucket, Key="key", VersionId=each)["Body"].read() for each in versions]
    assert bodies == [b"\x00", b"\x01", b"\x02"]


@pytest.fixture
def threads_that_interleave() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("threads_that_interleave")
def test_concurrent_puts_keep_every_version_and_one_winner(s3: Any, bucket: str) -> None:
    gate = threading.Barrier(8)

    def put(number: int) -> bool:
        gate.wait(timeout=30)
        for each in range(5):
            s3.put_object(Bucket=bucket, Key="many", Body=f"{number} {each}".encode())
        try:
            s3.put_object(Bucket=bucket, Key="one", Body=b"", IfNoneMatch="*")
        except ClientError as error:
            assert error.response["Error"]["Code"] == "PreconditionFailed"
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        winners = list(pool.map(put, range(8)))
    assert winners.count(True) == 1
    assert len(s3.list_object_versions(Bucket=bucket, Prefix="many")["Versions"]) == 40


@pytest.mark.parametrize("key", ["x" * 1025, "ü" * 513, "日" * 342])
def test_a_key_over_1024_bytes_is_refused(s3: Any, bucket: str, key: str) -> None:
    """AWS documentation, "Naming Amazon S3 objects"."""
    source = {"Bucket": bucket, "Key": "source"}
    s3.put_object(Bucket=bucket, Key="source", Body=b"")
    for call in (
        lambda: s3.put_object(Bucket=bucket, Key=key, Body=b""),
        lambda: s3.copy_object(Bucket=bucket, Key=key, CopySource=source),
        lambda: s3.create_multipart_upload(Bucket=bucket, Key=key),
        lambda: s3.get_object(Bucket=bucket, Key=key),
    ):
        with pytest.raises(ClientError) as caught:
            call()
        error = caught.value.response["Error"]
        assert (error["Code"], error["Message"]) == ("KeyTooLongError", "Your key is too long")
    with pytest.raises(ClientError) as caught:
        s3.head_object(Bucket=bucket, Key=key)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize("key", ["x" * 1024, "ü" * 512])
def test_a_key_of_1024_bytes_is_kept(s3: Any, bucket: str, key: str) -> None:
    s3.put_object(Bucket=bucket, Key=key, Body=b"kept")
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"kept"
