"""Files that a scenario puts into S3 itself, where a dataset has not what it needs: odd names, new content, copies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest
from pytest_bdd import given, when

from data.datasets.checksums import ChecksumSink
from data.datasets.model import DataFile, Sink
from data.upload import StoredFile
from environment.gherkin.references import parse
from environment.people.names import Names
from environment.targets.target import Target
from environment.undo.log import UndoLog
from environment.undo.scratch import arranged

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONTENT = b"plot,yield\n1,6.2\n"
OTHER_CONTENT_OF_THE_SAME_SIZE = CONTENT[::-1]


class Stock:
    """Puts files into buckets, each scenario's in a folder of its own that is booked for undoing."""

    def __init__(self, target: Target, undo: UndoLog, folder: str) -> None:
        self._target = target
        self._undo = undo
        self._folder = folder
        self._booked: set[str] = set()

    def put(self, path: str, content: bytes = CONTENT, bucket: str | None = None) -> StoredFile:
        """A file in a bucket, the packages' unless told otherwise: it keeps versions, and tests may write there.

        Its logical key is its last part.
        """
        bucket = bucket or self._target.buckets.packages
        if bucket not in self._booked:
            prefix = f"{self._folder}/"
            self._undo.book("objects", f"the objects s3://{bucket}/{prefix}", bucket=bucket, prefix=prefix)
            self._booked.add(bucket)
        return self._write(bucket, f"{self._folder}/{path}", content)

    def overwrite(self, file: StoredFile, content: bytes) -> StoredFile:
        """New content of a file of this stock, at the same place."""
        return self._write(file.bucket, file.key, content)

    def discard(self, files: Mapping[str, StoredFile]) -> None:
        """Delete these files with all their versions, as if their owner had cleared up."""
        for file in files.values():
            listed: dict[str, Any] = dict(self._s3.list_object_versions(Bucket=file.bucket, Prefix=file.key))
            for version in listed["Versions"]:
                self._s3.delete_object(Bucket=file.bucket, Key=version["Key"], VersionId=version["VersionId"])

    @property
    def _s3(self) -> S3Client:
        client: S3Client = self._target.client("s3")
        return client

    def _write(self, bucket: str, key: str, content: bytes) -> StoredFile:
        sink = ChecksumSink()
        sink.write(content)

        def write(into: Sink) -> None:
            into.write(content)

        answer = self._s3.put_object(Bucket=bucket, Key=key, Body=content)
        version_id = answer.get("VersionId")
        file = DataFile(key.rsplit("/", 1)[-1], sink.digest(), write, ())
        return StoredFile(file, bucket, key, None if version_id == "null" else version_id)


@pytest.fixture
def stock(target: Target, undo: UndoLog, names: Names) -> Stock:
    """Puts files into S3 for this scenario."""
    return Stock(target, undo, arranged(names.package_name("stock")).rstrip("/"))


@given(parse('a file named "{name:Text}" in S3'), target_fixture="files")
def file_in_s3(name: str, stock: Stock) -> dict[str, StoredFile]:
    """A file made for this scenario, in the bucket of the reference data."""
    return {name: stock.put(name)}


@given(parse('a file named "{name:Text}" with other content beside it'))
def file_beside(name: str, stock: Stock) -> None:
    """A file that nobody means to publish, in the same folder."""
    stock.put(name, b"not what was asked for\n")


@given(parse("a file in S3 whose name is {count:Count} letters long"), target_fixture="files")
def file_with_long_name(count: int, stock: Stock) -> dict[str, StoredFile]:
    """A file made for this scenario with a very long name."""
    return {"k" * count: stock.put("k" * count)}


@given(parse('a file in S3 whose path is "{path:Text}"'), target_fixture="files")
def file_at_path(path: str, stock: Stock) -> dict[str, StoredFile]:
    """A file made for this scenario, with the folders that its path names."""
    return {path: stock.put(path)}


@given(parse("{count:Count} files that will not stay where they are"), target_fixture="files")
def passing_files(count: int, stock: Stock, target: Target) -> dict[str, StoredFile]:
    """Files made for this scenario in the scratch bucket, which keeps no versions."""
    names = [f"plot-{number}.csv" for number in range(count)]
    return {name: stock.put(name, f"{name}\n".encode(), target.buckets.scratch) for name in names}


@given(parse("a file in S3 that is hidden from her"), target_fixture="files")
def hidden_file(stock: Stock, target: Target) -> dict[str, StoredFile]:
    """A file in the bucket that only the admin role may read."""
    return {"hidden.csv": stock.put("hidden.csv", bucket=target.buckets.restricted)}


@when(parse("the owner of those files deletes them"))
def delete_files(files: dict[str, StoredFile], stock: Stock) -> None:
    """The files are gone from where they lay, in all their versions."""
    stock.discard(files)


@when(parse("the owner of that file writes something else in its place"))
def overwrite_files(files: dict[str, StoredFile], stock: Stock) -> None:
    """The same key has other bytes of the same size; the bucket keeps the earlier version."""
    for file in files.values():
        stock.overwrite(file, OTHER_CONTENT_OF_THE_SAME_SIZE)


@given(parse("two files that share a name and lie in different {places:Places}"), target_fixture="files")
def namesakes(places: str, stock: Stock, target: Target) -> dict[str, StoredFile]:
    """Two files with the same last part, or with the same whole path, and other bytes."""
    if places == "folders":
        made = [stock.put("north/yields.csv"), stock.put("south/yields.csv", OTHER_CONTENT_OF_THE_SAME_SIZE)]
    else:
        scratch = target.buckets.scratch
        made = [stock.put("yields.csv"), stock.put("yields.csv", OTHER_CONTENT_OF_THE_SAME_SIZE, scratch)]
    return {file.uri: file for file in made}


@given(parse("a file in S3 and another one under that file's name as its folder"), target_fixture="files")
def file_and_folder(stock: Stock) -> dict[str, StoredFile]:
    """S3 lets a key go on where another one ends; a folder of a package cannot be a file, too (registry facts 7.2)."""
    made = [stock.put("yields/2026.csv"), stock.put("yields", OTHER_CONTENT_OF_THE_SAME_SIZE)]
    return {file.uri: file for file in made}
