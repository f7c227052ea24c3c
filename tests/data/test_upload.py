"""Upload: everything the first time, nothing the second, only what differs afterwards."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from data.datasets.dataset_list import dataset
from data.datasets.generation import generate
from data.upload import arrange_dataset, upload
from environment.errors import SuiteError


def versions(s3: Any, bucket: str) -> int:
    return len(s3.list_object_versions(Bucket=bucket).get("Versions", []))


def test_every_file_arrives_with_its_bytes(s3: Any, bucket: str, tmp_path: Path) -> None:
    arranged = arrange_dataset("nested-structure", s3, bucket, tmp_path)

    assert len(arranged.uris) == 50
    for stored in arranged.files.values():
        assert stored.key == f"nested-structure/v1/{stored.logical_key}"
        body = s3.get_object(Bucket=bucket, Key=stored.key, VersionId=stored.version_id)["Body"].read()
        assert hashlib.sha256(body).hexdigest() == stored.file.sha256


def test_an_unchanged_dataset_writes_no_object(s3: Any, bucket: str, tmp_path: Path) -> None:
    first = arrange_dataset("versioned-data", s3, bucket, tmp_path)

    second = arrange_dataset("versioned-data", s3, bucket, tmp_path)

    assert [len(upload.written) for upload in first.revisions.values()] == [3, 4]
    assert [upload.written for upload in second.revisions.values()] == [(), ()]
    assert second.revisions["v2"].files == first.revisions["v2"].files
    assert versions(s3, bucket) == 7


def test_only_what_differs_is_written(s3: Any, bucket: str, tmp_path: Path) -> None:
    simple = dataset("simple-csv")
    arrange_dataset("simple-csv", s3, bucket, tmp_path)
    size = simple.latest.file("file2.csv").size
    s3.delete_object(Bucket=bucket, Key="simple-csv/v1/file1.csv")
    s3.put_object(Bucket=bucket, Key="simple-csv/v1/file2.csv", Body=b"x" * size)
    s3.put_object(Bucket=bucket, Key="simple-csv/v1/file3.csv", Body=b"short")
    s3.put_object(Bucket=bucket, Key="simple-csv/v1/stranger.txt", Body=b"not ours")

    again = arrange_dataset("simple-csv", s3, bucket, tmp_path)

    assert again.revisions["v1"].written == tuple(f"simple-csv/v1/file{number}.csv" for number in (1, 2, 3))
    assert s3.get_object(Bucket=bucket, Key="simple-csv/v1/stranger.txt")["Body"].read() == b"not ours"


def test_physical_keys_point_to_the_version(s3: Any, bucket: str, tmp_path: Path) -> None:
    stored = arrange_dataset("single-file", s3, bucket, tmp_path).files["data.csv"]

    parts = urlsplit(stored.physical_key)
    assert (parts.netloc, parts.path) == (bucket, "/single-file/v1/data.csv")
    assert parse_qs(parts.query)["versionId"] == [stored.version_id]
    assert stored.uri == f"s3://{bucket}/single-file/v1/data.csv"


def test_a_bucket_without_versions_gives_keys_without_one(s3: Any, tmp_path: Path) -> None:
    s3.create_bucket(Bucket="plain-bucket")

    stored = arrange_dataset("single-file", s3, "plain-bucket", tmp_path).files["data.csv"]

    assert stored.version_id is None
    assert stored.physical_key == "s3://plain-bucket/single-file/v1/data.csv"


def test_the_empty_dataset_needs_no_object(s3: Any, bucket: str, tmp_path: Path) -> None:
    arranged = arrange_dataset("empty-package", s3, bucket, tmp_path)

    assert (arranged.uris, versions(s3, bucket)) == ([], 0)


def test_a_spoiled_file_is_refused_by_s3(s3: Any, bucket: str, tmp_path: Path) -> None:
    simple = dataset("simple-csv")
    generate(simple, tmp_path)
    path = tmp_path / "v1" / "file1.csv"
    path.write_bytes(path.read_bytes()[:-1] + b"!")

    with pytest.raises(SuiteError, match="Uploaded to s3://"):
        upload(simple.latest, tmp_path, s3, bucket, "simple-csv/v1/")

    assert "simple-csv/v1/file1.csv" not in [
        item["Key"] for item in s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    ]


def test_a_bucket_that_is_not_there_is_named(s3: Any, tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match=r"s3://no-such-bucket/single-file/v1/: .*NoSuchBucket.*doctor"):
        arrange_dataset("single-file", s3, "no-such-bucket", tmp_path)


def test_progress_names_every_object_once(s3: Any, bucket: str, tmp_path: Path) -> None:
    told: list[str] = []

    arranged = arrange_dataset("simple-csv", s3, bucket, tmp_path, lambda key, size: told.append(key))

    assert sorted(told) == [stored.key for stored in arranged.files.values()]
