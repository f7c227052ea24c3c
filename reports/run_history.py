"""Whole runs of the past: what a run is compared with, and how fitness developed.

A run of a part of the features, one that lost scenarios and one that repeated them are compared with whole runs, and
never join them. Calls are left out of what is kept, so that a run of a thousand scenarios takes 200 kB.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from environment.gherkin.records import Record
from reports.documents import InvalidDocumentError, findings, shown
from reports.fitness import Tile, tiles
from reports.flakes import repeated
from reports.json_lines import RUNS_KEPT, read_lines, write_newest
from reports.outcomes import FORMAT, RunRecord

HISTORY_FOLDER = "history"
_TREND_NAME = "fitness.jsonl"
_RUNS = "run-*.json.gz"
_RUN_NAME = "run-{:%Y%m%dT%H%M%S%f}.json.gz"


class TrendPoint(Record):
    """The fitness of one whole run. broke: the scenario runs that broke it."""

    started: datetime
    product_version: str
    target: str
    accepted: bool
    tiles: tuple[Tile, ...]
    broke: tuple[str, ...]


def is_whole(record: RunRecord) -> bool:
    """Whether the run was of all features in both modes, each scenario once, and lost none."""
    return (
        not record.is_part
        and record.shard is None
        and not record.missing
        and record.ran
        and record.counts.reported == record.counts.collected
        and all(each.collected for each in record.counts_by_mode.values())
        and not repeated(record)
    )


def remember_run(folder: Path, record: RunRecord) -> None:
    """Keep a whole run in the history in that folder, beside the newest before it; other runs are passed over."""
    if not is_whole(record):
        return
    point = TrendPoint(
        started=record.started,
        product_version=record.product_version,
        target=record.target,
        accepted=record.accepted,
        tiles=tuple(tile for row in tiles(record) for tile in row),
        broke=tuple(each.nodeid for each in record.broke),
    )
    write_newest(folder / _TREND_NAME, [*(each for each in trend(folder) if each.started != point.started), point])
    kept = [each.model_copy(update={"calls": (), "methods": ()}) for each in record.scenarios]
    content = record.model_copy(update={"scenarios": tuple(kept)}).model_dump_json(exclude_defaults=True)
    path = folder / _RUN_NAME.format(record.started)
    partial = path.with_name(f"{path.name}.part")
    partial.write_bytes(gzip.compress(content.encode(), mtime=0))
    partial.replace(path)
    for outdated in sorted(folder.glob(_RUNS))[:-RUNS_KEPT]:
        outdated.unlink()


def trend(folder: Path) -> list[TrendPoint]:
    """The fitness of whole runs, oldest first. Raises InvalidDocumentError that names lines that are none of ours."""
    return read_lines(folder / _TREND_NAME, TrendPoint)


def trend_up_to(folder: Path, record: RunRecord) -> list[TrendPoint]:
    """The fitness of whole runs on the same target up to that run, oldest first; raises as `trend` does."""
    return [each for each in trend(folder) if each.started <= record.started and each.target == record.target]


def runs_before(folder: Path, moment: datetime) -> Iterator[RunRecord]:
    """The whole runs that started before that moment, the latest first.

    Raises:
        InvalidDocumentError: the next of them cannot be read.
    """
    end = _RUN_NAME.format(moment)
    for path in sorted(folder.glob(_RUNS), reverse=True):
        if path.name < end:
            yield _read(path)


def _read(path: Path) -> RunRecord:
    again = "; delete the file, later runs are compared with one another"
    try:
        return RunRecord.model_validate_json(gzip.decompress(path.read_bytes()))
    except ValidationError as error:
        finding = f"not in format {FORMAT}, which this version of the suite reads ({findings(error)[0]})"
        raise InvalidDocumentError([f"{shown(path)}: {finding}{again}"]) from error
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidDocumentError([f"{shown(path)}: cannot be read: {error}{again}"]) from error
