"""Checksums: those that S3 answers, those that it verifies."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from aws_callers import refused
from botocore.exceptions import ClientError

PART = 5 * 1024 * 1024


def sha256(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def composite(*parts: bytes) -> str:
    digests = b"".join(hashlib.sha256(part).digest() for part in parts)
    return f"{sha256(digests)}-{len(parts)}"


def complete(s3: Any, bucket: str, key: str, upload_id: str, parts: list[dict[str, Any]]) -> Any:
    return s3.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload_id, MultipartUpload={"Parts": parts})


def test_a_multipart_upload_shows_its_composite_checksum_everywhere(s3: Any, bucket: str) -> None:
    bodies = [b"a" * PART, b"b" * 100]
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key="large", ChecksumAlgorithm="SHA256")["UploadId"]
    parts = []
    for number, body in enumerate(bodies, start=1):
        part = s3.upload_part(
            Bucket=bucket, Key="large", UploadId=upload_id, PartNumber=number, Body=body, ChecksumAlgorithm="SHA256"
        )
        assert part["ChecksumSHA256"] == sha256(body)
        parts.append({"PartNumber": number, "ETag": part["ETag"], "ChecksumSHA256": part["ChecksumSHA256"]})
    done = complete(s3, bucket, "large", upload_id, parts)
    head = s3.head_object(Bucket=bucket, Key="large", ChecksumMode="ENABLED", VersionId=done["VersionId"])
    got = s3.get_object(Bucket=bucket, Key="large", ChecksumMode="ENABLED")
    expected = composite(*bodies)
    assert [each["ChecksumSHA256"] for each in (done, head, got)] == [expected] * 3
    assert [each["ChecksumType"] for each in (done, head, got)] == ["COMPOSITE"] * 3
    assert got["Body"].read() == b"".join(bodies)


def test_a_copied_part_shows_its_checksum(s3: Any, bucket: str) -> None:
    source = b"c" * PART + b"d" * 10
    s3.put_object(Bucket=bucket, Key="source", Body=source)
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key="copy", ChecksumAlgorithm="SHA256")["UploadId"]
    result = s3.upload_part_copy(
        Bucket=bucket,
        Key="copy",
        UploadId=upload_id,
        PartNumber=1,
        CopySource={"Bucket": bucket, "Key": "source"},
        CopySourceRange=f"bytes=0-{PART - 1}",
    )["CopyPartResult"]
    assert result["ChecksumSHA256"] == sha256(source[:PART])


def test_a_simple_upload_shows_its_checksum_without_suffix(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="small", Body=b"body", ChecksumAlgorithm="SHA256")
    head = s3.head_object(Bucket=bucket, Key="small", ChecksumMode="ENABLED")
    assert (head["ChecksumSHA256"], head["ChecksumType"]) == (sha256(b"body"), "FULL_OBJECT")


@pytest.mark.parametrize("algorithm", ["SHA256", "SHA1", "CRC32", "CRC32C", "CRC64NVME"])
def test_right_checksums_are_accepted(s3: Any, bucket: str, algorithm: str) -> None:
    """As a header, and behind the body where botocore streams."""
    first = s3.put_object(Bucket=bucket, Key="key", Body=b"body", ChecksumAlgorithm=algorithm)
    assert first[f"Checksum{algorithm}"]
    again = s3.put_object(
        Bucket=bucket, Key="key", Body=b"body", **{f"Checksum{algorithm}": first[f"Checksum{algorithm}"]}
    )
    assert again["ETag"] == first["ETag"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"ChecksumSHA256": sha256(b"other")},
        {"ChecksumSHA1": base64.b64encode(b"0" * 20).decode()},
        {"ChecksumCRC32": "AAAAAA=="},
        {"ChecksumCRC32C": "AAAAAA=="},
        {"ChecksumCRC64NVME": base64.b64encode(b"0" * 8).decode()},
        {"ContentMD5": base64.b64encode(hashlib.md5(b"other").digest()).decode()},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_wrong_checksums_are_refused_and_nothing_is_stored(s3: Any, bucket: str, wrong: dict[str, str]) -> None:
    with pytest.raises(ClientError) as caught:
        s3.put_object(Bucket=bucket, Key="key", Body=b"body", **wrong)
    response = caught.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == ("BadDigest", 400)
    assert "Versions" not in s3.list_object_versions(Bucket=bucket)


def test_a_wrong_checksum_of_a_part_is_refused(s3: Any, bucket: str) -> None:
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key="large", ChecksumAlgorithm="SHA256")["UploadId"]
    upload: Callable[[], Any] = lambda: s3.upload_part(  # noqa: E731
        Bucket=bucket, Key="large", UploadId=upload_id, PartNumber=1, Body=b"body", ChecksumSHA256=sha256(b"other")
    )
    assert refused(upload) == "BadDigest"
    assert "Parts" not in s3.list_parts(Bucket=bucket, Key="large", UploadId=upload_id)
