"""simple-csv: five small tables with the same columns."""

from __future__ import annotations

from data.datasets.model import MEBIBYTE, Definition, FileRecipe, RevisionRecipe
from data.datasets.tables import CSV_HEADER, ROW_BYTES, csv_writer

NAME = "simple-csv"
SEED = 20240101
_FILES = 5
_ROWS = (MEBIBYTE // _FILES - len(CSV_HEADER)) // ROW_BYTES


def definition() -> Definition:
    """Return the dataset: file1.csv to file5.csv, 200 KB each."""
    keys = [f"file{number}.csv" for number in range(1, _FILES + 1)]
    return Definition(
        name=NAME,
        seed=SEED,
        data_version="1",
        description="Five CSV files of laboratory measurements",
        contents=f"`file1.csv` to `file5.csv`, each with {_ROWS:,} rows of id, name, value, category and timestamp.",
        tags=("csv", "reference", "small"),
        metadata={"columns": ["id", "name", "value", "category", "timestamp"], "rows_per_file": _ROWS},
        revisions=(
            RevisionRecipe("v1", tuple(FileRecipe(key, csv_writer(SEED, f"{NAME}/{key}", _ROWS)) for key in keys)),
        ),
    )
