"""Runs of the past: what a run is compared with, and how fitness developed.

A run of a part of the features, one that lost scenarios and one that repeated them are compared with whole runs, and
never join them. The last runs of a part are kept beside them, for the next run of the same part alone. Calls are left
out of what is kept, so that a run of a thousand scenarios takes 200 kB.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from environment.record import Record
from reports.capabilities import Standing, capability_rows
from reports.documents import InvalidDocumentError, findings, shown
from reports.fitness import Tile, tiles
from reports.flakes import repeated
from reports.json_lines import RUNS_KEPT, read_lines, write_newest
from reports.outcomes import FORMAT, RunRecord

HISTORY_FOLDER = "history"
_TREND_NAME = "fitness.jsonl"
_RUNS = "run-*.json.gz"
_RUN_NAME = "run-{:%Y%m%dT%H%M%S%f}.json.gz"
_PARTS = "part-*.json.gz"
_PART_NAME = "part-{:%Y%m%dT%H%M%S%f}-{}.json.gz"


class TrendPoint(Record):
    """The fitness of one whole run.

    broke: the scenario runs that broke it; capabilities: how each stood, empty in runs of before that was kept.
    """

    started: datetime
    product_version: str
    target: str
    accepted: bool
    tiles: tuple[Tile, ...]
    broke: tuple[str, ...]
    capabilities: dict[str, Standing] = {}


def is_whole(record: RunRecord) -> bool:
    """Whether the run was of all features in both modes, each scenario once, and lost none."""
    return (
        not record.is_part and _is_complete(record) and all(each.collected for each in record.counts_by_mode.values())
    )


def _is_complete(record: RunRecord) -> bool:
    """Whether the run made what it was to make, each scenario once."""
    return (
        record.shard is None
        and not record.missing
        and record.ran
        and record.counts.reported == record.counts.collected
        and not repeated(record)
    )


def remember_run(folder: Path, record: RunRecord) -> None:
    """Keep a run in the history in that folder, beside the newest before it.

    A whole one joins the trend; one of a part is kept for the next of the same part; others are passed over.
    """
    if is_whole(record):
        point = TrendPoint(
            started=record.started,
            product_version=record.product_version,
            target=record.target,
            accepted=record.accepted,
            tiles=tuple(tile for row in tiles(record) for tile in row),
            broke=tuple(each.nodeid for each in record.broke),
            capabilities={each.name: each.standing for each in capability_rows(record.scenarios)},
        )
        write_newest(folder / _TREND_NAME, [*(each for each in trend(folder) if each.started != point.started), point])
        _keep(folder, _RUN_NAME.format(record.started), record, _RUNS)
    elif record.is_part and _is_complete(record):
        _keep(folder, _PART_NAME.format(record.started, _choice(record)), record, _PARTS)


def _keep(folder: Path, name: str, record: RunRecord, those: str) -> None:
    kept = [each.model_copy(update={"calls": (), "methods": (), "arguments": ()}) for each in record.scenarios]
    content = record.model_copy(update={"scenarios": tuple(kept)}).model_dump_json(exclude_defaults=True)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    partial = path.with_name(f"{path.name}.part")
    partial.write_bytes(gzip.compress(content.encode(), mtime=0))
    partial.replace(path)
    for outdated in sorted(folder.glob(those))[:-RUNS_KEPT]:
        outdated.unlink()


def _choice(record: RunRecord) -> str:
    """What tells runs of one part from those of others."""
    return hashlib.sha256("\0".join(record.chosen).encode()).hexdigest()[:12]


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


def part_before(folder: Path, record: RunRecord) -> RunRecord | None:
    """The last run of the same part of the features before that one, on the same target; None for a whole run.

    Raises:
        InvalidDocumentError: it cannot be read.
    """
    if not record.is_part:
        return None
    end = _PART_NAME.format(record.started, "")
    for path in sorted(folder.glob(f"part-*-{_choice(record)}.json.gz"), reverse=True):
        if path.name < end and (found := _read(path)).target == record.target:
            return found
    return None


def _read(path: Path) -> RunRecord:
    again = "; delete the file, later runs are compared with one another"
    try:
        return RunRecord.model_validate_json(gzip.decompress(path.read_bytes()))
    except ValidationError as error:
        finding = f"not in format {FORMAT}, which this version of the suite reads ({findings(error)[0]})"
        raise InvalidDocumentError([f"{shown(path)}: {finding}{again}"]) from error
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidDocumentError([f"{shown(path)}: cannot be read: {error}{again}"]) from error
