"""Comparing a generated dataset with its pinned digests, byte by byte."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from data.datasets.checksums import digest_of_file
from data.datasets.generation import LOCK, RECORD, Progress
from data.datasets.manifest import documents
from data.datasets.model import DataFile, Dataset


class Problem(StrEnum):
    """How a file or a package differs from what it should be."""

    CHANGED = "changed"
    MISSING = "missing"
    EXTRA = "extra"


@dataclass(frozen=True)
class DatasetFinding:
    """One file that is not as it should be; ``path`` is relative to the dataset's folder."""

    problem: Problem
    path: str
    detail: str

    def __str__(self) -> str:
        return f"{self.problem}: {self.path} ({self.detail})"


def verify(dataset: Dataset, directory: Path, progress: Progress | None = None) -> list[DatasetFinding]:
    """Read every file under ``directory`` and return what is changed, missing or extra, by path.

    A folder that is not there gives a finding for every file.
    """
    expected = dict(dataset.paths())
    texts = documents(dataset)

    def check(item: tuple[str, DataFile]) -> DatasetFinding | None:
        path, file = item
        finding = _check_file(directory / path, path, file)
        if progress is not None:
            progress(path, file.size)
        return finding

    with ThreadPoolExecutor() as pool:
        findings = [finding for finding in pool.map(check, expected.items()) if finding is not None]
    findings += [finding for name, text in texts.items() if (finding := _check_document(directory / name, text))]
    known = {*expected, *texts, RECORD, LOCK}
    for path in directory.rglob("*"):
        relative = path.relative_to(directory).as_posix()
        if not path.is_dir() and relative not in known:
            findings.append(DatasetFinding(Problem.EXTRA, relative, "not part of the dataset"))
    return sorted(findings, key=lambda finding: finding.path)


def _check_file(target: Path, path: str, file: DataFile) -> DatasetFinding | None:
    if not target.is_file():
        return DatasetFinding(Problem.MISSING, path, f"{file.size:,} bytes expected")
    size = target.stat().st_size
    if size != file.size:
        return DatasetFinding(Problem.CHANGED, path, f"{size:,} bytes in place of {file.size:,}")
    sha256 = digest_of_file(target).sha256
    if sha256 != file.sha256:
        return DatasetFinding(Problem.CHANGED, path, f"SHA-256 {sha256} in place of {file.sha256}")
    return None


def _check_document(target: Path, expected: bytes) -> DatasetFinding | None:
    if not target.is_file():
        return DatasetFinding(Problem.MISSING, target.name, "describes the dataset")
    if target.read_bytes() != expected:
        return DatasetFinding(Problem.CHANGED, target.name, "does not describe this version of the dataset")
    return None
