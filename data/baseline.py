"""The packages that every test environment holds under ``test-user/``, made from the datasets.

Who writes and reads them is the caller's choice: QuiltOps in either mode, quilt3, the registry's GraphQL. Entries carry
their hash and version, so that a writer that can make use of it need not read the bytes again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Protocol

from data.datasets.dataset_list import dataset as dataset_called
from data.datasets.model import Dataset, Revision
from data.datasets.verification import Problem
from data.upload import ArrangedDataset, StoredFile
from environment.waiting import wait_until

OWNER = "test-user"


@dataclass(frozen=True)
class BaselinePackage:
    """A package of the baseline: its name and the revisions of a dataset that it consists of, oldest first."""

    name: str
    dataset_name: str
    revision_names: tuple[str, ...] = ("v1",)

    @property
    def dataset(self) -> Dataset:
        """The dataset that it is made from."""
        return dataset_called(self.dataset_name)

    @property
    def revisions(self) -> tuple[Revision, ...]:
        """Its content, oldest first."""
        return tuple(self.dataset.revision(name) for name in self.revision_names)

    @property
    def metadata(self) -> dict[str, Any]:
        """Package metadata of every revision: description, tags and the dataset's own."""
        return self.dataset.package_metadata

    def message(self, revision: Revision) -> str:
        """Commit message of a revision."""
        return f"{self.dataset.description} ({revision.name})"


BASELINE: tuple[BaselinePackage, ...] = (
    BaselinePackage(f"{OWNER}/simple-csv", "simple-csv"),
    BaselinePackage(f"{OWNER}/nested-structure", "nested-structure"),
    BaselinePackage(f"{OWNER}/large-package", "large-package"),
    BaselinePackage(f"{OWNER}/mixed-formats", "mixed-formats"),
    BaselinePackage(f"{OWNER}/versioned-data", "versioned-data", ("v1", "v2")),
    BaselinePackage(f"{OWNER}/versioned-data-v1", "versioned-data", ("v1",)),
    BaselinePackage(f"{OWNER}/versioned-data-v2", "versioned-data", ("v2",)),
    BaselinePackage(f"{OWNER}/metadata-rich", "metadata-rich"),
    BaselinePackage(f"{OWNER}/empty-package", "empty-package"),
    BaselinePackage(f"{OWNER}/single-file", "single-file"),
)


@dataclass(frozen=True)
class PackageRevision:
    """One revision to be written: all of its files, in order, whatever the revision before held."""

    name: str
    message: str
    metadata: dict[str, Any]
    files: tuple[StoredFile, ...]
    follows_another: bool
    """Whether the package exists already, so that this revision comes on top of another."""


@dataclass(frozen=True)
class PublishedEntry:
    """A file of a revision as the registry holds it; ``hash_value`` is of type sha2-256-chunked."""

    size: int
    hash_value: str


@dataclass(frozen=True)
class PublishedRevision:
    """A revision as the registry holds it, entries by logical key."""

    top_hash: str
    message: str | None
    metadata: Mapping[str, Any] | None
    entries: Mapping[str, PublishedEntry]


class PackageWriter(Protocol):
    """Puts a revision into a registry."""

    def write(self, revision: PackageRevision) -> str:
        """Make it the latest revision of its package; return its top hash."""


class PackageReader(Protocol):
    """Tells what a registry holds."""

    def revisions(self, package_name: str) -> Sequence[PublishedRevision]:
        """Every revision of a package, oldest first; none if there is no such package."""


@dataclass(frozen=True)
class BaselineFinding:
    """Something about a package that is not as it should be; ``what`` names the part."""

    problem: Problem
    package: str
    what: str

    def __str__(self) -> str:
        return f"{self.problem}: {self.package}: {self.what}"


@dataclass(frozen=True)
class Created:
    """What ``create_baseline`` did: the top hashes it wrote by package, oldest first, and the packages it kept."""

    written: dict[str, tuple[str, ...]]
    kept: tuple[str, ...]


def create_baseline(
    writer: PackageWriter,
    reader: PackageReader,
    datasets: Mapping[str, ArrangedDataset],
    packages: Iterable[BaselinePackage] = BASELINE,
) -> Created:
    """Write the revisions that are not there yet; ``datasets`` holds the arranged datasets by name.

    A package whose newest revisions are already the wanted ones is left alone; one that was left half-way is continued.

    Raises:
        KeyError: a package's dataset was not arranged.
    """
    published = {package: reader.revisions(package.name) for package in packages}
    missing = {package: package.revisions[_already_there(package, found) :] for package, found in published.items()}
    written: dict[str, tuple[str, ...]] = {package.name: () for package in missing if missing[package]}
    seconds: dict[str, int] = {}
    for package, revision in _in_turns(missing):
        _wait_until_after(seconds.get(package.name, 0))
        top_hash = writer.write(
            PackageRevision(
                package.name,
                package.message(revision),
                package.metadata,
                tuple(datasets[package.dataset_name].files_of(revision.name).values()),
                follows_another=bool(published[package] or written[package.name]),
            )
        )
        written[package.name] += (top_hash,)
        seconds[package.name] = int(time.time())
    return Created(written, tuple(package.name for package in missing if not missing[package]))


def _in_turns(missing: Mapping[BaselinePackage, Sequence[Revision]]) -> Iterator[tuple[BaselinePackage, Revision]]:
    """The first revision of each package, then the second of each: what comes between saves waiting for a second."""
    of_each = ([(package, revision) for revision in revisions] for package, revisions in missing.items())
    for turn in zip_longest(*of_each):
        yield from (each for each in turn if each is not None)


def verify_baseline(reader: PackageReader, packages: Iterable[BaselinePackage] = BASELINE) -> list[BaselineFinding]:
    """Compare the packages of a registry with the pinned checksums, newest revisions against newest."""
    findings: list[BaselineFinding] = []
    for package in packages:
        published = reader.revisions(package.name)
        if not published:
            findings.append(BaselineFinding(Problem.MISSING, package.name, "the package"))
            continue
        wanted = package.revisions
        newest = published[-len(wanted) :]
        for revision in wanted[: len(wanted) - len(newest)]:
            findings.append(BaselineFinding(Problem.MISSING, package.name, f"revision {revision.name}"))
        for revision, found in zip(wanted[len(wanted) - len(newest) :], newest, strict=True):
            findings += _differences(package, revision, found)
    return findings


def _wait_until_after(second: int) -> None:
    # A pointer to a revision is named by the second: the next one would overwrite it (registry facts 7.1).
    wait_until(lambda: int(time.time()) > second, limit_seconds=5, what="the next second")


def _already_there(package: BaselinePackage, published: Sequence[PublishedRevision]) -> int:
    """Return how many of the wanted revisions, from the first on, are the newest published ones."""
    wanted = package.revisions
    for count in range(min(len(wanted), len(published)), 0, -1):
        newest = published[-count:]
        if not any(_differences(package, *pair) for pair in zip(wanted[:count], newest, strict=True)):
            return count
    return 0


def _differences(package: BaselinePackage, revision: Revision, found: PublishedRevision) -> list[BaselineFinding]:
    wanted = {file.logical_key: PublishedEntry(file.size, file.quilt_hash) for file in revision.files}
    place = f" of revision {revision.name} ({found.top_hash})"
    findings = [
        BaselineFinding(Problem.MISSING, package.name, f"file {key}{place}")
        for key in wanted
        if key not in found.entries
    ]
    findings += [
        BaselineFinding(Problem.CHANGED, package.name, f"file {key}{place}")
        for key, entry in wanted.items()
        if key in found.entries and found.entries[key] != entry
    ]
    findings += [
        BaselineFinding(Problem.EXTRA, package.name, f"file {key}{place}") for key in found.entries if key not in wanted
    ]
    if found.metadata != package.metadata:
        findings.append(BaselineFinding(Problem.CHANGED, package.name, f"metadata{place}"))
    if found.message != package.message(revision):
        findings.append(BaselineFinding(Problem.CHANGED, package.name, f"message{place}"))
    return findings
