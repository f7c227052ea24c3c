"""Where a run's results go while it runs, and how they take the place of those of the run before.

A run writes into a folder of its own inside `build/`. Only when it has something to show does that replace what is
there, so that a run that is interrupted at once, or never starts, destroys nothing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from environment.errors import SuiteError

BUILD_VARIABLE = "QUILT_ACCEPTANCE_BUILD"
LEAST_FREE_BYTES = 16 * 1024 * 1024
RECORDS = ("outcomes.json", "outcomes.jsonl")
"""One of them is there as soon as a run has collected its scenarios: the record, or the log of a run that died."""
_REPLACED = ("room", "allure-results", "stacks", "junit.xml", "summary.json", *RECORDS)
_FOLDER = "running"
_LOCK = "running.lock"
_OWNER = "running.pid"


@dataclass(frozen=True)
class Results:
    """The results of a run that goes on, in `folder`, and of the one before it, in `build`."""

    build: Path
    folder: Path

    @property
    def allure(self) -> Path:
        """Allure's results."""
        return self.folder / "allure-results"

    @property
    def junit(self) -> Path:
        """The JUnit file."""
        return self.folder / "junit.xml"

    @property
    def recorded(self) -> bool:
        """Whether the run got as far as its scenarios."""
        return any((self.folder / name).exists() for name in RECORDS)

    def replace_earlier(self) -> None:
        """Put them in place of those of the run before, whose report stays until there is a new one.

        Raises:
            SuiteError: if that cannot be written.
        """
        with _in_words(self.build):
            self.drop_earlier()
            for name in _REPLACED:
                if (self.folder / name).exists():
                    (self.folder / name).rename(self.build / name)

    def drop_earlier(self) -> None:
        """Remove what programs read of the run before: it must not be taken for this one's."""
        for name in _REPLACED:
            path = self.build / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


@contextmanager
def results_of_a_run(build: Path) -> Iterator[Results]:
    """A folder for the results of a run that begins, the only one that writes into `build` as long as the block runs.

    Raises:
        SuiteError: if another run writes there, or it cannot be written, or its disk is full.
    """
    with _in_words(build):
        build.mkdir(parents=True, exist_ok=True)
        lock = FileLock(build / _LOCK, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise _occupied(build) from None
        folder = build / _FOLDER
        try:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            (build / _OWNER).write_text(str(os.getpid()), encoding="utf-8")
            free = shutil.disk_usage(build).free
        except OSError:
            lock.release()
            raise
    try:
        if free < LEAST_FREE_BYTES:
            came_back = f"its disk has {free // 1024**2} MB left, a run needs {LEAST_FREE_BYTES // 1024**2}"
            raise SuiteError(f"Prepared {build} for results", came_back, _advice("Make room"))
        yield Results(build, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        (build / _OWNER).unlink(missing_ok=True)
        lock.release()


def _occupied(build: Path) -> SuiteError:
    owner = build / _OWNER
    process = f" (process {owner.read_text(encoding='utf-8')})" if owner.exists() else ""
    return SuiteError("Started a run", f"another one{process} writes to {build}", _advice("Wait for it"))


@contextmanager
def _in_words(build: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        came_back = error.strerror or type(error).__name__
        raise SuiteError(f"Prepared {build} for results", came_back, _advice("Make it writable")) from error


def _advice(first: str) -> str:
    return f"{first}, or name another folder in {BUILD_VARIABLE}"
