"""When runs met each known defect first and last, and in which version of the product."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from pydantic import RootModel, ValidationError

from environment.record import Record
from reports.documents import InvalidDocumentError, findings, shown
from reports.outcomes import RunRecord, Status

_NAME = "defects-seen.json"


class Sighting(Record):
    """A day (UTC) on which a run met a defect, and the version that it judged."""

    on: date
    version: str

    def __str__(self) -> str:
        return f"{self.version} on {self.on}"


class Seen(Record):
    """The first and the last time."""

    first: Sighting
    last: Sighting


class _Seen(RootModel[dict[str, Seen]]):
    """By the id of the defect."""


def seen_defects(folder: Path) -> Mapping[str, Seen]:
    """What the history in that folder knows. Raises InvalidDocumentError if its file is none of ours."""
    path = folder / _NAME
    try:
        return _Seen.model_validate_json(path.read_bytes()).root if path.is_file() else {}
    except ValidationError as error:
        raise InvalidDocumentError(f"{shown(path)}: {each}; delete the file" for each in findings(error)) from error


def remember_sightings(folder: Path, record: RunRecord) -> None:
    """Note which known defects a run met, whole or not: a part of the features takes nothing from what others saw."""
    now = Sighting(on=record.started.date(), version=record.product_version)
    seen = dict(seen_defects(folder))
    for defect in {each for one in record.scenarios if one.status is Status.KNOWN for each in one.defects}:
        before = seen.get(defect) or Seen(first=now, last=now)
        days = [before.first, before.last, now]
        seen[defect] = Seen(first=min(days, key=lambda each: each.on), last=max(days, key=lambda each: each.on))
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{_NAME}.part"
    partial.write_text(_Seen(dict(sorted(seen.items()))).model_dump_json(indent=1) + "\n", encoding="utf-8")
    partial.replace(folder / _NAME)
