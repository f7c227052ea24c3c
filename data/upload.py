"""Putting a dataset into S3 under ``<dataset>/<revision>/<logical key>``, and only what is not there yet.

S3 itself checks each upload against the pinned SHA-256 and keeps it with the object, so that a later run can tell from
a HEAD request whether the object is still the right one. Nothing is ever deleted.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from data.datasets.dataset_list import dataset as dataset_called
from data.datasets.generation import Progress, generate
from data.datasets.model import DataFile, Dataset, Revision
from environment.errors import SuiteError
from environment.observers.storage import PlaceInS3, StorageObserver
from environment.settings import ROOT

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

GENERATED = Path(os.environ.get("QUILT_ACCEPTANCE_DATASETS") or ROOT / ".acceptance" / "datasets").absolute()
"""Where datasets are generated unless told otherwise: one folder for each. No part of the state: runs that keep theirs
apart need not generate them again."""

# boto3 keeps ten connections; more threads would only wait for one.
_THREADS = 8


@dataclass(frozen=True)
class StoredFile(PlaceInS3):
    """A file of a dataset that lies in S3; ``version_id`` is None in a bucket without versions."""

    file: DataFile
    bucket: str
    key: str
    version_id: str | None

    @property
    def logical_key(self) -> str:
        """Path in the dataset and in packages made from it."""
        return self.file.logical_key


@dataclass(frozen=True)
class Upload:
    """What ``upload`` did: every file in the order of the revision, and the keys that it had to write."""

    files: tuple[StoredFile, ...]
    written: tuple[str, ...]


@dataclass(frozen=True)
class ArrangedDataset:
    """A dataset whose files lie in a bucket, by revision."""

    dataset: Dataset
    revisions: dict[str, Upload]

    @property
    def files(self) -> dict[str, StoredFile]:
        """Files of the newest revision by logical key, in order."""
        return self.files_of(self.dataset.latest.name)

    @property
    def uris(self) -> list[str]:
        """URIs of the newest revision's files, in order."""
        return [file.uri for file in self.files.values()]

    def files_of(self, revision: str) -> dict[str, StoredFile]:
        """Files of a revision by logical key, in order.

        Raises:
            DatasetError: the dataset has no such revision.
        """
        return {file.logical_key: file for file in self.revisions[self.dataset.revision(revision).name].files}


def arrange_dataset(
    name: str, client: S3Client, bucket: str, directory: Path | None = None, progress: Progress | None = None
) -> ArrangedDataset:
    """Generate a dataset, unless it is there, and upload what the bucket does not hold yet.

    ``directory`` is the dataset's own folder, ``.acceptance/datasets/<name>`` in the project unless given.

    Raises:
        UnknownDataset: there is no dataset of that name.
        DatasetError: it could not be generated.
        SuiteError: the bucket cannot be read or written.
    """
    dataset = dataset_called(name)
    directory = directory or GENERATED / name
    generate(dataset, directory)
    return ArrangedDataset(
        dataset,
        {
            revision.name: upload(revision, directory, client, bucket, _prefix(dataset, revision), progress)
            for revision in dataset.revisions
        },
    )


def upload(
    revision: Revision, directory: Path, client: S3Client, bucket: str, prefix: str, progress: Progress | None = None
) -> Upload:
    """Upload the files of a generated revision, read from ``directory/<revision>``, whose object is not the same.

    Raises:
        SuiteError: the bucket cannot be read or written.
    """
    with _errors(bucket, prefix), ThreadPoolExecutor(_THREADS) as pool:
        present = _present(pool, revision, client, bucket, prefix)

        def arrange(file: DataFile) -> StoredFile:
            key = prefix + file.logical_key
            stored = present.get(key)
            if stored is None:
                source = directory / revision.name / file.logical_key
                stored = StoredFile(file, bucket, key, _put(client, bucket, key, source, file))
            if progress is not None:
                progress(key, file.size)
            return stored

        files = tuple(pool.map(arrange, revision.files))
    return Upload(files, tuple(file.key for file in files if file.key not in present))


def differing(dataset: Dataset, client: S3Client, bucket: str) -> list[str]:
    """Return the keys that ``arrange_dataset`` would write.

    Raises:
        SuiteError: the bucket cannot be read.
    """
    keys: list[str] = []
    for revision in dataset.revisions:
        prefix = _prefix(dataset, revision)
        with _errors(bucket, prefix), ThreadPoolExecutor(_THREADS) as pool:
            present = _present(pool, revision, client, bucket, prefix)
        keys += [key for file in revision.files if (key := prefix + file.logical_key) not in present]
    return keys


def _prefix(dataset: Dataset, revision: Revision) -> str:
    return f"{dataset.name}/{revision.name}/"


@contextmanager
def _errors(bucket: str, prefix: str) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError, OSError) as error:
        raise SuiteError(
            f"Uploaded to s3://{bucket}/{prefix}",
            str(error),
            "'acceptance doctor' checks bucket and credentials; to the data bucket the test role may not write, "
            "whoever deployed the template may (infra/README.md)",
        ) from error


def _present(
    pool: ThreadPoolExecutor, revision: Revision, client: S3Client, bucket: str, prefix: str
) -> dict[str, StoredFile]:
    """Return the files whose object has the right size and SHA-256, by key."""
    if not revision.files:
        return {}
    sizes = StorageObserver(client).sizes(bucket, prefix)
    candidates = [file for file in revision.files if sizes.get(prefix + file.logical_key) == file.size]

    def look(file: DataFile) -> StoredFile | None:
        key = prefix + file.logical_key
        head = client.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
        if head.get("ChecksumSHA256") != _base64(file.sha256):
            return None
        return StoredFile(file, bucket, key, _version(head.get("VersionId")))

    return {stored.key: stored for stored in pool.map(look, candidates) if stored is not None}


def _put(client: S3Client, bucket: str, key: str, source: Path, file: DataFile) -> str | None:
    with source.open("rb") as body:
        answer = client.put_object(
            Bucket=bucket, Key=key, Body=body, ChecksumAlgorithm="SHA256", ChecksumSHA256=_base64(file.sha256)
        )
    return _version(answer.get("VersionId"))


def _version(version_id: str | None) -> str | None:
    # S3 says "null" for an object written while versions were off.
    return None if version_id in (None, "null") else version_id


def _base64(sha256: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256)).decode()
