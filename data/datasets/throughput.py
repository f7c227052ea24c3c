"""How fast a dataset is made, compared with what the machine can do at best in the same minute."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from data.datasets.generation import flush, generate, workers_for
from data.datasets.model import MEBIBYTE, Dataset


@dataclass(frozen=True)
class Throughput:
    """Seconds to generate a dataset, and its two lower bounds: writing these files, hashing so many bytes.

    Both bounds are of the same sizes in as many threads as the generation has, on all processors; written files are
    flushed to the disk as generated ones are.
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
    bound = directory / "bound"
    bound.mkdir(parents=True)
    sizes = [file.size for _, file in dataset.paths()]
    block = os.urandom(MEBIBYTE)
    writing = _seconds(sizes, lambda number, size: _write(bound / str(number), block, size))
    hashing = _seconds(sizes, lambda _, size: _hash(block, size))
    shutil.rmtree(bound)  # the disk's room and cache are the generation's, too
    start = time.perf_counter()
    generate(dataset, directory / "dataset")
    generation = time.perf_counter() - start
    shutil.rmtree(directory)
    return Throughput(sum(sizes), generation, writing, hashing)


def _seconds(sizes: Sequence[int], work: Callable[[int, int], None]) -> float:
    start = time.perf_counter()
    with ThreadPoolExecutor(workers_for(sum(sizes))) as pool:
        list(pool.map(work, range(len(sizes)), sizes))
    return time.perf_counter() - start


def _write(path: Path, block: bytes, size: int) -> None:
    with path.open("wb") as file:
        for part in _parts(block, size):
            file.write(part)
        flush(file)


def _hash(block: bytes, size: int) -> None:
    digest = hashlib.sha256()
    for part in _parts(block, size):
        digest.update(part)
    digest.digest()


def _parts(block: bytes, size: int) -> list[memoryview]:
    """So many bytes, as one block over and over."""
    whole, rest = divmod(size, len(block))
    view = memoryview(block)
    return [view] * whole + [view[:rest]]
