"""Which scenarios judge how long something takes; apart from the plugins, which nothing may import before pytest."""

from __future__ import annotations

from collections.abc import Iterable

_ABOUT_SPEED = "PERF-"


def is_timed(requirements: Iterable[str]) -> bool:
    """Whether a scenario of these requirements is."""
    return any(each.startswith(_ABOUT_SPEED) for each in requirements)
