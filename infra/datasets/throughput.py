"""How fast a dataset is made, compared with what the machine can do at best in the same minute."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from infra.datasets.generation import generate
from infra.datasets.model import MEBIBYTE, Dataset


@dataclass(frozen=True)
class Throughput:
    """Seconds to generate a dataset, and its two lower bounds: writing so many bytes, hashing so many bytes.

    Both bounds are those of one sequential stream, the disk's with the bytes flushed to it.
    """

    size: int
    generation_seconds: float
    writing_seconds: float
    hashing_seconds: float

    @property
    def ratio(self) -> float:
        """Speed of the generation over that of the slower bound; 1 is as fast as it."""
        return max(self.writing_seconds, self.hashing_seconds) / self.generation_seconds

    def __str__(self) -> str:
        return (
            f"{self.size / MEBIBYTE:.0f} MB generated in {self.generation_seconds:.2f} s "
            f"(writing alone {self.writing_seconds:.2f} s, hashing alone {self.hashing_seconds:.2f} s): "
            f"ratio to the slower bound {self.ratio:.2f}"
        )


def measure(dataset: Dataset, directory: Path) -> Throughput:
    """Measure both bounds, then generate the dataset from nothing, all inside ``directory``, which is emptied."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    sizes = [file.size for _, file in dataset.paths()]
    block = os.urandom(MEBIBYTE)
    writing = _seconds(lambda: _write(directory / "bound", block, sum(sizes)))
    hashing = _seconds(lambda: _hash(block, sum(sizes)))
    generation = _seconds(lambda: generate(dataset, directory / "dataset"))
    shutil.rmtree(directory)
    return Throughput(sum(sizes), generation, writing, hashing)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _write(path: Path, block: bytes, size: int) -> None:
    with path.open("wb") as file:
        for _ in range(size // len(block)):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())


def _hash(block: bytes, size: int) -> None:
    digest = hashlib.sha256()
    for _ in range(size // len(block)):
        digest.update(block)
    digest.digest()
