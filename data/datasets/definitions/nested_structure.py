"""nested-structure: 50 files in ten folders, from raw tables to a summary and an aggregate that agree with them."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from typing import Any, NamedTuple

from data.datasets.columnar import parquet_writer
from data.datasets.model import MEBIBYTE, Definition, FileRecipe, RevisionRecipe, Sink, Writer
from data.datasets.stream import ByteStream
from data.datasets.tables import CATEGORIES, COLUMNS, CSV_HEADER, ROW_BYTES, csv_writer, rows

NAME = "nested-structure"
SEED = 20240102
SUMMARY = "data/processed/summary.json"
AGGREGATED = "data/processed/aggregated.parquet"
SCHEMA = "metadata/schema.json"
README = "metadata/README.md"

_MONTHS = tuple(f"2024-{month:02}" for month in range(1, 9))
_DAYS_OF_MONTH = (6, 6, 6, 6, 6, 6, 5, 5)
_RAW_FILES = sum(_DAYS_OF_MONTH)
_ROWS = (10 * MEBIBYTE // _RAW_FILES - len(CSV_HEADER)) // ROW_BYTES


_AGGREGATED_TYPES = {"day": "string", "category": "string", "rows": "int64", "value_sum_thousandths": "int64"}


class Total(NamedTuple):
    """Aggregate of one day and category: number of rows, sum of the values in thousandths."""

    day: str
    category: str
    rows: int
    thousandths: int


def _days() -> list[str]:
    return [
        f"{month}-{day:02}" for month, days in zip(_MONTHS, _DAYS_OF_MONTH, strict=True) for day in range(1, days + 1)
    ]


def _raw_key(day: str) -> str:
    return f"data/raw/{day[:7]}/{day}.csv"


def _label(day: str) -> str:
    return f"{NAME}/{_raw_key(day)}"


@cache
def totals() -> tuple[Total, ...]:
    """Aggregate the raw tables by day and category."""
    found: list[Total] = []
    for day in _days():
        counts: dict[str, int] = defaultdict(int)
        sums: dict[str, int] = defaultdict(int)
        for row in rows(ByteStream(SEED, _label(day)), _ROWS, day):
            counts[row.category] += 1
            sums[row.category] += row.thousandths
        found += [Total(day, category, counts[category], sums[category]) for category in CATEGORIES]
    return tuple(found)


def _json_writer(document: dict[str, Any]) -> Writer:
    def write(sink: Sink) -> None:
        sink.write((json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode())

    return write


def _write_summary(sink: Sink) -> None:
    months: dict[str, dict[str, int]] = {}
    for total in totals():
        month = months.setdefault(total.day[:7], {"rows": 0, "value_sum_thousandths": 0})
        month["rows"] += total.rows
        month["value_sum_thousandths"] += total.thousandths
    _json_writer({"files": _RAW_FILES, "rows": _RAW_FILES * _ROWS, "months": months})(sink)


def _write_aggregated_text(sink: Sink) -> None:
    lines = [f"{day},{category},{count},{thousandths}\n" for day, category, count, thousandths in totals()]
    sink.write("".join(["day,category,rows,value_sum_thousandths\n", *lines]).encode())


def _write_readme(sink: Sink) -> None:
    sink.write(
        b"# Measurements by day\n\n"
        b"One raw table a day under `data/raw/<month>`, what was computed from them under `data/processed`.\n"
        b"`schema.json` describes the columns of the raw tables.\n"
    )


def definition() -> Definition:
    """Return the dataset: 46 raw tables in 8 months, summary, aggregate, schema and README."""
    raw = [FileRecipe(_raw_key(day), csv_writer(SEED, _label(day), _ROWS, day)) for day in _days()]
    types = ("integer", "string", "number", "string", "timestamp")
    schema = {"columns": [{"name": name, "type": kind} for name, kind in zip(COLUMNS, types, strict=True)]}
    return Definition(
        name=NAME,
        seed=SEED,
        data_version="1",
        description="Fifty files in ten nested folders, raw and processed",
        contents=(
            f"`data/raw/<YYYY-MM>/<day>.csv` ({_RAW_FILES} tables of {_ROWS:,} rows in {len(_MONTHS)} months), "
            f"`{SUMMARY}` and `{AGGREGATED}` computed from them, `{SCHEMA}`, `{README}`."
        ),
        tags=("csv", "nested", "parquet", "reference"),
        metadata={"months": list(_MONTHS), "raw_files": _RAW_FILES, "rows_per_file": _ROWS},
        revisions=(
            RevisionRecipe(
                "v1",
                (
                    *raw,
                    FileRecipe(SUMMARY, _write_summary),
                    FileRecipe(
                        AGGREGATED, parquet_writer(_write_aggregated_text, _AGGREGATED_TYPES), libraries=("pyarrow",)
                    ),
                    FileRecipe(SCHEMA, _json_writer(schema)),
                    FileRecipe(README, _write_readme),
                ),
            ),
        ),
    )
