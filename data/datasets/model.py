"""What a dataset is: named revisions of files, each with its pinned digests, and the metadata of its package."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from typing_extensions import Buffer

from data.datasets.checksums import Digest
from environment.errors import SuiteError

MEBIBYTE = 1024 * 1024
"""Decision: the sizes of the dataset table are in units of 1,024 (1 MB = 1,048,576 bytes), as S3 counts its parts."""


class Sink(Protocol):
    """Where a file's bytes go."""

    def write(self, data: Buffer, /) -> object:
        """Take the next bytes."""


Writer = Callable[[Sink], None]
"""Writes one file from beginning to end; the same bytes each time it is called."""


class DatasetError(SuiteError):
    """Something is wrong with a dataset."""


class UnknownDataset(DatasetError, LookupError):  # noqa: N818 - the established name of this error
    """No dataset has this name; the message names the known ones and the nearest match."""


@dataclass(frozen=True)
class FileRecipe:
    """How to make one file.

    ``libraries`` are the distributions whose version the bytes depend on: none where this package writes every byte.
    """

    logical_key: str
    writer: Writer
    libraries: tuple[str, ...] = ()


@dataclass(frozen=True)
class RevisionRecipe:
    """The files of one revision, in the order in which they are listed."""

    name: str
    files: tuple[FileRecipe, ...]


@dataclass(frozen=True)
class Definition:
    """A dataset before its digests are known.

    ``data_version`` goes up whenever the bytes of a file change on purpose. ``contents`` describes the files in the
    README, ``metadata`` is the package metadata beside description and tags.
    """

    name: str
    seed: int
    data_version: str
    description: str
    contents: str
    tags: tuple[str, ...]
    metadata: Mapping[str, Any]
    revisions: tuple[RevisionRecipe, ...]


@dataclass(frozen=True)
class DataFile:
    """A file: its path in the package, size in bytes, digests, and the writer that makes it."""

    logical_key: str
    digest: Digest
    writer: Writer
    libraries: tuple[str, ...]

    @property
    def size(self) -> int:
        """Length in bytes."""
        return self.digest.size

    @property
    def sha256(self) -> str:
        """SHA-256 in lower-case hexadecimal."""
        return self.digest.sha256

    @property
    def quilt_hash(self) -> str:
        """Hash of type ``sha2-256-chunked``, base64."""
        return self.digest.quilt_hash


@dataclass(frozen=True)
class Revision:
    """One state of a dataset: ``v1``, and ``v2`` where there is a second."""

    name: str
    files: tuple[DataFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    def file(self, logical_key: str) -> DataFile:
        """Return the file at ``logical_key``.

        Raises:
            KeyError: the revision has no such file.
        """
        for file in self.files:
            if file.logical_key == logical_key:
                return file
        raise KeyError(f"revision {self.name} has no file {logical_key}")


@dataclass(frozen=True)
class Dataset:
    """A dataset with pinned digests."""

    name: str
    seed: int
    data_version: str
    description: str
    contents: str
    tags: tuple[str, ...]
    metadata: dict[str, Any]
    revisions: tuple[Revision, ...]

    @property
    def package_metadata(self) -> dict[str, Any]:
        """Metadata of the package made from it: description and tags, then the dataset's own."""
        return {"description": self.description, "tags": list(self.tags), **self.metadata}

    @property
    def size(self) -> int:
        """Bytes of the files of all revisions."""
        return sum(revision.size for revision in self.revisions)

    @property
    def latest(self) -> Revision:
        """The newest revision."""
        return self.revisions[-1]

    def revision(self, name: str) -> Revision:
        """Return the revision called ``name``.

        Raises:
            DatasetError: there is none; the message names those there are.
        """
        for revision in self.revisions:
            if revision.name == name:
                return revision
        known = ", ".join(revision.name for revision in self.revisions)
        raise DatasetError(f"Looked for revision '{name}' of dataset {self.name}", "there is none", f"Known: {known}")

    def paths(self) -> Iterator[tuple[str, DataFile]]:
        """Yield every file with its path in the dataset's folder and under its S3 prefix: ``<revision>/<key>``."""
        for revision in self.revisions:
            for file in revision.files:
                yield f"{revision.name}/{file.logical_key}", file
