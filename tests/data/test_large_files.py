"""Files that are made while they are uploaded: right digests, right bytes, in one part or in many."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

import pytest

from data.datasets.checksums import digest_of_bytes
from data.large_files import upload_random_file
from quilt_stack.aws.cloud import Cloud

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MEBIBYTE = 1024**2


@pytest.fixture(scope="module")
def s3(cloud: Cloud) -> S3Client:
    client: S3Client = cloud.client("s3")
    client.create_bucket(Bucket="data")
    client.put_bucket_versioning(Bucket="data", VersioningConfiguration={"Status": "Enabled"})
    return client


@pytest.mark.parametrize("size", [0, 1, MEBIBYTE, 20 * MEBIBYTE + 7], ids=["nothing", "a byte", "a part", "many parts"])
def test_the_object_has_the_digests_that_are_told(s3: S3Client, size: int) -> None:
    file = upload_random_file(s3, "data", "folder/random.bin", size=size, seed=1)

    body = s3.get_object(Bucket="data", Key="folder/random.bin", VersionId=str(file.version_id))["Body"].read()
    assert len(body) == size
    assert file.file.digest == digest_of_bytes(body)
    assert (file.uri, file.logical_key) == ("s3://data/folder/random.bin", "random.bin")


def test_the_file_can_be_written_again(s3: S3Client) -> None:
    file = upload_random_file(s3, "data", "random.bin", size=3 * MEBIBYTE + 1, seed=2)

    again = io.BytesIO()
    file.file.writer(again)
    assert hashlib.sha256(again.getvalue()).hexdigest() == file.file.sha256


def test_other_keys_have_other_bytes(s3: S3Client) -> None:
    files = [upload_random_file(s3, "data", key, size=100, seed=3).file.sha256 for key in ("one", "other")]
    assert files[0] != files[1]
