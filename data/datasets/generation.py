"""Making a dataset in a folder: ``<folder>/<revision>/<logical key>`` and three documents.

Files appear under their name only when they are complete and have the pinned digest. What is already right is left
alone, by size, modification time and the digest noted when it was written; ``verification.verify`` reads every byte.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock
from typing_extensions import Buffer

from data.datasets.checksums import ChecksumSink
from data.datasets.manifest import documents
from data.datasets.model import MEBIBYTE, DataFile, Dataset, DatasetError
from data.datasets.pins import Pins

Progress = Callable[[str, int], None]
"""Told the path (``<revision>/<logical key>``) and size in bytes of each file that is done."""

RECORD = ".generated.json"
LOCK = ".generation.lock"
PARTIAL_SUFFIX = ".partial"

# Writing text is Python work: threads would only wait for each other. Large binary files are made outside of Python's
# lock (cipher, hash, disk), so there every processor helps.
_PARALLEL_FROM_BYTES = 100 * MEBIBYTE
# A crash of the machine leaves small files either whole or missing from the record; large ones are not made again.
_FLUSHED_FROM_BYTES = MEBIBYTE


class DigestMismatch(DatasetError):  # noqa: N818 - the established name of this error
    """A file came out with other bytes than the pinned ones."""


@dataclass(frozen=True)
class Generated:
    """What ``generate`` did: paths written and paths that were right already."""

    written: tuple[str, ...]
    kept: tuple[str, ...]


def generate(dataset: Dataset, directory: Path, progress: Progress | None = None) -> Generated:
    """Make the dataset in ``directory``, which is created; other files there are left alone.

    Several processes may generate into one folder: the first does the work, the others wait for it.

    Raises:
        DigestMismatch: a file does not have its pinned digest; it is not left behind.
        DatasetError: the folder cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with FileLock(directory / LOCK):
            return _generate(dataset, directory, progress)
    except OSError as error:
        raise DatasetError(
            f"Generated dataset {dataset.name} in {directory}",
            str(error),
            f"Choose a folder that can be written and has {dataset.size:,} bytes free",
        ) from error


def _workers_for(size: int) -> int:
    """How many threads make so many bytes: more than processors, for some of them wait for the disk."""
    return 2 * (os.cpu_count() or 1) if size >= _PARALLEL_FROM_BYTES else 1


def _flush(stream: BinaryIO) -> None:
    """Return when what was written is on the disk: a file gets its name only with its bytes behind it."""
    stream.flush()
    os.fsync(stream.fileno())


def _generate(dataset: Dataset, directory: Path, progress: Progress | None) -> Generated:
    for orphan in directory.rglob(f"*{PARTIAL_SUFFIX}"):
        orphan.unlink()
    record = _Record.load(directory)
    kept: list[str] = []
    missing: list[tuple[str, DataFile]] = []
    for path, file in dataset.paths():
        if record.confirms(path, file):
            kept.append(path)
            if progress is not None:
                progress(path, file.size)
        else:
            missing.append((path, file))

    def make(item: tuple[str, DataFile]) -> None:
        path, file = item
        _write_file(directory / path, file)
        if progress is not None:
            progress(path, file.size)

    try:
        with ThreadPoolExecutor(_workers_for(sum(file.size for _, file in missing))) as pool:
            for item, _ in zip(missing, pool.map(make, missing), strict=True):
                record.add(*item)
    finally:
        record.save()
    for name, content in documents(dataset).items():
        _write_document(directory / name, content)
    return Generated(tuple(path for path, _ in missing), tuple(kept))


class _Record:
    """Size, modification time (ns) and SHA-256 of each file as it was when it was written."""

    def __init__(self, directory: Path, entries: dict[str, list[int | str]]) -> None:
        self._directory = directory
        self._entries = entries

    @classmethod
    def load(cls, directory: Path) -> _Record:
        try:
            entries = json.loads((directory / RECORD).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            # No record, or one cut off by a crash: every file is made again.
            entries = {}
        return cls(directory, entries if isinstance(entries, dict) else {})

    def confirms(self, path: str, file: DataFile) -> bool:
        try:
            status = (self._directory / path).stat()
        except FileNotFoundError:
            return False
        return status.st_size == file.size and self._entries.get(path) == [file.size, status.st_mtime_ns, file.sha256]

    def add(self, path: str, file: DataFile) -> None:
        self._entries[path] = [file.size, (self._directory / path).stat().st_mtime_ns, file.sha256]

    def save(self) -> None:
        _write_document(self._directory / RECORD, json.dumps(self._entries).encode())


class _Tee:
    """Writes to a file and to its digest at once, so that the bytes are never read again."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._checksums = ChecksumSink()
        self.digest = self._checksums.digest

    def write(self, data: Buffer) -> int:
        self._checksums.write(data)
        return self._file.write(data)


def _write_file(target: Path, file: DataFile) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + PARTIAL_SUFFIX)
    try:
        with partial.open("wb") as stream:
            tee = _Tee(stream)
            file.writer(tee)
            if file.size >= _FLUSHED_FROM_BYTES:
                _flush(stream)
        found = tee.digest()
        if found != file.digest:
            raise _mismatch(file, found.sha256)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _write_document(target: Path, content: bytes) -> None:
    if target.is_file() and target.read_bytes() == content:
        return
    partial = target.with_name(target.name + PARTIAL_SUFFIX)
    partial.write_bytes(content)
    partial.replace(target)


def _mismatch(file: DataFile, found: str) -> DigestMismatch:
    pins = Pins.load()
    libraries = [
        f"{name} {version(name)} is installed, {pins.library_version(name)} was pinned" for name in file.libraries
    ]
    return DigestMismatch(
        f"Generated {file.logical_key}",
        f"its SHA-256 is {found} where {file.sha256} is pinned",
        f"Install the versions of requirements.lock: {'; '.join(libraries)}"
        if libraries
        else "The generator was changed; if on purpose, raise data_version and run 'acceptance data pin'",
    )
