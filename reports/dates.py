"""How the report says when something was: one way everywhere."""

from __future__ import annotations

from datetime import datetime


def when(moment: datetime) -> str:
    """Day and minute in UTC for people: `9 March 2026, 02:00 UTC`."""
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
