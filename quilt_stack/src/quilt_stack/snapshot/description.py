"""A snapshot as those see it who ask for one."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
"""A snapshot's name; anything else means a file."""


class Snapshot(BaseModel):
    """A snapshot that there is. ``made_at`` is real time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    file: Path
    made_at: datetime
    size_bytes: int
