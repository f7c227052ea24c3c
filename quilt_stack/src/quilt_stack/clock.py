"""The deployment's clock: real time plus an offset that the control port moves, so that expiry needs no sleeping."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime


class Clock:
    """Seconds since the epoch as the whole deployment sees them; thread-safe."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._lock = threading.Lock()

    def seconds(self) -> float:
        """Current time in seconds since the epoch, offset included."""
        with self._lock:
            return time.time() + self._offset

    def now(self) -> datetime:
        """Current time as an aware UTC datetime, offset included."""
        return datetime.fromtimestamp(self.seconds(), UTC)

    def advance(self, seconds: float) -> None:
        """Move the clock; negative values move it back."""
        with self._lock:
            self._offset += seconds

    def reset(self) -> None:
        """Return to real time."""
        with self._lock:
            self._offset = 0.0

    def ahead(self) -> float:
        """By how many seconds it is ahead of real time; negative if it is behind."""
        with self._lock:
            return self._offset

    def set_ahead(self, seconds: float) -> None:
        """Let it be ahead of real time by so much."""
        with self._lock:
            self._offset = seconds
