"""Time that something took when several things may have gone on at once."""

from __future__ import annotations

from collections.abc import Iterable


def covered_seconds(intervals: Iterable[tuple[float, float]]) -> float:
    """The length, in seconds, of the union of ``(begin, end)`` intervals on one clock."""
    total = 0.0
    reached = float("-inf")
    for begin, end in sorted(intervals):
        if end > reached:
            total += end - max(begin, reached)
            reached = end
    return total
