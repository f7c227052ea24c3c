"""Allure's history of runs: one line for each run, also if the report of a run is built again.

Allure appends a line whenever it makes a report. Which run the last line is of stands in a file beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

_LAST = ".last-run"


@contextmanager
def continued(history: Path, started: datetime) -> Iterator[int]:
    """Let Allure append the run that started then; gives the number of runs before it.

    A line that an earlier report of the same run left is taken away first.
    """
    history.parent.mkdir(parents=True, exist_ok=True)
    last = history.with_name(history.name + _LAST)
    lines = history.read_text(encoding="utf-8").splitlines(keepends=True) if history.is_file() else []
    if lines and last.is_file() and last.read_text(encoding="utf-8") == started.isoformat():
        lines.pop()
        history.write_text("".join(lines), encoding="utf-8")
    yield len(lines)
    last.write_text(started.isoformat(), encoding="utf-8")
