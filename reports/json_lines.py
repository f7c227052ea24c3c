"""Histories: files with a line of JSON for each run, of which the newest are kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from reports.documents import InvalidDocumentError, findings, shown

RUNS_KEPT = 30
Line = TypeVar("Line", bound=BaseModel)


def read_lines(path: Path, kind: type[Line]) -> list[Line]:
    """The lines so far, oldest first. Raises InvalidDocumentError that names those that are none of ours."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    found, problems = [], []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(kind.model_validate_json(line))
        except ValidationError as error:
            problems += [f"{shown(path)}:{number}: {finding}; delete the line" for finding in findings(error)]
    if problems:
        raise InvalidDocumentError(problems)
    return found


def write_newest(path: Path, lines: Sequence[Line]) -> list[Line]:
    """Keep the newest `RUNS_KEPT` of these lines, oldest first, and return them."""
    kept = list(lines[-RUNS_KEPT:])
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.part")
    partial.write_text("".join(f"{each.model_dump_json()}\n" for each in kept), encoding="utf-8")
    partial.replace(path)
    return kept
