"""What scenarios find already there: datasets in S3, and packages made for one scenario."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import quote

import pytest

from data.datasets.checksums import ChecksumSink
from data.upload import ArrangedDataset, StoredFile, arrange_dataset
from environment.arrangement.packages import Entry, PackageArranger
from environment.observers.registry import RegistryObserver
from environment.people.names import Names
from environment.targets.target import Target
from environment.undo.log import UndoLog
from environment.undo.scratch import arranged

# As many as boto3 keeps connections.
_THREADS = 8

Arranged = ArrangedDataset


class DatasetShelf:
    """Datasets in the data bucket, uploaded when a scenario first asks for one."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._taken: dict[str, ArrangedDataset] = {}

    def take(self, name: str) -> ArrangedDataset:
        """The dataset, arranged."""
        if name not in self._taken:
            self._taken[name] = arrange_dataset(name, self._target.client("s3"), self._target.buckets.data)
        return self._taken[name]


def entry_of(file: StoredFile) -> Entry:
    """The package entry of a dataset's file."""
    return Entry(file.logical_key, file.physical_key, file.file.size, file.file.quilt_hash)


@pytest.fixture(scope="session")
def datasets(target: Target) -> DatasetShelf:
    """The shelf of datasets."""
    return DatasetShelf(target)


@pytest.fixture(scope="session")
def package_arranger(registry_observer: RegistryObserver) -> PackageArranger:
    """Makes packages through the registry."""
    return PackageArranger(registry_observer)


def quilt_hash(content: bytes) -> str:
    """Hash of a file's bytes as packages keep it, so that the registry need not read them (registry facts 7.4)."""
    sink = ChecksumSink()
    sink.write(content)
    return sink.digest().quilt_hash


@dataclass(frozen=True)
class MadePackage:
    """A package that was arranged for one scenario: its name, and the bytes' SHA-256 by logical key."""

    name: str
    top_hash: str
    checksums: dict[str, str]


@pytest.fixture
def package_name(names: Names, undo: UndoLog, target: Target) -> str:
    """A new package name of this scenario's, booked for undoing."""
    name = names.package_name("test-user")
    undo.book("package", f"the package {name}", bucket=target.buckets.packages, name=name)
    return name


class Workshop:
    """Makes packages of small files for one scenario."""

    def __init__(self, target: Target, arranger: PackageArranger, undo: UndoLog, package_name: str) -> None:
        self._target = target
        self._arranger = arranger
        self._undo = undo
        self._name = package_name

    def package_of(self, contents: Mapping[str, bytes]) -> MadePackage:
        """A package with these files, stored in the scratch bucket."""
        bucket = self._target.buckets.scratch
        prefix = self._booked_prefix(bucket)
        s3 = self._target.client("s3")

        def store(logical_key: str) -> Entry:
            content = contents[logical_key]
            s3.put_object(Bucket=bucket, Key=prefix + logical_key, Body=content)
            physical_key = f"s3://{bucket}/{quote(prefix + logical_key)}"
            return Entry(logical_key, physical_key, len(content), quilt_hash(content))

        with ThreadPoolExecutor(_THREADS) as pool:
            entries = list(pool.map(store, contents))
        checksums = {key: hashlib.sha256(content).hexdigest() for key, content in contents.items()}
        return self._construct(entries, checksums)

    def package_of_one_object(self, logical_keys: Sequence[str]) -> MadePackage:
        """A package whose files are all the same object of the packages bucket: many files for the price of one.

        Each entry names the object's version, size and hash, so that the registry has to look none up.
        """
        bucket = self._target.buckets.packages
        key, content = f"{self._booked_prefix(bucket)}one", b"%s\n" % self._name.encode()
        version = self._target.client("s3").put_object(Bucket=bucket, Key=key, Body=content)["VersionId"]
        physical_key = f"s3://{bucket}/{quote(key)}?versionId={quote(version)}"
        hash_value = quilt_hash(content)
        entries = [Entry(logical_key, physical_key, len(content), hash_value) for logical_key in logical_keys]
        return self._construct(entries, dict.fromkeys(logical_keys, hashlib.sha256(content).hexdigest()))

    def _booked_prefix(self, bucket: str) -> str:
        prefix = arranged(self._name)
        self._undo.book("objects", f"the objects s3://{bucket}/{prefix}", bucket=bucket, prefix=prefix)
        return prefix

    def _construct(self, entries: Sequence[Entry], checksums: dict[str, str]) -> MadePackage:
        top_hash = self._arranger.construct(self._target.buckets.packages, self._name, entries)
        return MadePackage(self._name, top_hash, checksums)


@pytest.fixture
def workshop(target: Target, package_arranger: PackageArranger, undo: UndoLog, package_name: str) -> Workshop:
    """Makes packages for this scenario."""
    return Workshop(target, package_arranger, undo, package_name)
