"""Several lanes at once: started together, given work one piece at a time, closed together."""

from __future__ import annotations

import queue
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from environment.errors import SuiteError
from reports.documents import shown
from strength.lane import Lane
from strength.planting import FAULTS
from strength.project import Project

Piece = TypeVar("Piece")


@contextmanager
def open_lanes(project: Project, folder: Path, number: int, arguments: Sequence[str] = ()) -> Iterator[list[Lane]]:
    """So many lanes, and what they keep on disk, until the block ends.

    Raises:
        SuiteError: if one does not start, or somebody else has lanes in that folder.
    """
    lanes: list[Lane] = []
    alone = FileLock(folder / "lanes.lock", timeout=0)
    try:
        alone.acquire()
    except Timeout:
        raise SuiteError(
            f"Opened lanes in {shown(folder)}", "another process has its lanes there", "Wait for it, or name --build"
        ) from None
    try:
        with ThreadPoolExecutor(number) as pool:
            starting = [pool.submit(Lane, project, folder, each + 1, arguments) for each in range(number)]
            for future in starting:
                if future.exception() is None:
                    lanes.append(future.result())
            for future in starting:
                future.result()
        yield lanes
    finally:
        with ThreadPoolExecutor(number) as pool:
            list(pool.map(Lane.close, lanes))
        for each in ("state", FAULTS):
            shutil.rmtree(folder / each, ignore_errors=True)
        alone.release()


def share(lanes: Sequence[Lane], pieces: Iterable[Piece], work: Callable[[Lane, Piece], None]) -> None:
    """Let the lanes take one piece after the other; the first error ends it once each lane is done with its piece."""
    waiting: queue.SimpleQueue[Piece] = queue.SimpleQueue()
    for piece in pieces:
        waiting.put(piece)
    broken: list[BaseException] = []

    def take(lane: Lane) -> None:
        while not broken:
            try:
                piece = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                work(lane, piece)
            except BaseException as error:
                broken.append(error)
                raise

    with ThreadPoolExecutor(len(lanes)) as pool:
        futures = [pool.submit(take, lane) for lane in lanes]
        try:
            for future in futures:
                future.result()
        except KeyboardInterrupt as error:
            broken.append(error)
            for lane in lanes:
                lane.end_at_once()
            raise
