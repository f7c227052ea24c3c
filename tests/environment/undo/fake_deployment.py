"""A deployment that is a set of names."""

from __future__ import annotations

from dataclasses import dataclass, field

from environment.undo.records import TargetReference

LIVE = TargetReference(kind="live", url="https://catalog.example.com")
EMBEDDED = TargetReference(kind="embedded", url="http://127.0.0.1:5000", identity="one")


@dataclass
class FakeDeployment:
    """Things that exist; some cannot be taken away."""

    things: set[str] = field(default_factory=set)
    stuck: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
