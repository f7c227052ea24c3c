"""What a call took: seconds, and how much this process's memory grew while it ran."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

_SAMPLE_SECONDS = 0.01


@dataclass
class Measurement:
    """Filled when the measured block ends; growth is the peak of resident memory over that at the start, in bytes.

    ``ended`` is a `time.perf_counter` reading.
    """

    seconds: float = 0.0
    ended: float = 0.0
    memory_growth_bytes: int = 0


@contextmanager
def measured() -> Iterator[Measurement]:
    """Measure what happens in the block, the peak of memory included."""
    measurement = Measurement()
    process = psutil.Process()
    gc.collect()
    before = process.memory_info().rss
    peak = [before]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_SAMPLE_SECONDS):
            peak[0] = max(peak[0], process.memory_info().rss)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    started = time.perf_counter()
    try:
        yield measurement
    finally:
        measurement.ended = time.perf_counter()
        measurement.seconds = measurement.ended - started
        done.set()
        watcher.join()
        measurement.memory_growth_bytes = max(peak[0], process.memory_info().rss) - before
