"""What scenarios find already there: datasets in S3, the baseline packages, and packages made for one scenario."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

import pytest
from filelock import FileLock

from environment.arrangement.packages import Entry, PackageArranger
from environment.observers.manifest import ManifestObserver
from environment.observers.registry import RegistryObserver
from environment.observers.storage import StorageObserver
from environment.people import Names
from environment.targets.target import Target
from environment.undo.ledger import Ledger
from environment.undo.scratch import arranged
from infra.baseline import (
    BASELINE,
    BaselinePackage,
    PackageRevision,
    PublishedEntry,
    PublishedRevision,
    create_baseline,
)
from infra.datasets.checksums import ChecksumSink
from infra.datasets.model import Dataset
from infra.upload import ArrangedDataset, StoredFile, arrange_dataset

# Decision: half a gigabyte is not worth its seconds in every run; scenarios that need it make their own.
LEFT_OUT_OF_EMBEDDED = frozenset({"test-user/large-package"})

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


@dataclass(frozen=True)
class Baseline:
    """The packages that every scenario may rely on."""

    packages: tuple[BaselinePackage, ...]

    @property
    def package_names(self) -> list[str]:
        """Their names."""
        return [package.name for package in self.packages]

    def dataset(self, package_name: str) -> Dataset:
        """The dataset that a package was made from."""
        return next(package.dataset for package in self.packages if package.name == package_name)

    def package(self, package_name: str) -> BaselinePackage:
        """One of the packages."""
        return next(package for package in self.packages if package.name == package_name)


class _RegistryWriter:
    """Writes baseline revisions through the registry, with the hashes that the datasets pin."""

    def __init__(self, arranger: PackageArranger, bucket: str) -> None:
        self._arranger = arranger
        self._bucket = bucket

    def write(self, revision: PackageRevision) -> str:
        entries = [entry_of(file) for file in revision.files]
        return self._arranger.construct(self._bucket, revision.name, entries, revision.metadata, revision.message)


class _ManifestReader:
    """Reads what a registry holds from its manifests."""

    def __init__(self, storage: StorageObserver, manifests: ManifestObserver, bucket: str) -> None:
        self._storage = storage
        self._manifests = manifests
        self._bucket = bucket

    @cached_property
    def _existing(self) -> set[str]:
        return self._storage.package_names(self._bucket)

    def revisions(self, package_name: str) -> list[PublishedRevision]:
        if package_name not in self._existing:
            return []
        found = []
        for top_hash in self._storage.revision_hashes(self._bucket, package_name):
            manifest = self._manifests.revision(self._bucket, top_hash)
            entries = {key: PublishedEntry(entry.size, entry.hash_value) for key, entry in manifest.entries.items()}
            found.append(PublishedRevision(top_hash, manifest.message, manifest.metadata, entries))
        return found


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


@pytest.fixture(scope="session")
def baseline(
    target: Target,
    datasets: DatasetShelf,
    package_arranger: PackageArranger,
    storage_observer: StorageObserver,
    manifest_observer: ManifestObserver,
) -> Baseline:
    """The baseline packages, made by the first worker that needs them."""
    bucket = target.buckets.packages
    left_out = LEFT_OUT_OF_EMBEDDED if target.kind == "embedded" else frozenset()
    wanted = Baseline(tuple(package for package in BASELINE if package.name not in left_out))
    with FileLock(target.shared_directory / "baseline.lock"):
        create_baseline(
            _RegistryWriter(package_arranger, bucket),
            _ManifestReader(storage_observer, manifest_observer, bucket),
            _Lazily(datasets.take),
            wanted.packages,
        )
        target.wait_until_indexed()
    return wanted


def quilt_hash(content: bytes) -> str:
    """Hash of a file's bytes as packages keep it, so that the registry need not read them (registry-facts 7.4)."""
    sink = ChecksumSink()
    sink.write(content)
    return sink.digest().quilt_hash


@pytest.fixture
def settled_index(target: Target, baseline: Baseline) -> Baseline:
    """The baseline, when search knows it and has forgotten what earlier scenarios took away."""
    target.wait_until_indexed()
    return baseline


class _Lazily(Mapping[str, ArrangedDataset]):
    """Arranges a dataset when it is looked up."""

    def __init__(self, take: Callable[[str], ArrangedDataset]) -> None:
        self._take = take

    def __getitem__(self, name: str) -> ArrangedDataset:
        return self._take(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@dataclass(frozen=True)
class MadePackage:
    """A package that was arranged for one scenario: its name, and the bytes' SHA-256 by logical key."""

    name: str
    top_hash: str
    checksums: dict[str, str]


@pytest.fixture
def package_name(names: Names, undo: Ledger, target: Target) -> str:
    """A new package name of this scenario's, booked for undoing."""
    name = names.package_name("test-user")
    undo.book("package", f"the package {name}", bucket=target.buckets.packages, name=name)
    return name


class Workshop:
    """Makes packages of small files for one scenario."""

    def __init__(self, target: Target, arranger: PackageArranger, undo: Ledger, package_name: str) -> None:
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
def workshop(target: Target, package_arranger: PackageArranger, undo: Ledger, package_name: str) -> Workshop:
    """Makes packages for this scenario."""
    return Workshop(target, package_arranger, undo, package_name)
